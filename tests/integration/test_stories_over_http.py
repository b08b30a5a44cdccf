"""Enrol, approve, reject, with a network in between: against the sandbox served alone, or against any
PowerAuth Server and enrollment server (servers.py says how to name them).

Operation texts are data here: whatever the server says about an operation is right.
"""

from tests.support.people import Person


def test_enrol_and_compare_the_digits(newcomer: Person, bank):
    offer = bank.gives_code(newcomer.name)
    page = newcomer.enrols(offer.scanned)
    assert page.path == "/activation"
    known = bank.activation(offer.activation_id)
    assert known["activationStatus"] == "PENDING_COMMIT"
    assert known["devicePublicKeyFingerprint"] in page.text.replace(" ", "")
    bank.commits(offer.activation_id)
    assert newcomer.opens("/activation").path == "/operations"


def test_a_code_that_the_server_does_not_know(newcomer: Person):
    assert newcomer.enrols("AERUK-Z4JVP-G66EB-S6C3Q").status == 422


def test_approve_with_the_pin(alice: Person, bank):
    payment = bank.offers(alice.name, "payment")
    assert f"/operations/{payment}" in alice.opens().html
    assert alice.approves(payment).heading == "Approved"
    assert bank.status(payment) == "APPROVED"
    assert f"/operations/{payment}" not in alice.opens().html


def test_approve_with_one_press(alice: Person, bank):
    consent = bank.offers(alice.name, "consent")
    assert alice.approves_at_once(consent).heading == "Approved"
    assert bank.status(consent) == "APPROVED"


def test_reject_with_a_reason(alice: Person, bank):
    payment = bank.offers(alice.name, "payment")
    assert alice.rejects(payment, "UNEXPECTED_OPERATION").heading == "Rejected"
    assert bank.status(payment) == "REJECTED"


def test_a_wrong_pin_then_the_right_one(alice: Person, bank):
    payment = bank.offers(alice.name, "payment")
    page = alice.approves(payment, alice.wrong_pin)
    assert page.status == 422
    assert alice.failed_attempts == 1
    assert bank.status(payment) == "PENDING"
    assert page.submits("Approve", pin=alice.pin).heading == "Approved"
    assert alice.failed_attempts == 0


def test_five_wrong_pins_block_and_the_bank_unblocks(alice: Person, bank):
    for attempt in range(5):
        page = alice.approves(bank.offers(alice.name, "payment"), alice.wrong_pin)
        assert page.status == (422 if attempt < 4 else 403)
    assert bank.activation(alice.activation_id)["activationStatus"] == "BLOCKED"
    assert alice.opens("/operations").path == "/activation"
    bank.unblocks(alice.activation_id)
    assert alice.approves(bank.offers(alice.name, "payment")).heading == "Approved"


def test_the_bank_withdraws_an_operation(alice: Person, bank):
    payment = bank.offers(alice.name, "payment")
    filled = alice.opens_operation(payment).fills("Approve", pin=alice.pin)
    bank.cancels(payment)
    assert filled.is_sent().status == 410


def test_the_bank_removes_the_activation(alice: Person, bank):
    bank.removes(alice.activation_id)
    assert alice.opens("/operations").path == "/activation"
