from datetime import UTC, datetime, timedelta

import pytest

from tests.custody.conftest import OTHER_SERVER_KEYS, ROTATED, SERVER_KEYS
from tests.custody.states import Count
from webapp.custody.errors import (
    HalfMissing,
    HalfWrong,
    LeaseLost,
    NotEnrolled,
    RecordDamaged,
    ServerKeyUnknown,
    StoreUnavailable,
)
from webapp.custody.sql import SqlStore

DAY_S = 86_400.0
PROOF_KEY = b"\x04" + bytes(64)


def test_an_admitted_activation_opens_with_its_keys(custody):
    keys = custody.admit(Count(1, b"secret"))
    assert custody.open(keys.sid, keys.half).state == Count(1, b"secret")


def test_both_keys_are_32_random_bytes_in_base64url(custody):
    alice, bob = custody.admit(Count(1)), custody.admit(Count(1))
    every = {alice.sid, alice.half, bob.sid, bob.half}
    assert len(every) == 4
    assert {len(key) for key in every} == {43}


def test_another_worker_opens_it_too(custody, make_custody):
    keys = custody.admit(Count(1))
    assert make_custody().open(keys.sid, keys.half).state == Count(1)


@pytest.mark.parametrize("sid", [None, "", "A" * 43, "A" * 42, "é" * 43, "=" * 43, "A" * 10_000, "A\0A"])
def test_without_a_known_sid_nobody_is_enrolled(custody, sid):
    keys = custody.admit(Count(1))
    with pytest.raises(NotEnrolled):
        custody.open(sid, keys.half)


@pytest.mark.parametrize("half", [None, ""])
def test_a_known_browser_without_its_half_is_told_apart(custody, half):
    keys = custody.admit(Count(1))
    with pytest.raises(HalfMissing):
        custody.open(keys.sid, half)


def test_an_unknown_browser_without_half_is_just_not_enrolled(custody):
    with pytest.raises(NotEnrolled):
        custody.open("A" * 43, None)


@pytest.mark.parametrize("half", ["A" * 43, "short", "é" * 43, "A" * 44, "A" * 10_000])
def test_a_wrong_half_opens_nothing(custody, half):
    keys = custody.admit(Count(1))
    with pytest.raises(HalfWrong):
        custody.open(keys.sid, half)


def test_the_half_of_another_browser_opens_nothing(custody):
    alice, bob = custody.admit(Count(1)), custody.admit(Count(2))
    with pytest.raises(HalfWrong):
        custody.open(alice.sid, bob.half)


def test_a_text_that_decodes_to_the_same_half_is_not_the_half(custody):
    """The last letter of 43 carries two unused bits; only one spelling counts."""
    keys = custody.admit(Count(1))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = keys.half[:-1] + alphabet[alphabet.index(keys.half[-1]) + 1]
    with pytest.raises(HalfWrong):
        custody.open(keys.sid, twin)


def test_another_server_key_under_the_same_id_opens_nothing(custody, make_custody):
    keys = custody.admit(Count(1))
    with pytest.raises(HalfWrong):
        make_custody(OTHER_SERVER_KEYS).open(keys.sid, keys.half)


def test_a_server_key_retired_too_early_is_named(custody, make_custody):
    keys = custody.admit(Count(1))
    with pytest.raises(ServerKeyUnknown, match="'first'"):
        make_custody(ROTATED).open(keys.sid, keys.half)


@pytest.mark.parametrize("visit", ["open", "hold"])
def test_a_visit_renews_the_wrap_to_the_current_server_key(custody, make_custody, visit):
    keys = custody.admit(Count(1))
    both = make_custody(f"{ROTATED},{SERVER_KEYS}")
    if visit == "open":
        both.open(keys.sid, keys.half)
    else:
        with both.hold(keys.sid, keys.half) as held:
            held.store(Count(2))
    assert make_custody(ROTATED).open(keys.sid, keys.half).state.value in {1, 2}
    with pytest.raises(ServerKeyUnknown, match="'second'"):
        custody.open(keys.sid, keys.half)


