"""Tries are counted exactly, by all workers together, and the database does not tell whose they are."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.clock import ManualClock
from webapp.custody.engine import make_engine
from webapp.custody.errors import StoreUnavailable, TooManyTries
from webapp.custody.tries import Counted, Rate, Tries
from webapp.custody.tries_sql import SqlTries
from webapp.custody.upkeep import Upkeep

SECRET = "a secret of forty characters for tests.."
THREE_AN_HOUR = Rate(3, 3600)
ADDRESS = Counted("pin.address", "203.0.113.7", THREE_AN_HOUR)
RATES = st.builds(Rate, st.integers(1, 7), st.sampled_from([1, 60, 3600, 86_400]))


@pytest.fixture
def make_tries(engine, clock):
    """Another worker on the same database."""
    return lambda secret=SECRET: Tries(SqlTries(engine), secret, clock=clock)


@pytest.fixture
def tries(make_tries):
    return make_tries()


def attempted(tries, *counted):
    """The try that was taken, or how long there is to wait, in seconds."""
    try:
        return tries.take(*counted), 0
    except TooManyTries as error:
        return None, error.retry_after_s


def takes(tries, *counted) -> int:
    """0: a try was taken; else how long there is to wait."""
    return attempted(tries, *counted)[1]


def test_so_many_at_once_and_then_one_after_the_other(tries, clock):
    assert [takes(tries, ADDRESS) for _ in range(5)] == [0, 0, 0, 1200, 1200]
    clock.advance(1199)
    assert takes(tries, ADDRESS) == 1
    clock.advance(1)
    assert [takes(tries, ADDRESS) for _ in range(2)] == [0, 1200]
    clock.advance(10 * 3600)
    assert [takes(tries, ADDRESS) for _ in range(4)] == [0, 0, 0, 1200]


def test_waiting_is_told_in_whole_seconds_and_never_too_short(tries, clock):
    takes(tries, Counted("x", "y", Rate(1, 7)))
    clock.advance(0.5)
    assert takes(tries, Counted("x", "y", Rate(1, 7))) == 7
    clock.advance(7)
    assert takes(tries, Counted("x", "y", Rate(1, 7))) == 0


def test_everybody_has_tries_of_their_own(tries):
    others = [
        Counted("pin.address", "203.0.113.8", THREE_AN_HOUR),
        Counted("claim.address", "203.0.113.7", THREE_AN_HOUR),
        Counted("pin.address", "\ud800", THREE_AN_HOUR),
    ]
    while not takes(tries, ADDRESS):
        pass
    assert [takes(tries, one) for one in others] == [0, 0, 0]


def test_of_several_limits_all_are_taken_or_none(tries):
    strict = Counted("pin.activation", "record", Rate(1, 3600))
    assert [takes(tries, ADDRESS, strict) for _ in range(3)] == [0, 3600, 3600]
    assert [takes(tries, ADDRESS) for _ in range(3)] == [0, 0, 1200], "the refused ones cost nothing"
    assert takes(tries, strict, ADDRESS) == 3600, "the longer wait is told"


def test_a_try_that_was_no_guess_comes_back(tries, thief):
    for _ in range(10):
        tries.take(ADDRESS).give_back()
    assert thief("SELECT count(*) FROM tries") == [(0,)], "nothing is left of people who guess nothing"
    tries.take(ADDRESS)
    tries.take(ADDRESS).give_back()
    assert [takes(tries, ADDRESS) for _ in range(3)] == [0, 0, 1200]


def test_what_came_back_by_itself_is_not_given_back_twice(tries, clock):
    slow = tries.take(ADDRESS)
    clock.advance(1200)
    assert [takes(tries, ADDRESS) for _ in range(4)] == [0, 0, 0, 1200]
    slow.give_back()
    assert takes(tries, ADDRESS) == 1200


def test_a_clock_that_is_set_back_blocks_nobody_for_long(tries, clock):
    while not takes(tries, ADDRESS):
        pass
    clock.jump(-60)
    assert takes(tries, ADDRESS) == 1260, "hosts differ by a little; that gives nothing away"
    clock.jump(-365 * 86_400)
    assert [takes(tries, ADDRESS) for _ in range(4)] == [0, 0, 0, 1200]


def test_workers_count_together(make_tries):
    assert [takes(make_tries(), ADDRESS) for _ in range(4)] == [0, 0, 0, 1200]


def test_threads_never_take_one_more(make_tries):
    rate = Counted("pin.address", "203.0.113.7", Rate(10, 86_400))
    other = Counted("pin.activation", "record", Rate(1000, 86_400))
    pairs = [(rate, other), (other, rate)]
    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(lambda number: takes(make_tries(), *pairs[number % 2]), range(60)))
    assert waits.count(0) == 10


def test_the_database_does_not_tell_whose_tries_they_are(tries, make_tries, thief):
    takes(tries, ADDRESS)
    [(tag,)] = thief("SELECT tag FROM tries")
    assert len(tag) == 32
    takes(make_tries("another secret of forty characters......"), ADDRESS)
    assert thief("SELECT count(*) FROM tries") == [(2,)], "without the secret nobody makes the same tag"
    assert "203.0.113.7" not in repr(ADDRESS)


def test_without_the_database_nothing_may_be_tried(clock, tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/empty.sqlite")
    with pytest.raises(StoreUnavailable):
        Tries(SqlTries(engine), SECRET, clock=clock).take(ADDRESS)
    engine.dispose()


def test_a_try_that_cannot_be_given_back_hurts_nobody(tries, thief):
    taken = tries.take(ADDRESS)
    thief("DROP TABLE tries")
    taken.give_back()


def test_what_is_long_full_is_purged(engine, tries, thief, clock):
    takes(tries, ADDRESS)
    assert purged(engine, clock) == 0
    assert thief("SELECT count(*) FROM tries") == [(1,)]
    clock.advance(1201)
    assert purged(engine, clock) == 1
    assert thief("SELECT count(*) FROM tries") == [(0,)]


def purged(engine, clock):
    upkeep = Upkeep(engine, progress=lambda *_: None)
    return upkeep.purge(kept_before_ms=0, ended_before_ms=clock.now_ms()).counts["tries"]


@dataclass
class Model:
    """A bucket as one would explain it: tries that come back one by one, evenly."""

    rate: Rate
    left: float = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.rate.tries * self.rate.interval_ms

    def passes(self, ms: int) -> None:
        self.left = min(self.left + ms, self.rate.window_ms)

    def takes(self) -> int:
        missing = self.rate.interval_ms - self.left
        if missing > 0:
            return -(-missing // 1000)
        self.left -= self.rate.interval_ms
        return 0

    def gives_back(self) -> None:
        self.passes(self.rate.interval_ms)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(rate=RATES, steps=st.lists(st.tuples(st.floats(0, 1.5), st.booleans()), max_size=25))
def test_counting_is_as_one_would_explain_it(engine, rate, steps):
    clock = ManualClock()
    tries, model = Tries(SqlTries(engine), SECRET, clock=clock), Model(rate)
    counted = Counted("any", repr((rate, steps)), rate)
    taken_at = []
    began_ms = clock.now_ms()
    for pause, is_guess in steps:
        before = clock.now_ms()
        clock.advance(round(pause * rate.interval_ms) / 1000)
        model.passes(clock.now_ms() - before)
        one, wait_s = attempted(tries, counted)
        assert wait_s == model.takes()
        if one is not None and is_guess:
            taken_at.append(clock.now_ms())
        elif one is not None:
            one.give_back()
            model.gives_back()
    for start in [began_ms, *taken_at]:
        within = [at for at in taken_at if start <= at < start + rate.window_ms]
        assert len(within) <= 2 * rate.tries, "never more than one bucket and what comes back meanwhile"
