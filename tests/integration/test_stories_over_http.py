"""Enrol, approve, reject, with a network in between: against the sandbox served alone, or against any
PowerAuth Server and enrollment server (servers.py says how to name them).

Operation texts are data here: whatever the server says about an operation is right.
"""

import uuid

from flask import Flask

from tests.support.bank import Bank
from tests.support.browser import Browser
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


def test_a_result_can_be_looked_at_again(alice: Person, bank):
    payment, consent = bank.offers(alice.name, "payment"), bank.offers(alice.name, "consent")
    alice.approves(payment)
    alice.rejects(consent)
    for operation, heading in ((payment, "Approved"), (consent, "Rejected")):
        page = alice.opens(f"/operations/{operation}/result")
        assert (page.status, page.heading) == (200, heading)
        assert alice.opens_operation(operation).heading == heading


def test_the_bank_shows_once_more_what_was_approved(alice: Person, bank):
    page = alice.approves(bank.offers(alice.name, "limit", limit="70000 CZK per day"))
    assert page.heading == "Approved"
    assert "70000 CZK per day" in page.text


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


def test_the_history_against_the_pin(alice: Person, bank):
    payment, consent = bank.offers(alice.name, "payment"), bank.offers(alice.name, "consent")
    assert alice.approves(payment).heading == "Approved"
    alice.rejects(consent)
    page = alice.opens("/history").submits("Show the history", pin=alice.pin)
    assert page.status == 200
    assert "Approved (1)" in page.text
    assert "Rejected (1)" in page.text


def test_the_history_against_a_wrong_pin(alice: Person, bank):
    page = alice.opens("/history").submits("Show the history", pin=alice.wrong_pin)
    assert page.status == 422
    assert alice.failed_attempts == 1
    assert page.submits("Show the history", pin=alice.pin).status == 200
    assert alice.failed_attempts == 0
    assert alice.approves(bank.offers(alice.name, "payment")).heading == "Approved"


def test_the_history_says_how_another_device_answered(alice: Person, bank: Bank, site: Flask):
    phone = Person(alice.name, bank, Browser(site.test_client())).is_enrolled()
    payment = bank.offers(alice.name, "payment")
    assert phone.approves(payment).heading == "Approved"
    page = alice.opens_operation(payment)
    assert page.heading == "Already settled"
    page = page.follows("Look it up in the history").submits("Show the history", pin=alice.pin)
    assert "This is what became of it: Approved" in page.text
    assert page.follows("What this means for you").heading == "Approved"


def test_taking_over_what_belongs_to_nobody(alice: Person, bank):
    kiosk = bank.offers(None, "login_kiosk")
    page = alice.opens_operation(kiosk)
    assert "belongs to nobody yet" in page.text
    assert not bank.operation(kiosk).get("userId")
    page = page.submits("Take it over")
    assert bank.operation(kiosk)["userId"] == alice.name
    assert page.submits("Approve", pin=alice.pin).heading == "Approved"
    assert bank.status(kiosk) == "APPROVED"


def test_somebody_else_was_faster(alice: Person, bank: Bank, site: Flask):
    bob = Person(f"bob-{uuid.uuid4()}", bank, Browser(site.test_client())).is_enrolled()
    kiosk = bank.offers(None, "login_kiosk")
    form = alice.opens_operation(kiosk).fills("Take it over")
    bob.opens_operation(kiosk).submits("Take it over")
    assert form.is_sent().status == 403
    assert bank.operation(kiosk)["userId"] == bob.name