def test_a_server_key_opens_nothing_after_its_last_day(custody, make_custody, clock, thief):
    keys, late = custody.admit(Count(1)), custody.admit(Count(2))
    today = datetime.fromtimestamp(clock.now_ms() / 1000, UTC).date()
    retiring = make_custody(f"{ROTATED},{SERVER_KEYS}:{today + timedelta(days=1)}")
    clock.advance(86_400)
    assert retiring.open(keys.sid, keys.half).state == Count(1)
    clock.advance(86_400)
    assert retiring.open(keys.sid, keys.half).state == Count(1), "the visit has renewed its wrap"
    for verb in (retiring.open, retiring.readmit, retiring.end_others):
        with pytest.raises(ServerKeyUnknown, match=f"'first' was good until {today + timedelta(days=1)}"):
            verb(late.sid, late.half)
    assert custody.open(late.sid, late.half).state == Count(2), "the operator may give it more time"


@pytest.mark.parametrize("proof_key", [None, PROOF_KEY], ids=["without a key", "with a key"])
def test_a_browser_keeps_its_proof_key_whatever_becomes_of_its_wrap(custody, make_custody, clock, proof_key):
    keys = custody.admit(Count(1), proof_key=proof_key)
    assert custody.open(keys.sid, keys.half).proof_key == proof_key
    clock.advance(2 * 86_400)
    rotated = make_custody(f"{ROTATED},{SERVER_KEYS}")
    assert rotated.open(keys.sid, keys.half).proof_key == proof_key, "while it is renewed"
    assert make_custody(ROTATED).open(keys.sid, keys.half).proof_key == proof_key, "and afterwards"
    renewed = rotated.readmit(keys.sid, keys.half)
    rotated.end_others(renewed, keys.half)
    with rotated.hold(renewed, keys.half) as held:
        held.store(Count(2))
        assert held.proof_key == proof_key
    assert rotated.open(renewed, keys.half).proof_key == proof_key


def test_a_visit_goes_on_when_its_wrap_cannot_be_renewed(custody, make_custody, store):
    keys = custody.admit(Count(1))
    worker = make_custody(f"{ROTATED},{SERVER_KEYS}", store=ReadOnly(store))
    assert worker.open(keys.sid, keys.half).state == Count(1)
    assert custody.open(keys.sid, keys.half).state == Count(1)


class ReadOnly:
    """A store whose disk takes no more writes."""

    def __init__(self, store: SqlStore) -> None:
        self.find = store.find

    def renew_browser(self, old, new, *, lookup):
        raise StoreUnavailable("read only")


def test_a_browser_that_stays_away_too_long_is_no_longer_enrolled(make_custody, clock):
    custody = make_custody(lifetime_s=10 * DAY_S)
    keys = custody.admit(Count(1))
    clock.advance(10 * DAY_S)
    with pytest.raises(NotEnrolled):
        custody.open(keys.sid, keys.half)


def test_every_visit_starts_the_time_anew(make_custody, clock):
    custody = make_custody(lifetime_s=10 * DAY_S)
    keys = custody.admit(Count(1))
    for _ in range(5):
        clock.advance(9 * DAY_S)
        assert custody.open(keys.sid, keys.half).state == Count(1)


def test_a_stored_state_is_what_everybody_reads_next(custody, make_custody):
    keys = custody.admit(Count(1))
    with custody.hold(keys.sid, keys.half) as held:
        assert held.state == Count(1)
        held.store(Count(2))
        assert held.state == Count(2)
        assert make_custody().open(keys.sid, keys.half).state == Count(2)
        held.store(Count(3))
    assert custody.open(keys.sid, keys.half).state == Count(3)


def test_a_stored_state_stays_when_the_block_fails(custody):
    keys = custody.admit(Count(1))

    def fail_after_storing() -> None:
        with custody.hold(keys.sid, keys.half) as held:
            held.store(Count(2))
            raise ConnectionError

    with pytest.raises(ConnectionError):
        fail_after_storing()
    assert custody.open(keys.sid, keys.half).state == Count(2)


