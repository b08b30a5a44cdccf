"""The lease by the clock: who gets it, when it ends, what happens to whoever lost it."""

import pytest

from tests.custody.states import Count
from webapp.custody.errors import ActivationBusy, LeaseLost, NotEnrolled, StoreUnavailable
from webapp.custody.record import Lease
from webapp.custody.sql import SqlStore


@pytest.fixture
def alice(custody):
    return custody.admit(Count(1))


def kill_while_holding(custody, keys):
    """Take the lease and never give it back, as a killed process."""
    hold = custody.hold(keys.sid, keys.half)
    return hold, hold.__enter__()


def test_who_waits_long_enough_outlives_a_dead_holder(custody, alice, make_custody, clock):
    _hold, _held = kill_while_holding(custody, alice)
    started = clock.monotonic()
    with make_custody().hold(alice.sid, alice.half) as held:
        held.store(Count(2))
    assert 34.9 <= clock.monotonic() - started <= 35.1


def test_a_lease_that_is_over_is_taken_at_once(custody, alice, make_custody, clock):
    _hold, _held = kill_while_holding(custody, alice)
    clock.advance(35)
    started = clock.monotonic()
    with make_custody().hold(alice.sid, alice.half):
        assert clock.monotonic() == started


def test_who_does_not_wait_long_enough_is_told_that_it_is_busy(custody, alice, make_custody, clock):
    started = clock.monotonic()
    with custody.hold(alice.sid, alice.half):
        with pytest.raises(ActivationBusy), make_custody(wait_s=2.0).hold(alice.sid, alice.half):
            pytest.fail("two hold it")
        assert clock.monotonic() - started == pytest.approx(2.0)


def test_pauses_are_short_and_grow(custody, alice, make_custody, clock):
    pauses = []

    def sleep(seconds):
        pauses.append(seconds)
        clock.advance(seconds)

    with custody.hold(alice.sid, alice.half):
        impatient = make_custody(wait_s=0.2, sleep=sleep)
        with pytest.raises(ActivationBusy), impatient.hold(alice.sid, alice.half):
            pytest.fail("two hold it")
    assert pauses == pytest.approx([0.005, 0.010, 0.020, 0.040, 0.050, 0.050, 0.025])


def test_a_release_lets_the_next_one_in(custody, alice, make_custody, clock):
    hold, held = kill_while_holding(custody, alice)

    def sleep(seconds):
        clock.advance(seconds)
        if clock.monotonic() > 1000.5 and held.state == Count(1):
            held.store(Count(2))
            hold.__exit__(None, None, None)

    with make_custody(sleep=sleep).hold(alice.sid, alice.half) as next_holder:
        assert next_holder.state == Count(2)
    assert clock.monotonic() < 1000.7


def test_one_activation_does_not_wait_for_another(custody, alice, clock):
    bob = custody.admit(Count(1))
    started = clock.monotonic()
    with custody.hold(alice.sid, alice.half), custody.hold(bob.sid, bob.half):
        assert clock.monotonic() == started


def test_whoever_lost_the_lease_stores_nothing(custody, alice, make_custody, clock):
    with custody.hold(alice.sid, alice.half) as held:
        clock.advance(35)
        with make_custody().hold(alice.sid, alice.half) as next_holder:
            with pytest.raises(LeaseLost):
                held.store(Count(100))
            next_holder.store(Count(2))
            with pytest.raises(LeaseLost):
                held.store(Count(100))
    assert custody.open(alice.sid, alice.half).state == Count(2)


def test_a_lease_that_is_over_stores_nothing_even_if_nobody_else_took_it(custody, alice, clock):
    with custody.hold(alice.sid, alice.half) as held:
        clock.advance(35)
        with pytest.raises(LeaseLost):
            held.store(Count(2))
    assert custody.open(alice.sid, alice.half).state == Count(1)


def test_the_end_of_a_lost_lease_does_not_end_that_of_the_next_holder(custody, alice, make_custody, clock):
    hold, _held = kill_while_holding(custody, alice)
    clock.advance(35)
    with make_custody().hold(alice.sid, alice.half) as next_holder:
        hold.__exit__(None, None, None)
        next_holder.store(Count(2))


def test_storing_starts_the_lease_anew(custody, alice, clock):
    """What was stored is about to be sent, and its answer may take as long as a lease."""
    with custody.hold(alice.sid, alice.half) as held:
        for value in range(2, 6):
            clock.advance(30)
            held.store(Count(value))
    assert custody.open(alice.sid, alice.half).state == Count(5)


def test_a_state_from_elsewhere_is_never_overwritten(custody, alice, thief):
    with custody.hold(alice.sid, alice.half) as held:
        thief("UPDATE activations SET revision = revision + 1")
        with pytest.raises(LeaseLost):
            held.store(Count(2))


def test_a_clock_that_was_set_back_blocks_for_no_longer_than_a_lease(custody, alice, make_custody, clock):
    _hold, held = kill_while_holding(custody, alice)
    clock.jump(-86_400)
    started = clock.monotonic()
    with make_custody().hold(alice.sid, alice.half) as next_holder:
        with pytest.raises(LeaseLost):
            held.store(Count(100))
        next_holder.store(Count(2))
    assert clock.monotonic() - started == pytest.approx(35, abs=0.1)


def test_a_living_holder_is_not_taken_for_dead_after_a_clock_was_set_back(
    custody, alice, make_custody, clock
):
    hold, held = kill_while_holding(custody, alice)
    clock.jump(-86_400)
    calls = []

    def sleep(seconds):
        clock.advance(seconds)
        calls.append(seconds)
        if len(calls) % 400 == 0:  # about every 20 s
            held.store(held.state.next())

    with pytest.raises(ActivationBusy), make_custody(sleep=sleep).hold(alice.sid, alice.half):
        pytest.fail("two hold it")
    hold.__exit__(None, None, None)


def test_a_record_that_is_erased_while_we_wait_is_no_longer_enrolled(custody, alice, make_custody, clock):
    _hold, _held = kill_while_holding(custody, alice)

    def sleep(seconds):
        clock.advance(seconds)
        custody.forget_browser(alice.sid)

    with pytest.raises(NotEnrolled), make_custody(sleep=sleep).hold(alice.sid, alice.half):
        pytest.fail("held what is gone")


def test_the_result_is_not_lost_when_the_lease_cannot_be_released(make_custody, alice, store, clock):
    worker = make_custody(store=FailingRelease(store))
    with worker.hold(alice.sid, alice.half) as held:
        held.store(Count(2))
    with make_custody().hold(alice.sid, alice.half) as held:
        assert held.state == Count(2)


class FailingRelease:
    """A store that cannot release a lease."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def __getattr__(self, name):
        return getattr(self._store, name)

    def release_lease(self, lease: Lease) -> None:
        raise StoreUnavailable("the database failed")


def test_a_lease_row_that_was_tampered_with_only_delays(custody, alice, make_custody, clock, thief):
    with custody.hold(alice.sid, alice.half) as held:
        thief("UPDATE leases SET holder = 'thief', expires_at_ms = :far", far=2**62)
        with pytest.raises(LeaseLost):
            held.store(Count(2))
    with make_custody().hold(alice.sid, alice.half) as held:
        held.store(Count(2))
