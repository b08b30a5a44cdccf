"""What is signed and what is shown are the same thing, or the person is told."""

import pytest

from tests.support.people import Person
from tests.support.site import make_settings
from webapp.app import create_app
from webapp.flows.policy import Policy

MISMATCH = "What would be signed is not what is shown"


def cheaper(operation):
    """Somebody between bank and reader makes the shown amount smaller; what is signed stays."""
    for row in operation["formData"]["attributes"]:
        if row["type"] == "AMOUNT":
            row |= {"amount": 2.5, "amountFormatted": "2.50", "valueFormatted": "€2.50"}


def other_account(operation):
    for row in operation["formData"]["attributes"]:
        if row["id"] == "payment.account":
            row["value"] = "CZ6508000000192000145399"


def with_a_riddle(operation):
    operation["formData"]["attributes"].append({"type": "HOLOGRAM", "id": "x", "label": "Look at this"})


@pytest.fixture
def trusting_alice(tmp_path, sandbox, bank, wire, clock, browser_of) -> Person:
    policy = Policy(approves_mismatched=True, approves_unshown=True)
    settings = make_settings(tmp_path, sandbox.sdk_configuration(), policy=policy)
    return Person("Alice", bank, browser_of(create_app(settings, transport=wire, clock=clock))).is_enrolled()


@pytest.mark.parametrize("change", [cheaper, other_account])
def test_a_difference_is_a_warning_and_no_approval(alice: Person, bank, wire, change):
    payment = bank.offers("Alice", "payment")
    wire.tells_otherwise(change)
    page = alice.opens_operation(payment)
    assert MISMATCH in page.text
    assert "This cannot be approved here" in page.text
    assert "pin" not in page.fields
    assert alice.rejects(payment).heading == "Rejected"


def test_both_sides_of_the_difference_are_named(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    wire.tells_otherwise(cheaper)
    page = alice.opens_operation(payment)
    assert "2450.50 EUR" in page.text
    assert "€2.50" in page.text


@pytest.mark.parametrize("change", [cheaper, with_a_riddle])
def test_a_form_made_by_hand_does_not_get_past_it(alice: Person, bank, wire, change):
    payment = bank.offers("Alice", "payment")
    wire.tells_otherwise(change)
    form = alice.opens_operation(payment).fills("I did not ask for this")
    page = alice.browser.posts(f"/operations/{payment}/approve", {**form.values, "pin": alice.pin})
    assert page.status == 422
    assert not wire.sent("/operation/authorize")
    assert bank.status(payment) == "PENDING"


def test_the_operator_may_decide_otherwise_but_the_warning_stays(trusting_alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    wire.tells_otherwise(cheaper)
    page = trusting_alice.opens_operation(payment)
    assert MISMATCH in page.text
    assert page.submits("Approve", pin=trusting_alice.pin).heading == "Approved"


def test_what_cannot_be_shown_is_said_and_not_signed(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    wire.tells_otherwise(with_a_riddle)
    page = alice.opens_operation(payment)
    assert "Look at this" in page.text
    assert "This version cannot show everything in this entry." in page.text
    assert "pin" not in page.fields


def test_the_operator_may_have_what_cannot_be_shown_signed(trusting_alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    wire.tells_otherwise(with_a_riddle)
    page = trusting_alice.opens_operation(payment)
    assert "This version cannot show everything in this entry." in page.text
    assert page.submits("Approve", pin=trusting_alice.pin).heading == "Approved"


@pytest.mark.parametrize(
    "template", ["payment", "payment_conversion", "payment_invoice", "shop", "login", "limit"]
)
@pytest.mark.parametrize("language", ["en", "cs", "de", "ar"])
def test_an_honest_bank_is_never_doubted(alice: Person, bank, template, language):
    alice.browser.headers["Accept-Language"] = language
    page = alice.opens_operation(bank.offers("Alice", template))
    assert "pin" in page.fields
