"""Alice leaves: her bank takes the browser off its list, or the browser only forgets."""

import pytest

from tests.support.backup import TABLES, rows_of
from tests.support.browser import Page
from tests.support.people import Person
from tests.support.wire import answer_lost, error, html_page, refused, silence

REMOVE = "/activation/remove"
STATUS = "/activation/status"
NOTHING = dict.fromkeys(TABLES, 0)


@pytest.fixture
def rows(database_url):
    return lambda: rows_of(database_url)


def leaves(person: Person, pin: str | None = None) -> Page:
    """Go from the settings to the form, and send it with the PIN."""
    page = person.opens("/settings").follows("Remove this browser")
    return page.submits("Remove this browser", pin=person.pin if pin is None else pin)


def status(person: Person) -> str:
    return str(person.bank.activation(person.activation_id)["activationStatus"])


class TestRemovedAtTheBank:
    def test_with_the_pin_it_is_gone_there_and_here(self, alice: Person, rows):
        payment = alice.bank.offers("Alice", "payment")
        page = leaves(alice)
        assert (page.path, page.status) == ("/activation", 200)
        assert page.heading == "This browser is removed"
        assert status(alice) == "REMOVED"
        assert rows() == NOTHING
        assert alice.browser.cookie("__Host-key") is None
        assert "Settings" not in page.links
        assert alice.bank.status(payment) == "PENDING", "operations that wait are as they were"

    def test_it_is_told_again_on_every_page_until_she_enrols_anew(self, alice: Person):
        leaves(alice)
        for path in ("/activation", "/operations", "/settings"):
            assert alice.opens(path).heading == "This browser is removed"
        page = alice.opens("/activation").follows("Enrol this browser")
        assert page.path == "/activation/new"
        alice.is_enrolled()
        assert alice.opens().path == "/operations"

    @pytest.mark.parametrize(("pin", "said"), [("", "Enter your PIN"), ("12", "no attempt was used")])
    def test_what_cannot_be_right_is_not_sent(self, alice: Person, wire, pin, said):
        page = leaves(alice, pin)
        assert page.status == 422
        assert said in page.text
        assert not wire.sent(REMOVE)
        assert status(alice) == "ACTIVE"
        assert alice.failed_attempts == 0

    def test_a_wrong_pin_costs_an_attempt_and_removes_nothing(self, alice: Person, bank):
        page = leaves(alice, alice.wrong_pin)
        assert page.status == 422
        assert "was not removed" in page.text
        assert "4 attempts are left" in page.text
        assert alice.failed_attempts == 1
        assert status(alice) == "ACTIVE"
        assert page.submits("Remove this browser", pin=alice.pin).heading == "This browser is removed"

    def test_the_same_form_again_costs_nothing_more(self, alice: Person, wire):
        form = alice.opens("/settings/remove").fills("Remove this browser", pin=alice.wrong_pin)
        form.is_sent()
        page = form.is_sent()
        assert "not sent again" in page.text
        assert alice.failed_attempts == 1
        assert len(wire.sent(REMOVE)) == 1

    def test_one_attempt_left_is_said_before_the_pin_is_sent(self, alice: Person):
        for _ in range(4):
            leaves(alice, alice.wrong_pin)
        assert "One attempt is left" in alice.opens("/settings/remove").text

    def test_the_last_attempt_blocks_and_keeps(self, alice: Person, bank):
        for _ in range(5):
            page = leaves(alice, alice.wrong_pin)
        assert page.path == "/activation"
        assert "blocked" in page.heading
        bank.unblocks(alice.activation_id)
        assert alice.opens().path == "/operations"

    def test_somebody_was_faster_at_the_bank(self, alice: Person, bank, rows):
        form = alice.opens("/settings/remove").fills("Remove this browser", pin=alice.pin)
        bank.removes(alice.activation_id)
        assert form.is_sent().heading == "This browser is removed"
        assert rows() == NOTHING

    def test_a_note_of_another_step_removes_nothing(self, alice: Person, wire):
        note = alice.opens("/settings/pin").value("note")
        page = alice.opens("/settings/remove").submits("Remove this browser", pin=alice.pin, note=note)
        assert page.status == 400
        assert not wire.sent(REMOVE)

    def test_no_link_can_do_it(self, alice: Person):
        page = alice.browser.posts("/settings/remove", {"pin": alice.pin})
        assert page.status == 400
        assert status(alice) == "ACTIVE"


