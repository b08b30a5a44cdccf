"""The server's time, on a machine whose clock nobody trusts."""

from tests.support.clock import ManualClock
from webapp.mtoken.server_time import ServerTime

HOUR_MS = 3_600_000


def measured(clock: ManualClock, *, ahead_ms: int, exchange_s: float = 0.0) -> ServerTime:
    """A server whose clock is ahead of ours, asked once."""
    server_time = ServerTime(clock)
    started = server_time.started()
    clock.advance(exchange_s / 2)
    server_ms = clock.now_ms() + ahead_ms
    clock.advance(exchange_s / 2)
    server_time.learn(server_ms, started)
    return server_time


def test_before_anybody_asked_our_own_clock_must_do():
    clock = ManualClock()
    server_time = ServerTime(clock)
    assert not server_time.is_fresh
    assert server_time.now_ms() == clock.now_ms()


def test_an_hour_ahead_is_an_hour_ahead_half_the_exchange_taken_into_account():
    clock = ManualClock()
    server_time = measured(clock, ahead_ms=HOUR_MS, exchange_s=4)
    assert server_time.now_ms() == clock.now_ms() + HOUR_MS


def test_it_goes_on_by_the_monotonic_clock_when_somebody_sets_the_other():
    clock = ManualClock()
    server_time = measured(clock, ahead_ms=0)
    before = server_time.now_ms()
    clock.jump(86_400)
    clock.advance(10)
    assert server_time.now_ms() == before + 10_000
    assert not server_time.is_fresh, "after a jump the server is asked again"


def test_it_grows_old():
    clock = ManualClock()
    server_time = measured(clock, ahead_ms=0)
    clock.advance(3599)
    assert server_time.is_fresh
    clock.advance(2)
    assert not server_time.is_fresh


def test_an_exchange_of_more_than_sixteen_seconds_says_too_little():
    assert not measured(ManualClock(), ahead_ms=HOUR_MS, exchange_s=16.5).is_fresh
    assert measured(ManualClock(), ahead_ms=HOUR_MS, exchange_s=15.5).is_fresh
