"""An operation's life in a browser with its tabs: whatever is pressed, none signs twice or unseen."""

from dataclasses import replace

import pytest

from tests.support.people import Person
from tests.support.wire import answer_lost, error, refused, silence

AUTHORIZE = "/operation/authorize"


ENDS = {f"OPERATION_{end}" for end in ("ALREADY_FINISHED", "ALREADY_FAILED", "ALREADY_CANCELED", "EXPIRED")}


def sent(wire) -> int:
    return len(wire.sent(AUTHORIZE))


class TestTabs:
    def test_the_back_button_after_an_approval(self, alice: Person, bank, wire):
        payment = bank.offers("Alice", "payment")
        before = alice.opens_operation(payment)
        assert before.submits("Approve", pin=alice.pin).heading == "Approved"
        again = before.submits("Approve", pin=alice.pin)
        assert again.heading == "Approved"
        assert sent(wire) == 1

    def test_the_back_button_and_a_rejection_after_an_approval(self, alice: Person, bank, wire):
        payment = bank.offers("Alice", "payment")
        before = alice.opens_operation(payment)
        before.submits("Approve", pin=alice.pin)
        page = before.submits("I did not ask for this")
        assert page.heading == "Approved"
        assert not wire.sent("/operation/cancel")

    def test_the_back_button_and_a_rejection_after_a_refused_pin(self, alice: Person, bank, wire):
        payment = bank.offers("Alice", "payment")
        before = alice.opens_operation(payment)
        before.submits("Approve", pin=alice.wrong_pin)
        page = before.submits("I did not ask for this")
        assert page.heading == "Rejected"
        assert bank.status(payment) == "REJECTED"
        assert before.submits("Approve", pin=alice.pin).heading == "Rejected"
        assert sent(wire) == 1

    def test_the_back_button_and_a_rejection_after_a_lost_approval(self, alice: Person, bank, wire):
        payment = bank.offers("Alice", "payment")
        before = alice.opens_operation(payment)
        wire.breaks(AUTHORIZE, silence)
        assert before.submits("Approve", pin=alice.pin).heading == "Not settled yet"
        assert before.submits("I did not ask for this").heading == "Rejected"
        assert before.submits("Approve", pin=alice.pin).heading == "Rejected"
        assert sent(wire) == 1

    def test_reloading_the_page_of_a_refused_pin_costs_nothing_more(self, alice: Person, bank, wire):
        form = alice.opens_operation(bank.offers("Alice", "payment")).fills("Approve", pin=alice.wrong_pin)
        for _ in range(3):
            assert form.is_sent().status == 422
        assert alice.failed_attempts == 1

    def test_reloading_a_screen_passes_no_other(self, alice: Person, bank):
        form = alice.opens_operation(bank.offers("Alice", "payment_warning")).fills("Continue", read="yes")
        assert {form.is_sent().heading for _ in range(3)} == {"Large payment"}

    def test_two_tabs_with_two_forms_of_one_payment(self, alice: Person, bank, wire):
        payment = bank.offers("Alice", "payment")
        left, right = alice.opens_operation(payment), alice.opens_operation(payment)
        assert left.submits("Approve", pin=alice.pin).heading == "Approved"
        assert right.submits("Approve", pin=alice.pin).heading == "Approved"
        assert sent(wire) == 1

    def test_two_tabs_that_decide_differently(self, alice: Person, bank, wire):
        payment = bank.offers("Alice", "payment")
        left, right = alice.opens_operation(payment), alice.opens_operation(payment)
        assert left.submits("I did not ask for this").heading == "Rejected"
        assert right.submits("Approve", pin=alice.pin).heading == "Rejected"
        assert sent(wire) == 0
        assert bank.status(payment) == "REJECTED"

    def test_a_form_of_one_payment_does_not_answer_another(self, alice: Person, bank, wire):
        cheap, dear = (
            bank.offers("Alice", "payment", amount="1"),
            bank.offers("Alice", "payment", amount="9999"),
        )
        form = alice.opens_operation(cheap).fills("Approve", pin=alice.pin)
        form.action = f"/operations/{dear}/approve"
        assert form.is_sent().status == 400
        assert sent(wire) == 0

    def test_a_tab_that_is_restored_the_next_day(self, alice: Person, bank, wire, clock):
        form = alice.opens_operation(bank.offers("Alice", "consent")).fills("Approve")
        clock.advance(24 * 3600)
        page = form.is_sent()
        assert (page.status, page.heading) == (410, "The time is over")
        assert sent(wire) == 0

    def test_a_tab_that_is_restored_while_the_operation_still_waits(self, alice: Person, bank, wire, clock):
        consent = bank.offers("Alice", "consent")
        form = alice.opens_operation(consent).fills("Approve")
        clock.advance(20 * 60)
        page = form.is_sent()
        assert page.status == 409
        assert page.heading == "Consent"
        assert sent(wire) == 0
        assert page.submits("Approve").heading == "Approved"

    def test_somebody_else_enrols_in_another_tab(self, alice: Person, bank, wire):
        form = alice.opens_operation(bank.offers("Alice", "payment")).fills("Approve", pin="8642")
        alice.browser.opens("/activation/forget").submits("Forget")
        bob = replace(alice, name="Bob", pin="8642").is_enrolled()
        assert bob.opens().status == 200
        page = form.is_sent()
        assert page.status == 400
        assert sent(wire) == 0
        assert bob.failed_attempts == 0

    def test_the_browser_was_forgotten_in_another_tab(self, alice: Person, bank, wire):
        form = alice.opens_operation(bank.offers("Alice", "payment")).fills("Approve", pin=alice.pin)
        alice.browser.opens("/activation/forget").submits("Forget")
        assert form.is_sent().status == 400
        assert sent(wire) == 0