class TestWhenAnswersAreLost:
    @pytest.mark.parametrize("fault", [refused, silence, html_page, error(500, "ERROR_GENERIC")])
    def test_it_was_not_removed_and_the_page_says_so(self, alice: Person, wire, fault):
        wire.breaks(REMOVE, fault)
        page = leaves(alice)
        assert page.status == 503
        assert "was not removed" in page.text
        assert status(alice) == "ACTIVE"
        wire.is_mended()
        assert page.submits("Remove this browser", pin=alice.pin).heading == "This browser is removed"

    def test_it_was_removed_and_the_status_says_so(self, alice: Person, wire, rows):
        wire.breaks(REMOVE, answer_lost)
        assert leaves(alice).heading == "This browser is removed"
        assert rows() == NOTHING

    def test_nobody_can_be_asked_so_nobody_claims_anything(self, alice: Person, wire, rows):
        def and_then_dark(request, transport):
            wire.breaks("", refused)
            return answer_lost(request, transport)

        wire.breaks(REMOVE, and_then_dark)
        page = leaves(alice)
        assert page.status == 504
        assert "Nobody can say yet" in page.text
        assert "was not removed" not in page.text
        assert rows()["activations"] == 1, "what this browser needs is kept until somebody can say"
        wire.is_mended()
        page = page.follows("Try again")
        assert (page.path, page.status) == ("/activation", 410)
        assert rows() == NOTHING


class TestWhenTheBankIsGone:
    def test_she_can_still_forget_here_and_learns_what_that_means(self, alice: Person, wire, rows):
        wire.breaks("", refused)
        page = alice.opens("/settings").follows("Remove this browser")
        assert page.status == 503
        assert "pin" not in page.fields
        assert "still lists it" in page.text
        page = page.follows("Forget this browser")
        assert "not told" in page.text
        assert page.submits("Forget this browser").path == "/"
        assert rows() == NOTHING
        assert alice.browser.cookie("__Host-key") is None
        assert status(alice) == "ACTIVE", "the bank was not told"

    def test_trying_again_works_once_it_is_back(self, alice: Person, wire):
        wire.breaks(STATUS, refused)
        page = alice.opens("/settings/remove")
        wire.is_mended()
        assert "pin" in page.follows("Try again").fields


class TestForgetting:
    @pytest.mark.parametrize(
        "path", ["/operations", "/history", "/settings", "/settings/pin", "/settings/remove"]
    )
    def test_is_always_in_sight(self, alice: Person, path):
        assert "Forget this browser" in alice.opens(path).links

    def test_is_in_sight_while_blocked_and_before_the_commit(self, newcomer: Person, bank):
        offer = bank.gives_code("Alice")
        assert "Forget this browser" in newcomer.enrols(offer.code).links
        bank.commits(offer.activation_id)
        bank.blocks(offer.activation_id)
        assert "Forget this browser" in newcomer.opens().links

    def test_leaves_nothing_even_if_an_answer_with_new_cookies_got_lost(self, alice: Person, rows):
        form = alice.opens("/settings").fills("End all copies")
        sid = alice.browser.cookie("__Host-sid")
        alice.browser.client.post(form.action, data=form.values, base_url="https://localhost")
        alice.browser.client.set_cookie("__Host-sid", sid)
        alice.opens("/activation/forget").submits("Forget this browser")
        assert rows() == NOTHING

    def test_of_a_browser_that_lost_half_its_key(self, alice: Person, rows):
        alice.browser.client.delete_cookie("__Host-key")
        alice.opens("/activation/forget").submits("Forget this browser")
        assert rows() == NOTHING


class TestLostCookies:
    def test_are_normal_life_and_she_enrols_again_at_once(self, alice: Person, browse):
        alice.browser = browse()
        page = alice.opens()
        assert page.status == 403
        assert "cookies were deleted" in page.text
        page = page.follows("Enrol this browser")
        offer = alice.bank.gives_code("Alice")
        page = page.submits("Enrol", code=offer.code, name="again", pin=alice.pin, pin_again=alice.pin)
        assert page.path == "/activation"
        alice.bank.commits(offer.activation_id)
        assert alice.opens().path == "/operations"
