"""Alice says no. No PIN stands in her way."""

import json

import pytest

from tests.support.people import Person
from tests.support.wire import answer_lost, error, refused

REASONS = ["INCORRECT_DATA", "UNEXPECTED_OPERATION", "UNKNOWN"]


@pytest.mark.parametrize("reason", REASONS)
def test_alice_rejects_a_payment_with_a_reason(alice: Person, bank, wire, reason):
    payment = bank.offers("Alice", "payment")
    page = alice.rejects(payment, reason)
    assert page.heading == "Rejected"
    assert "Nothing was paid." in page.text
    assert bank.status(payment) == "REJECTED"
    (sent,) = wire.sent("/operation/cancel")
    assert json.loads(sent.body)["requestObject"] == {"id": payment, "reason": reason}
    assert 'pa_signature_type="possession"' in sent.headers["X-PowerAuth-Authorization"]


def test_she_need_not_give_a_reason(alice: Person, bank):
    payment = bank.offers("Alice", "payment")
    page = alice.opens_operation(payment).follows("Reject").submits("Reject")
    assert page.heading == "Rejected"


def test_rejecting_twice_rejects_once(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    filled = alice.opens_operation(payment).follows("Reject").fills("Reject", reason="UNKNOWN")
    assert [filled.is_sent().heading, filled.is_sent().heading] == ["Rejected", "Rejected"]
    assert len(wire.sent("/operation/cancel")) == 1


def test_a_rejection_whose_answer_is_lost_is_not_claimed(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    wire.breaks("/operation/cancel", answer_lost)
    page = alice.rejects(payment)
    assert page.status == 504
    assert page.heading not in {"Rejected", "Approved"}
    assert bank.status(payment) == "REJECTED"


def test_a_rejection_that_did_not_leave_changed_nothing(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    wire.breaks("/operation/cancel", refused)
    assert alice.rejects(payment).status == 503
    wire.is_mended()
    assert alice.rejects(payment).heading == "Rejected"


def test_a_refused_rejection_does_not_speak_of_a_pin(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    wire.breaks("/operation/cancel", error(401, "POWERAUTH_AUTH_FAIL"))
    page = alice.rejects(payment)
    assert page.status == 503
    assert "PIN" not in page.text


def test_an_operation_this_browser_cannot_approve_can_still_be_rejected(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    wire.tells_otherwise(lambda operation: operation.update(allowedSignatureType={"type": "ECDSA"}))
    page = alice.opens_operation(payment)
    assert page.value("pin") is None
    assert alice.rejects(payment).heading == "Rejected"
    assert bank.status(payment) == "REJECTED"
