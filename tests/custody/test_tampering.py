"""Whoever can write to the database can destroy, but gets nothing opened and nothing accepted."""

import pytest

from tests.custody.states import Count
from webapp.custody.errors import CustodyError, HalfWrong, NotEnrolled, RecordDamaged


@pytest.fixture
def alice(custody):
    keys = custody.admit(Count(1, b"alice"))
    with custody.hold(keys.sid, keys.half) as held:
        held.store(Count(2, b"alice"))
        held.keep_receipt(form_id="form", operation_id="operation", content=b"approved")
    return keys


@pytest.fixture
def bob(custody):
    return custody.admit(Count(1, b"bob"))


def visit(custody, keys):
    opened = custody.open(keys.sid, keys.half)
    return opened.state, opened.find_receipt(operation_id="operation")


def flipped(value):
    return value[:-1] + bytes([value[-1] ^ 1])


@pytest.mark.parametrize(
    ("table", "column", "change", "error"),
    [
        ("activations", "revision", lambda value: value + 1, RecordDamaged),
        ("activations", "revision", lambda value: -value, RecordDamaged),
        ("activations", "sealed_state", flipped, RecordDamaged),
        ("activations", "sealed_state", lambda value: b"", RecordDamaged),
        ("browsers", "sid_hash", flipped, NotEnrolled),
        ("browsers", "expires_at_ms", lambda value: value + 1, HalfWrong),
        ("browsers", "wrap", flipped, HalfWrong),
        ("browsers", "wrap", lambda value: value[:40], RecordDamaged),
        ("browsers", "wrap", lambda value: value[:2] + b"\xff" + value[3:], RecordDamaged),
        ("receipts", "ordinal", lambda value: value + 1, RecordDamaged),
        ("receipts", "form_tag", flipped, RecordDamaged),
        ("receipts", "kept_at_ms", lambda value: value - 1, RecordDamaged),
        ("receipts", "sealed_content", flipped, RecordDamaged),
    ],
)
def test_a_changed_column_is_refused(custody, alice, thief, table, column, change, error):
    assert visit(custody, alice) == (Count(2, b"alice"), b"approved")
    [(value,)] = thief(f"SELECT {column} FROM {table}")
    thief(f"UPDATE {table} SET {column} = :value", value=change(value))
    with pytest.raises(error):
        visit(custody, alice)
    thief(f"UPDATE {table} SET {column} = :value", value=value)
    assert visit(custody, alice) == (Count(2, b"alice"), b"approved")


def test_a_receipt_under_another_tag_is_not_found_and_never_taken_for_another(custody, alice, thief):
    thief("UPDATE receipts SET operation_tag = :tag", tag=b"x" * 32)
    assert visit(custody, alice) == (Count(2, b"alice"), None)
    with custody.hold(alice.sid, alice.half) as held, pytest.raises(RecordDamaged):
        held.find_receipt(form_id="form")


def test_a_record_under_another_id_is_refused(custody, alice, thief):
    [(revision, state)] = thief("SELECT revision, sealed_state FROM activations")
    thief("INSERT INTO activations VALUES ('another', :revision, :state)", revision=revision, state=state)
    thief("UPDATE browsers SET record_id = 'another'")
    with pytest.raises(HalfWrong):
        custody.open(alice.sid, alice.half)


def test_two_records_cannot_swap_their_states(custody, alice, bob, thief):
    rows = thief("SELECT id, revision, sealed_state FROM activations")
    for (record_id, *_), (_, revision, state) in zip(rows, reversed(rows), strict=True):
        thief(
            "UPDATE activations SET revision = :revision, sealed_state = :state WHERE id = :id",
            id=record_id,
            revision=revision,
            state=state,
        )
    for keys in (alice, bob):
        with pytest.raises(RecordDamaged):
            custody.open(keys.sid, keys.half)


def test_a_browser_cannot_be_pointed_at_the_record_of_another(custody, alice, bob, thief):
    """Bob is also the thief: he knows his own half and wants Alice's activation."""
    bobs_record = custody.open(bob.sid, bob.half).record_id
    alices_record = custody.open(alice.sid, alice.half).record_id
    thief("UPDATE browsers SET record_id = :to WHERE record_id = :of", to=alices_record, of=bobs_record)
    with pytest.raises(HalfWrong):
        custody.open(bob.sid, bob.half)


def test_a_browser_cannot_use_the_wrap_of_another(custody, alice, bob, thief):
    alices_record = custody.open(alice.sid, alice.half).record_id
    bobs_record = custody.open(bob.sid, bob.half).record_id
    [(wrap, expires)] = thief(
        "SELECT wrap, expires_at_ms FROM browsers WHERE record_id = :id", id=alices_record
    )
    thief(
        "UPDATE browsers SET wrap = :wrap, expires_at_ms = :expires, record_id = :to WHERE record_id = :of",
        wrap=wrap,
        expires=expires,
        to=alices_record,
        of=bobs_record,
    )
    for half in (bob.half, alice.half):
        with pytest.raises(HalfWrong):
            custody.open(bob.sid, half)


def test_a_receipt_cannot_be_given_to_another(custody, alice, bob, thief):
    with custody.hold(bob.sid, bob.half) as held:
        held.keep_receipt(form_id="form", operation_id="operation", content=b"rejected")
    rows = thief("SELECT record_id, sealed_content FROM receipts")
    for (record_id, _), (_, content) in zip(rows, reversed(rows), strict=True):
        thief(
            "UPDATE receipts SET sealed_content = :content WHERE record_id = :id",
            id=record_id,
            content=content,
        )
    for keys in (alice, bob):
        with pytest.raises(RecordDamaged):
            custody.open(keys.sid, keys.half).find_receipt(operation_id="operation")


def test_an_older_state_in_the_newer_row_is_refused(custody, alice, thief):
    [(older,)] = thief("SELECT sealed_state FROM activations")
    with custody.hold(alice.sid, alice.half) as held:
        held.store(Count(3, b"alice"))
    thief("UPDATE activations SET sealed_state = :older", older=older)
    with pytest.raises(RecordDamaged):
        custody.open(alice.sid, alice.half)


def test_a_broken_record_harms_nobody_else(custody, alice, bob, thief):
    alices_record = custody.open(alice.sid, alice.half).record_id
    thief("UPDATE activations SET sealed_state = :broken WHERE id = :id", broken=b"\0", id=alices_record)
    with pytest.raises(CustodyError), custody.hold(alice.sid, alice.half):
        pytest.fail("a broken record was held")
    with custody.hold(bob.sid, bob.half) as held:
        held.store(Count(2, b"bob"))
    custody.forget_browser(alice.sid)
    assert custody.open(bob.sid, bob.half).state == Count(2, b"bob")
