"""Alice approves what she has read, and nothing else."""

import json

import pytest

from tests.support.people import Person
from tests.support.wire import Wire
from webapp.mtoken.transport import HttpResponse


def authorizations(wire: Wire) -> list[dict[str, str]]:
    return [json.loads(request.body)["requestObject"] for request in wire.sent("/operation/authorize")]


def test_alice_reads_the_list_and_approves_a_payment_with_her_pin(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment", amount="1250.00", payee="Charlie")
    page = alice.opens().follows("Payment")
    assert "€1,250.00" in page.text
    assert "Charlie" in page.text
    page = page.submits("Approve", pin=alice.pin)
    assert page.heading == "Approved"
    assert page.path == f"/operations/{payment}/result"
    assert "The payment is on its way." in page.text
    known = bank.operation(payment)
    assert known["status"] == "APPROVED"
    assert [sent["data"] for sent in authorizations(wire)] == [known["data"]]
    assert "€1,250.00" not in alice.opens().text


def test_one_press_is_enough_where_the_bank_asks_for_no_second_factor(alice: Person, bank):
    consent = bank.offers("Alice", "consent")
    page = alice.opens_operation(consent)
    assert page.value("pin") is None
    assert page.submits("Approve").heading == "Approved"
    assert bank.status(consent) == "APPROVED"


def test_a_wrong_pin_says_how_many_attempts_are_left(alice: Person, bank):
    payment = bank.offers("Alice", "payment")
    page = alice.approves(payment, alice.wrong_pin)
    assert page.status == 422
    assert page.path == f"/operations/{payment}/approve"
    assert "4" in page.text
    assert page.value("pin") == ""
    assert bank.status(payment) == "PENDING"
    assert page.submits("Approve", pin=alice.pin).heading == "Approved"
    assert alice.failed_attempts == 0


def test_after_a_right_pin_a_wrong_one_counts_from_the_beginning(alice: Person, bank):
    for pin in (alice.wrong_pin, alice.pin, alice.wrong_pin):
        page = alice.approves(bank.offers("Alice", "payment"), pin)
    assert page.status == 422
    assert "4" in page.text


def test_five_wrong_pins_block_the_browser(alice: Person, bank):
    for _ in range(4):
        page = alice.approves(bank.offers("Alice", "payment"), alice.wrong_pin)
        assert page.status == 422
    warned = alice.opens_operation(bank.offers("Alice", "payment"))
    assert "last" in warned.text.lower() or "one attempt" in warned.text.lower()
    page = warned.submits("Approve", pin=alice.wrong_pin)
    assert page.status == 403
    assert "blocked" in page.heading.lower()
    assert bank.activation(alice.activation_id)["activationStatus"] == "BLOCKED"
    assert alice.opens().path == "/activation"


def test_after_the_bank_unblocks_attempts_count_from_the_beginning(alice: Person, bank):
    for _ in range(5):
        alice.approves(bank.offers("Alice", "payment"), alice.wrong_pin)
    bank.unblocks(alice.activation_id)
    page = alice.opens_operation(bank.offers("Alice", "payment"))
    assert "attempt" not in page.text
    page = page.submits("Approve", pin=alice.wrong_pin)
    assert page.status == 422
    assert "4 attempts are left" in page.text


def test_a_wrong_pin_is_told_although_the_count_is_the_same_as_before(alice: Person, bank):
    payment = bank.offers("Alice", "payment")
    alice.approves(payment, alice.wrong_pin)
    filled = alice.opens_operation(payment).fills("Approve", pin=alice.wrong_pin)
    bank.blocks(alice.activation_id)
    bank.unblocks(alice.activation_id)
    page = filled.is_sent()
    assert page.status == 422
    assert "4 attempts are left" in page.text


@pytest.mark.parametrize("pin", ["", "12", "25 80", "2580x", "2" * 33])
def test_a_pin_that_cannot_be_right_costs_nothing(alice: Person, bank, wire, pin):
    payment = bank.offers("Alice", "payment")
    page = alice.approves(payment, pin)
    assert page.status == 422
    assert not wire.sent("/operation/authorize")
    assert alice.failed_attempts == 0
    assert page.submits("Approve", pin=alice.pin).heading == "Approved"


def test_an_operation_that_expires_while_alice_reads(alice: Person, bank, wire, clock):
    payment = bank.offers("Alice", "payment")
    filled = alice.opens_operation(payment).fills("Approve", pin=alice.pin)
    clock.advance(301)
    page = filled.is_sent()
    assert page.status == 410
    assert bank.status(payment) == "EXPIRED"
    assert not wire.sent("/operation/authorize"), "nothing was signed for it"


def test_an_operation_that_the_bank_withdraws_while_alice_reads(alice: Person, bank):
    payment = bank.offers("Alice", "payment")
    filled = alice.opens_operation(payment).fills("Approve", pin=alice.pin)
    bank.cancels(payment)
    page = filled.is_sent()
    assert page.status == 410
    assert page.heading == "Withdrawn by the bank"


def test_an_operation_that_alice_settles_on_her_phone_meanwhile(alice: Person, bank, browse):
    phone = Person("Alice", bank, browse()).is_enrolled()
    payment = bank.offers("Alice", "payment")
    filled = alice.opens_operation(payment).fills("Approve", pin=alice.pin)
    assert phone.rejects(payment).heading == "Rejected"
    page = filled.is_sent()
    assert page.status == 409
    assert page.heading == "Already settled"
    assert bank.status(payment) == "REJECTED"
    assert alice.opens_operation(payment).heading == "Already settled"


def test_an_operation_that_failed_too_often(alice: Person, bank):
    large = bank.offers("Alice", "payment_warning")
    for _ in range(2):
        assert alice.approves(large, alice.wrong_pin, retyped="98000").status == 422
    page = alice.approves(large, alice.wrong_pin, retyped="98000")
    assert page.status == 409
    assert bank.status(large) == "FAILED"
    assert alice.failed_attempts == 3


def test_pressing_twice_signs_once(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    filled = alice.opens_operation(payment).fills("Approve", pin=alice.pin)
    assert [filled.is_sent().heading, filled.is_sent().heading] == ["Approved", "Approved"]
    assert len(authorizations(wire)) == 1


def test_pressing_twice_with_a_wrong_pin_costs_one_attempt(alice: Person, bank):
    payment = bank.offers("Alice", "payment")
    filled = alice.opens_operation(payment).fills("Approve", pin=alice.wrong_pin)
    filled.is_sent()
    page = filled.is_sent()
    assert page.status == 422
    assert "was not sent again" in page.text
    assert alice.failed_attempts == 1
    assert page.submits("Approve", pin=alice.pin).heading == "Approved"


def test_the_back_button_and_another_press_show_what_happened_already(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    page = alice.opens_operation(payment)
    page.submits("Approve", pin=alice.pin)
    again = page.submits("Approve", pin=alice.pin)
    assert again.heading == "Approved"
    assert len(authorizations(wire)) == 1
    assert alice.opens_operation(payment).heading == "Approved"


def test_reloading_the_result_asks_nobody(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    page = alice.approves(payment)
    asked = len(wire.requests)
    assert alice.opens(page.path).heading == "Approved"
    assert len(wire.requests) == asked


def test_no_link_can_claim_an_approval(alice: Person, bank):
    payment = bank.offers("Alice", "payment")
    page = alice.opens(f"/operations/{payment}/result")
    assert page.heading != "Approved"
    assert page.status == 404 or page.path == f"/operations/{payment}"


def test_what_changed_since_it_was_shown_is_shown_again(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment", amount="10.00")
    filled = alice.opens_operation(payment).fills("Approve", pin=alice.pin)

    def dearer(request, transport):
        answer = transport.send(request)
        body = answer.body.replace(b"10.00", b"9999.00")
        return HttpResponse(answer.status, answer.headers, body)

    wire.breaks("/operation/detail", dearer)
    page = filled.is_sent()
    assert page.status == 409
    assert "9,999.00" in page.text or "9999.00" in page.text
    assert not wire.sent("/operation/authorize")
    wire.is_mended()
    assert bank.status(payment) == "PENDING"


@pytest.mark.parametrize("template", ["login", "payment_conversion", "payment_invoice", "shop", "limit"])
def test_other_kinds_of_operations(alice: Person, bank, template):
    operation = bank.offers("Alice", template)
    assert alice.approves(operation).heading == "Approved"
    assert bank.status(operation) == "APPROVED"


def test_bob_sees_nothing_of_alice(alice: Person, bob: Person, bank):
    payment = bank.offers("Alice", "payment", payee="Charlie")
    assert "Payment" not in bob.opens().text
    page = bob.opens_operation(payment)
    assert page.status == 403
    assert "Charlie" not in page.html