def test_after_the_block_nothing_can_be_stored(custody):
    keys = custody.admit(Count(1))
    with custody.hold(keys.sid, keys.half) as held:
        pass
    with pytest.raises(LeaseLost):
        held.store(Count(2))
    assert held.state == Count(1)


def test_whoever_cannot_open_cannot_block(custody, make_custody):
    keys = custody.admit(Count(1))
    with custody.hold(keys.sid, keys.half):
        with pytest.raises(HalfWrong), make_custody().hold(keys.sid, "A" * 43):
            pytest.fail("held with a wrong half")
        with pytest.raises(HalfMissing), make_custody().hold(keys.sid, None):
            pytest.fail("held without a half")


def test_the_generation_belongs_to_the_sid(custody, thief):
    alice, bob = custody.admit(Count(1)), custody.admit(Count(1))
    opened = custody.open(alice.sid, alice.half)
    assert opened.generation == custody.open(alice.sid, alice.half).generation
    assert opened.generation != custody.open(bob.sid, bob.half).generation
    with custody.hold(alice.sid, alice.half) as held:
        assert (held.generation, held.record_id) == (opened.generation, opened.record_id)
    assert len(opened.generation) == 12


def test_a_form_finds_its_receipt_again(custody):
    keys = custody.admit(Count(1))
    with custody.hold(keys.sid, keys.half) as held:
        assert held.find_receipt(form_id="form") is None
        held.keep_receipt(form_id="form", operation_id="operation", content=b"approved")
        assert held.find_receipt(form_id="form") == b"approved"
        assert held.find_receipt(operation_id="operation") == b"approved"
        assert held.find_receipt(form_id="form", operation_id="operation") == b"approved"
        assert held.find_receipt(form_id="form", operation_id="another") is None
        assert held.find_receipt(form_id="operation") is None
    opened = custody.open(keys.sid, keys.half)
    assert opened.find_receipt(operation_id="operation") == b"approved"
    assert opened.find_receipt(operation_id="another") is None


def test_the_newest_receipt_counts_even_after_the_clock_was_set_back(custody, clock):
    keys = custody.admit(Count(1))
    with custody.hold(keys.sid, keys.half) as held:
        held.keep_receipt(form_id="a", operation_id="operation", content=b"unknown")
        clock.jump(-3600)
        held.keep_receipt(form_id="b", operation_id="operation", content=b"approved")
        assert held.find_receipt(operation_id="operation") == b"approved"
        assert held.find_receipt(form_id="a") == b"unknown"


def test_receipts_of_others_are_not_found(custody):
    alice, bob = custody.admit(Count(1)), custody.admit(Count(1))
    with custody.hold(alice.sid, alice.half) as held:
        held.keep_receipt(form_id="form", operation_id="operation", content=b"approved")
    assert custody.open(bob.sid, bob.half).find_receipt(operation_id="operation") is None


def test_asking_for_no_receipt_in_particular_is_a_mistake(custody):
    keys = custody.admit(Count(1))
    with custody.hold(keys.sid, keys.half) as held, pytest.raises(TypeError):
        held.find_receipt()


def test_a_late_answer_leaves_its_receipt_even_without_the_lease(custody, make_custody, clock):
    keys = custody.admit(Count(1))
    with custody.hold(keys.sid, keys.half) as held:
        clock.advance(36)
        with make_custody().hold(keys.sid, keys.half) as next_holder:
            next_holder.keep_receipt(form_id="b", operation_id="operation", content=b"next")
            held.keep_receipt(form_id="a", operation_id="operation", content=b"late")
            assert next_holder.find_receipt(operation_id="operation") == b"late"


def test_leaving_erases_everything_of_the_record(custody, thief):
    alice, bob = custody.admit(Count(1)), custody.admit(Count(2))
    with custody.hold(alice.sid, alice.half) as held:
        held.keep_receipt(form_id="form", operation_id="operation", content=b"approved")
        custody.forget_browser(alice.sid)
        with pytest.raises(LeaseLost):
            held.store(Count(2))
        held.keep_receipt(form_id="form", operation_id="operation", content=b"left")
    with pytest.raises(NotEnrolled):
        custody.open(alice.sid, alice.half)
    assert custody.open(bob.sid, bob.half).state == Count(2)
    counts = [
        thief(f"SELECT count(*) FROM {table}")[0][0]
        for table in ("activations", "browsers", "leases", "receipts")
    ]
    assert counts == [1, 1, 0, 0]