class TestTime:
    def test_the_countdown_follows_the_servers_clock(self, alice: Person, bank, clock):
        payment = bank.offers("Alice", "payment")
        clock.advance(60)
        assert 'data-left="240"' in alice.opens_operation(payment).html

    def test_only_the_server_says_that_the_time_is_over(self, alice: Person, bank, wire):
        payment = bank.offers("Alice", "payment")
        wire.tells_otherwise(lambda one: one.update(operationExpires="2001-01-01T00:00:00+0000"))
        page = alice.opens_operation(payment)
        assert "The time is over." in page.text
        assert page.submits("Approve", pin=alice.pin).heading == "Approved"


class TestEnds:
    @pytest.mark.parametrize(
        ("code", "status", "words"),
        [
            ("OPERATION_ALREADY_FINISHED", 409, "Already settled"),
            ("OPERATION_ALREADY_FAILED", 409, "Stopped for your safety"),
            ("OPERATION_ALREADY_CANCELED", 410, "Withdrawn by the bank"),
            ("OPERATION_EXPIRED", 410, "The time is over"),
            ("OPERATION_REQUIRES_ACTIVATION_FLAG", 422, "This cannot be approved here"),
            ("OPERATION_FAILED", 409, "The bank refused the approval"),
            ("INVALID_REQUEST", 503, "The bank did not take your answer"),
            ("INVALID_APPLICATION", 503, "The bank did not take your answer"),
            ("TOO_MANY_REQUESTS", 503, "The bank did not take your answer"),
            ("ERROR_NOT_FOUND", 503, "The bank did not take your answer"),
            ("POWERAUTH_AUTH_FAIL", 503, "The bank did not take your answer"),
            ("INVALID_OPERATION", 504, "Not settled yet"),
            ("ERROR_GENERIC", 504, "Not settled yet"),
            ("REMOTE_COMMUNICATION_ERROR", 504, "Not settled yet"),
            ("SOMETHING_NEW", 504, "Not settled yet"),
        ],
    )
    def test_every_code_has_its_page(self, alice: Person, bank, wire, code, status, words):
        payment = bank.offers("Alice", "payment")
        if code in ENDS:
            wire.ends(code)
        else:
            wire.breaks(AUTHORIZE, error(400, code))
        page = alice.approves(payment)
        assert (page.status, page.heading) == (status, words)
        assert sent(wire) == 1
        assert alice.failed_attempts == 0

    def test_every_final_page_has_a_way_on(self, alice: Person, bank, wire):
        for code in ("OPERATION_ALREADY_FINISHED", "OPERATION_EXPIRED", "OPERATION_ALREADY_CANCELED"):
            wire.ends(code)
            page = alice.approves(bank.offers("Alice", "payment"))
            wire.is_mended()
            assert page.follows("Waiting operations").status == 200

    def test_a_lost_answer_offers_the_history(self, alice: Person, bank, wire):
        wire.breaks(AUTHORIZE, answer_lost)
        page = alice.approves(bank.offers("Alice", "payment"))
        assert page.status == 504
        assert page.follows("Look it up in the history").status == 200

    def test_what_was_not_signed_is_not_said_to_be_sent(self, alice: Person, bank, wire):
        assert alice.opens().status == 200
        wire.breaks(AUTHORIZE, silence)
        wire.breaks("/activation/status", silence)
        for _ in range(20):
            before = sent(wire)
            page = alice.approves(bank.offers("Alice", "payment"))
            if sent(wire) == before:
                break
            assert "Your approval was sent" in page.text
        assert (page.status, page.heading) == (503, "The bank did not take your answer")
        assert "Nothing was approved." in page.text

    def test_nothing_was_applied_so_the_same_form_may_be_sent_again(self, alice: Person, bank, wire):
        payment = bank.offers("Alice", "payment")
        form = alice.opens_operation(payment).fills("Approve", pin=alice.pin)
        wire.breaks(AUTHORIZE, refused, times=1)
        assert form.is_sent().status == 503
        assert form.is_sent().heading == "Approved"
