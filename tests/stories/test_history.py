"""Alice looks up what became of her operations, and what nobody knew is known from then on."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.stories.test_parallel import cookies_of, same_browser
from tests.support.browser import Filled, Page
from tests.support.people import Person
from tests.support.wire import answer_lost, changed, error, html_page, refused, silence
from webapp.mtoken.operation import OperationStatus
from webapp.web.history_words import STATUSES

HISTORY = "/operation/history"
AUTHORIZE = "/operation/authorize"
DETAIL = "/operation/detail"
STATUS = "/activation/status"
LOOK_UP = "Look it up in the history"
STYLES = Path(__file__).parents[2] / "static/css/app.css"


def asks(person: Person, pin: str | None = None) -> Page:
    """Open the history with the PIN."""
    return person.opens("/history").submits("Show the history", pin=person.pin if pin is None else pin)


def looks_up(person: Person, page: Page) -> Page:
    """Follow the link on a result page and enter the PIN."""
    return page.follows(LOOK_UP).submits("Show the history", pin=person.pin)


class TestAsking:
    def test_the_list_leads_there_and_a_newcomer_sees_no_link(self, alice: Person, browse):
        assert alice.opens().follows("History").heading == "History"
        assert "History" not in browse().opens("/").links

    def test_all_that_was_is_shown_newest_first(self, alice: Person, bank, clock):
        alice.approves(bank.offers("Alice", "payment", amount="10.00", payee="Charlie"))
        clock.advance(60)
        alice.rejects(bank.offers("Alice", "login"))
        clock.advance(60)
        bank.cancels(bank.offers("Alice", "limit"))
        page = asks(alice)
        assert page.status == 200
        assert page.text.index("Card limit") < page.text.index("Sign in") < page.text.index("Payment")
        for said in ("€10.00", "Charlie", "CHANGED_MIND", "Withdrawn by the bank", "Approved", "Rejected"):
            assert said in page.text
        assert "Sep 21, 2026, 2:13:20 PM UTC" in page.text, "the time, and in which zone"

    def test_an_expired_operation_says_since_when(self, alice: Person, bank, clock):
        bank.offers("Alice", "payment")
        clock.advance(301)
        assert "The time was over: Sep 21, 2026, 2:18:20 PM UTC" in asks(alice).text

    def test_what_still_waits_can_be_opened(self, alice: Person, bank):
        payment = bank.offers("Alice", "payment")
        page = asks(alice).follows("Open the operation")
        assert page.path == f"/operations/{payment}"
        assert "Approve" in page.buttons

    def test_an_empty_history(self, alice: Person):
        page = asks(alice)
        assert "has not asked you for anything yet" in page.text
        assert "100" in page.text

    def test_the_page_says_that_the_bank_gives_no_more_than_100(self, alice: Person, bank):
        for _ in range(101):
            bank.offers("Alice", "consent")
        page = asks(alice)
        assert page.html.count('class="past"') == 100
        assert "at most the newest 100 operations" in page.text

    def test_bob_sees_nothing_of_alice(self, alice: Person, bob: Person, bank):
        alice.approves(bank.offers("Alice", "payment", payee="Charlie"))
        assert "Charlie" not in asks(bob).html

    def test_an_unreadable_operation_is_announced_and_spoils_only_itself(self, alice: Person, bank, wire):
        bank.offers("Alice", "payment")
        bank.offers("Alice", "login")

        def spoil(operation):
            if operation["name"] == "login":
                del operation["data"]

        wire.breaks(HISTORY, changed(spoil))
        page = asks(alice)
        assert "1 operation cannot be shown" in page.text
        assert "Payment" in page.text

    def test_texts_of_the_bank_are_only_texts(self, alice: Person, bank, wire):
        bank.cancels(bank.offers("Alice", "payment"))
        wire.breaks(HISTORY, changed(lambda one: one.update(statusReason="<script>x</script>\u202e")))
        page = asks(alice)
        assert "<script>x</script>⟦U+202E⟧" in page.text
        assert "<script>x" not in page.html

    def test_a_status_that_is_not_known_is_shown_as_that(self, alice: Person, bank, wire):
        bank.offers("Alice", "payment")
        wire.breaks(HISTORY, changed(lambda one: one.update(status="PONDERED")))
        page = asks(alice)
        assert "In a state that this version does not know" in page.text
        assert "Open the operation" not in page.links

    def test_in_czech(self, bank, browse):
        alice = Person("Alice", bank, browse("cs"))
        offer = bank.gives_code("Alice")
        form = alice.opens("/activation/new")
        csrf = form.value("csrf_token") or ""
        names = {"code": offer.code, "name": "x", "pin": alice.pin, "pin_again": alice.pin}
        alice.browser.posts("/activation/new", {"csrf_token": csrf, **names})
        bank.commits(offer.activation_id)
        bank.offers("Alice", "payment")
        csrf = alice.opens("/history").value("csrf_token") or ""
        page = alice.browser.posts("/history", {"csrf_token": csrf, "pin": alice.pin})
        assert "Platba" in page.text
        assert "21. 9. 2026" in page.text


class TestFilter:
    def test_it_offers_the_statuses_that_are_there_with_their_numbers(self, alice: Person, bank):
        for _ in range(2):
            alice.approves(bank.offers("Alice", "payment"))
        alice.rejects(bank.offers("Alice", "payment"))
        page = asks(alice)
        for label in ("Everything (3)", "Approved (2)", "Rejected (1)"):
            assert label in page.text
        assert "Expired (" not in page.text
        assert page.html.count(" checked> <span>Everything") == 1, "everything is shown first"

    def test_the_style_knows_every_status(self):
        known = set(
            re.findall(r'\[value="(\w+)"\]:checked\) \.past:not\(\[data-status="\1"\]', STYLES.read_text())
        )
        assert known == set(OperationStatus) == set(STATUSES)


class TestPin:
    def test_a_wrong_pin_says_how_many_attempts_are_left_and_shows_nothing(self, alice: Person, bank):
        alice.rejects(bank.offers("Alice", "payment", payee="Charlie"))
        page = asks(alice, alice.wrong_pin)
        assert page.status == 422
        assert page.heading == "History"
        assert "Your confirmation was not accepted" in page.text
        assert "4 attempts are left" in page.text
        assert "Charlie" not in page.html
        assert page.value("pin") == ""
        assert "Charlie" in page.submits("Show the history", pin=alice.pin).text

    def test_a_right_pin_gives_all_attempts_back(self, alice: Person):
        asks(alice, alice.wrong_pin)
        assert "4 attempts are left" in alice.opens("/history").text
        assert asks(alice).status == 200
        assert alice.failed_attempts == 0
        assert "attempt" not in alice.opens("/history").text
        assert "4 attempts are left" in asks(alice, alice.wrong_pin).text

    @pytest.mark.parametrize("pin", ["", "12", "25 80", "2580x", "2" * 33])
    def test_a_pin_that_cannot_be_right_costs_nothing(self, alice: Person, wire, pin):
        page = asks(alice, pin)
        assert page.status == 422
        assert not wire.sent(HISTORY)
        assert alice.failed_attempts == 0

    def test_digits_of_another_script_are_digits(self, alice: Person):
        assert asks(alice, "٢٥٨٠").status == 200

    def test_the_last_attempt_is_announced_also_after_the_bank_gave_none(self, alice: Person, wire):
        for _ in range(4):
            page = asks(alice, alice.wrong_pin)
        wire.breaks(HISTORY, refused, times=1)
        page = page.submits("Show the history", pin=alice.pin)
        assert page.status == 503
        assert "One attempt is left" in page.text

    def test_what_was_typed_wrong_is_said_also_while_nobody_can_be_asked(self, alice: Person, wire):
        page = alice.opens("/history")
        wire.breaks("", refused)
        page = page.submits("Show the history", pin="12")
        assert page.status == 422
        assert page.heading == "History"

    def test_the_last_attempt_is_announced_and_then_the_browser_is_blocked(self, alice: Person, bank):
        for _ in range(4):
            page = asks(alice, alice.wrong_pin)
        assert "One attempt is left" in page.text
        page = page.submits("Show the history", pin=alice.wrong_pin)
        assert page.path == "/activation"
        assert page.heading == "This browser is blocked"
        assert bank.activation(alice.activation_id)["activationStatus"] == "BLOCKED"
        assert alice.opens("/history").path == "/activation", "no PIN is asked for in vain"

    def test_a_wrong_pin_is_told_although_the_answer_was_lost(self, alice: Person, wire):
        wire.breaks(HISTORY, answer_lost)
        page = asks(alice, alice.wrong_pin)
        assert page.status == 422
        assert "4 attempts are left" in page.text

    def test_a_refusal_without_a_wrong_pin_does_not_blame_the_pin(self, alice: Person, wire):
        wire.breaks(HISTORY, error(401, "POWERAUTH_AUTH_FAIL"))
        page = asks(alice)
        assert page.status == 503
        assert "not accepted" not in page.text
        assert alice.failed_attempts == 0

    def test_the_form_asks_for_the_pin_once_and_signs_once(self, alice: Person, wire):
        asks(alice)
        assert len(wire.sent(HISTORY)) == 1

    def test_sent_twice_it_is_only_asked_twice(self, alice: Person, bank, wire):
        form = alice.opens("/history").fills("Show the history", pin=alice.pin)
        assert [form.is_sent().status for _ in range(3)] == [200, 200, 200]
        assert len({request.headers["X-PowerAuth-Authorization"] for request in wire.sent(HISTORY)}) == 3
        assert alice.approves(bank.offers("Alice", "payment")).heading == "Approved"

    def test_the_form_of_another_site_is_refused(self, alice: Person, wire):
        page = alice.browser.posts("/history", {"pin": alice.pin})
        assert page.status == 400
        assert not wire.sent(HISTORY)


class TestStandings:
    def test_a_browser_that_is_not_enrolled(self, browse):
        assert browse().opens("/history").status == 403

    @pytest.mark.parametrize("when", ["before", "meanwhile"])
    @pytest.mark.parametrize(("way", "words"), [("blocks", "blocked"), ("removes", "no longer enrolled")])
    def test_an_activation_that_is_not_active(self, alice: Person, bank, when, way, words):
        form = alice.opens("/history").fills("Show the history", pin=alice.pin)
        getattr(bank, way)(alice.activation_id)
        page = alice.opens("/history") if when == "before" else form.is_sent()
        assert page.path == "/activation"
        assert words in page.heading

    def test_one_that_the_bank_has_not_committed(self, newcomer: Person, bank):
        newcomer.enrols(bank.gives_code("Alice").code)
        assert newcomer.opens("/history").heading == "Compare these digits with your bank"

    def test_one_that_was_forgotten_meanwhile(self, alice: Person, wire):
        form = alice.opens("/history").fills("Show the history", pin=alice.pin)
        alice.opens("/activation/forget").submits("Forget this browser")
        assert form.is_sent().status == 400
        assert not wire.sent(HISTORY)


class TestLostOnTheWay:
    @pytest.mark.parametrize("fault", [answer_lost, silence, refused, html_page, error(500, "ERROR_GENERIC")])
    def test_the_history_could_not_be_had_and_the_counters_still_meet(self, alice: Person, bank, wire, fault):
        payment = bank.offers("Alice", "payment")
        wire.breaks(HISTORY, fault)
        page = asks(alice)
        assert page.status == 503
        assert page.response.headers["Retry-After"]
        assert "did not give the history" in page.text
        assert "Nothing was approved and nothing was rejected" in page.text
        assert len(wire.sent(HISTORY)) == 1, "a signature is never sent again"
        wire.is_mended()
        assert page.submits("Show the history", pin=alice.pin).status == 200
        assert alice.approves(payment).heading == "Approved"
        assert alice.failed_attempts == 0

    def test_nobody_can_be_asked_why(self, alice: Person, wire):
        form = alice.opens("/history").fills("Show the history", pin=alice.pin)
        wire.breaks(HISTORY, answer_lost)
        wire.breaks(STATUS, refused)
        assert form.is_sent().status == 503
        wire.is_mended()
        assert asks(alice).status == 200

    def test_a_bank_that_cannot_be_reached_is_told_before_the_pin_is_asked(self, alice: Person, wire):
        wire.breaks(STATUS, refused)
        assert alice.opens("/history").status == 503


class TestSettling:
    def test_an_approval_that_was_applied_although_its_answer_got_lost(self, alice: Person, bank, wire):
        payment = bank.offers("Alice", "payment")
        wire.breaks(AUTHORIZE, answer_lost, times=1)
        page = alice.approves(payment)
        assert page.status == 504
        found = looks_up(alice, page)
        assert "This is what became of it: Approved" in found.text
        result = found.follows("What this means for you")
        assert (result.status, result.heading) == (200, "Approved")
        assert "According to the bank's history, this operation was approved." in result.text
        assert "The payment is on its way." in result.text
        assert LOOK_UP not in result.links
        assert alice.opens_operation(payment).heading == "Approved"
        assert len(wire.sent(AUTHORIZE)) == 1

    def test_an_approval_that_got_lost_still_waits_and_nothing_is_settled(self, alice: Person, bank, wire):
        payment = bank.offers("Alice", "payment")
        wire.breaks(AUTHORIZE, silence, times=1)
        page = alice.approves(payment)
        assert page.status == 504
        found = looks_up(alice, page)
        assert "This is what became of it: Waiting for an answer" in found.text
        assert alice.opens(f"/operations/{payment}/result").status == 504
        page = found.follows("Open the operation").submits("Approve", pin=alice.pin)
        assert page.heading == "Approved"

    def test_an_approval_that_nobody_could_be_asked_about(self, alice: Person, bank, wire):
        payment = bank.offers("Alice", "payment")

        def dark(request, transport):
            wire.breaks("", refused)
            return answer_lost(request, transport)

        wire.breaks(AUTHORIZE, dark)
        assert alice.approves(payment).status == 504
        wire.is_mended()
        asks(alice)
        page = alice.opens(f"/operations/{payment}/result")
        assert (page.status, page.heading) == (200, "Approved"), "settled without being looked up"

    def test_the_form_whose_end_was_unknown_says_the_end_when_it_comes_again(self, alice: Person, bank, wire):
        form = alice.opens_operation(bank.offers("Alice", "payment")).fills("Approve", pin=alice.pin)
        wire.breaks(AUTHORIZE, answer_lost, times=1)
        assert form.is_sent().status == 504
        asks(alice)
        assert form.is_sent().heading == "Approved"
        assert len(wire.sent(AUTHORIZE)) == 1

    def test_a_rejection_whose_answer_got_lost(self, alice: Person, bank, wire):
        payment = bank.offers("Alice", "payment")
        wire.breaks("/operation/cancel", answer_lost, times=1)
        result = looks_up(alice, alice.rejects(payment)).follows("What this means for you")
        assert result.heading == "Rejected"
        assert "According to the bank's history" in result.text

    @pytest.mark.parametrize(("way", "words"), [("approves", "Approved"), ("rejects", "Rejected")])
    def test_what_alice_did_on_her_phone(self, alice: Person, bank, browse, way, words):
        phone = Person("Alice", bank, browse()).is_enrolled()
        payment = bank.offers("Alice", "payment")
        form = alice.opens_operation(payment).fills("Approve", pin=alice.pin)
        getattr(phone, way)(payment)
        page = form.is_sent()
        assert page.heading == "Already settled"
        result = looks_up(alice, page).follows("What this means for you")
        assert (result.status, result.heading) == (200, words)
        assert "According to the bank's history" in result.text
        assert alice.opens_operation(payment).heading == words

    def test_an_operation_that_this_browser_only_opened_when_it_was_over(self, alice: Person, bank, browse):
        phone = Person("Alice", bank, browse()).is_enrolled()
        payment = bank.offers("Alice", "payment")
        phone.approves(payment)
        page = alice.opens_operation(payment)
        assert page.heading == "Already settled"
        result = looks_up(alice, page).follows("What this means for you")
        assert (result.path, result.heading) == (f"/operations/{payment}/result", "Approved")

    def test_an_end_that_came_without_anybody(self, alice: Person, bank, wire, clock):
        payment = bank.offers("Alice", "payment")
        wire.breaks(AUTHORIZE, silence, times=1)
        page = alice.approves(payment)
        clock.advance(301)
        result = looks_up(alice, page).follows("What this means for you")
        assert (result.status, result.heading) == (410, "The time is over")

    def test_what_this_browser_saw_itself_stays_as_it_was(self, alice: Person, bank):
        payment = bank.offers("Alice", "payment")
        before = alice.approves(payment).text
        page = alice.opens(f"/history?operation={payment}").submits("Show the history", pin=alice.pin)
        assert page.follows("What this means for you").text == before

    def test_what_was_not_looked_up_and_not_unknown_gets_no_end(self, alice: Person, bank, wire):
        payment = bank.offers("Alice", "payment")
        wire.breaks(AUTHORIZE, refused, times=1)
        alice.approves(payment)
        bank.cancels(payment)
        asks(alice)
        assert alice.opens(f"/operations/{payment}/result").status == 503
        page = alice.opens(f"/history?operation={payment}").submits("Show the history", pin=alice.pin)
        assert page.follows("What this means for you").heading == "Withdrawn by the bank"

    def test_an_operation_that_the_bank_does_not_give(self, alice: Person, bob: Person, bank):
        payment = bank.offers("Bob", "payment", payee="Charlie")
        page = alice.opens(f"/history?operation={payment}").submits("Show the history", pin=alice.pin)
        assert "The operation that you look up is not there" in page.text
        assert "Charlie" not in page.html

    def test_a_wrong_pin_does_not_forget_what_is_looked_up(self, alice: Person, bank):
        payment = bank.offers("Alice", "payment")
        page = alice.opens(f"/history?operation={payment}").submits("Show the history", pin=alice.wrong_pin)
        page = page.submits("Show the history", pin=alice.pin)
        assert "This is what became of it" in page.text

    def test_the_history_tells_more_than_once(self, alice: Person, bank, wire):
        wire.breaks(AUTHORIZE, answer_lost, times=1)
        payment = bank.offers("Alice", "payment")
        alice.approves(payment)
        for _ in range(2):
            asks(alice)
        assert alice.opens_operation(payment).heading == "Approved"


def test_nothing_of_the_history_is_kept_in_an_address_or_a_cookie(alice: Person, bank):
    alice.approves(bank.offers("Alice", "payment", payee="Charlie"))
    page = asks(alice)
    assert page.url == "/history"
    assert page.response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.response.headers


def test_several_tabs_ask_at_once_while_another_approves(alice: Person, bank, site, wire):
    approval = alice.opens_operation(bank.offers("Alice", "payment")).fills("Approve", pin=alice.pin)
    question = alice.opens("/history").fills("Show the history", pin=alice.pin)
    cookies = cookies_of(alice)

    def is_sent(form: Filled) -> int:
        return same_browser(site, cookies).posts(form.action, form.values).status

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(is_sent, [question, approval, question, question])) == [200] * 4
    assert alice.failed_attempts == 0
    signed = wire.sent(HISTORY) + wire.sent(AUTHORIZE)
    assert len({request.headers["X-PowerAuth-Authorization"] for request in signed}) == 4