def test_another_browser_of_the_record_keeps_it(custody, thief):
    alice = custody.admit(Count(1))
    thief("INSERT INTO browsers SELECT :sid, record_id, expires_at_ms, wrap FROM browsers", sid=b"x" * 32)
    custody.forget_browser(alice.sid)
    with pytest.raises(NotEnrolled):
        custody.open(alice.sid, alice.half)
    assert thief("SELECT count(*) FROM activations") == [(1,)]


@pytest.mark.parametrize("sid", [None, "", "A" * 43, "é"])
def test_forgetting_an_unknown_browser_changes_nothing(custody, sid):
    keys = custody.admit(Count(1))
    custody.forget_browser(sid)
    assert custody.open(keys.sid, keys.half).state == Count(1)


def test_a_state_of_another_form_is_a_damaged_record(make_custody):
    class Foreign:
        def to_bytes(self):
            return b"not JSON"

    custody = make_custody()
    keys = custody.admit(Foreign())
    with pytest.raises(RecordDamaged):
        custody.open(keys.sid, keys.half)


def test_no_secret_shows_in_repr(custody, make_custody):
    keys = custody.admit(Count(1, b"canary"))
    opened = custody.open(keys.sid, keys.half)
    with custody.hold(keys.sid, keys.half) as held:
        shown = repr((keys, opened, held, custody, held.__dict__))
    for secret in (keys.sid, keys.half, "canary", repr(opened._receipts.data_key.secret)[2:-1]):
        assert secret not in shown


def test_under_a_new_sid_the_browser_goes_on_with_the_same_half(custody):
    keys = custody.admit(Count(1))
    renewed = custody.readmit(keys.sid, keys.half)
    opened = custody.open(renewed, keys.half)
    assert opened.state == Count(1)
    assert opened.generation != custody.open(keys.sid, keys.half).generation


def test_the_old_sid_opens_until_the_browser_came_with_the_new_one(custody):
    keys, bob = custody.admit(Count(1)), custody.admit(Count(2))
    lost, renewed = (custody.readmit(keys.sid, keys.half) for _ in range(2))
    assert custody.end_others(renewed, keys.half) == 2
    for sid in (keys.sid, lost):
        with pytest.raises(NotEnrolled):
            custody.open(sid, keys.half)
    assert custody.open(renewed, keys.half).state == Count(1)
    assert custody.open(bob.sid, bob.half).state == Count(2)
    assert custody.end_others(renewed, keys.half) == 0


def test_two_copies_that_end_each_other_leave_one(store, custody, thief):
    """Both were opened before either ended the other."""
    keys = custody.admit(Count(1))
    custody.readmit(keys.sid, keys.half)
    [(record_id, first), (_, second)] = thief("SELECT record_id, sid_hash FROM browsers")
    assert store.forget_others(record_id, first) == 1
    assert store.forget_others(record_id, second) == 0
    assert thief("SELECT sid_hash FROM browsers") == [(first,)]


def test_a_new_sid_takes_both_cookies(custody):
    keys = custody.admit(Count(1))
    for half, error in ((None, HalfMissing), ("A" * 43, HalfWrong)):
        for verb in (custody.readmit, custody.end_others):
            with pytest.raises(error):
                verb(keys.sid, half)
    with pytest.raises(NotEnrolled):
        custody.readmit("A" * 43, keys.half)


def test_the_activation_was_last_used_when_the_last_receipt_was_kept(custody, clock):
    keys = custody.admit(Count(1))
    assert custody.open(keys.sid, keys.half).last_used_at_ms() is None
    for form in ("a", "b"):
        clock.advance(60)
        with custody.hold(keys.sid, keys.half) as held:
            held.keep_receipt(form_id=form, operation_id="operation", content=b"")
    assert custody.open(keys.sid, keys.half).last_used_at_ms() == clock.now_ms()
