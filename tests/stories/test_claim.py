"""An operation of nobody: whoever stands in front of it takes it over, sees it again, and then answers it."""

import pytest

from tests.support.browser import Page
from tests.support.people import Person
from tests.support.wire import answer_lost, error, refused, silence

CLAIM = "/detail/claim"
DETAIL = "/operation/detail"
AUTHORIZE = "/operation/authorize"


@pytest.fixture
def kiosk(bank) -> str:
    """A sign-in at a kiosk; its screen shows the identifier to whoever stands there."""
    return str(bank.offers(None, "login_kiosk"))


def owner(bank, operation_id: str) -> str | None:
    return bank.operation(operation_id).get("userId")


def takes_over(page: Page) -> Page:
    return page.submits("Take it over")


def test_opening_it_shows_it_and_claims_nothing(alice: Person, bank, wire, kiosk):
    page = alice.opens_operation(kiosk)
    assert page.status == 200
    assert page.heading == "Sign in at a kiosk"
    assert "Kiosk 12" in page.text
    assert "belongs to nobody yet" in page.text
    assert "Approve" not in page.buttons
    assert not wire.sent(CLAIM)
    assert owner(bank, kiosk) is None


@pytest.mark.parametrize("path", ["", "/reject", "/result"])
def test_no_page_that_is_only_opened_claims(alice: Person, bank, wire, kiosk, path):
    assert "belongs to nobody yet" in alice.opens(f"/operations/{kiosk}{path}").text
    assert not wire.sent(CLAIM)
    assert owner(bank, kiosk) is None


def test_the_address_of_the_press_cannot_be_opened(alice: Person, bank, kiosk):
    assert alice.opens(f"/operations/{kiosk}/claim").status == 405
    assert owner(bank, kiosk) is None


def test_alice_takes_it_over_sees_it_again_and_approves(alice: Person, bank, wire, kiosk):
    page = takes_over(alice.opens_operation(kiosk))
    assert owner(bank, kiosk) == "Alice"
    assert page.path == f"/operations/{kiosk}"
    assert "Kiosk 12" in page.text
    assert bank.status(kiosk) == "PENDING", "taking over approves nothing"
    assert "Sign in at a kiosk" in alice.opens().text
    assert page.submits("Approve", pin=alice.pin).heading == "Approved"
    assert bank.status(kiosk) == "APPROVED"


def test_its_screens_come_before_it(alice: Person, bank):
    large = bank.offers(None, "payment_warning")
    page = takes_over(alice.opens_operation(large))
    assert page.heading == "Read this first"
    assert "Approve" not in page.buttons


def test_alice_leaves_it(alice: Person, bank, kiosk):
    assert alice.opens_operation(kiosk).follows("Leave it").path == "/operations"
    assert owner(bank, kiosk) is None


def test_bob_is_faster_and_alice_learns_nothing_more(alice: Person, bob: Person, bank, kiosk):
    form = alice.opens_operation(kiosk).fills("Take it over")
    takes_over(bob.opens_operation(kiosk))
    page = form.is_sent()
    assert page.status == 403
    assert page.heading == "Not for you"
    assert "kiosk" not in page.html.replace(kiosk, "").lower()
    assert owner(bank, kiosk) == "Bob"
    assert "kiosk" not in alice.opens_operation(kiosk).text.lower()


def test_bob_was_faster_and_has_answered_already(alice: Person, bob: Person, bank, kiosk):
    form = alice.opens_operation(kiosk).fills("Take it over")
    takes_over(bob.opens_operation(kiosk)).submits("Approve", pin=bob.pin)
    page = form.is_sent()
    assert page.heading == "Already settled"
    assert "kiosk" not in page.text.lower()


def test_it_expires_before_the_press(alice: Person, bank, clock, kiosk):
    form = alice.opens_operation(kiosk).fills("Take it over")
    clock.advance(181)
    page = form.is_sent()
    assert (page.status, page.heading) == (410, "The time is over")
    assert owner(bank, kiosk) is None


def test_the_bank_withdraws_it_before_the_press(alice: Person, bank, kiosk):
    form = alice.opens_operation(kiosk).fills("Take it over")
    bank.cancels(kiosk)
    assert form.is_sent().heading == "Withdrawn by the bank"


def test_pressing_twice_is_taking_it_once(alice: Person, bank, kiosk):
    form = alice.opens_operation(kiosk).fills("Take it over")
    assert {form.is_sent().path for _ in range(2)} == {f"/operations/{kiosk}"}
    assert owner(bank, kiosk) == "Alice"


def test_the_press_after_it_was_answered(alice: Person, kiosk):
    form = alice.opens_operation(kiosk).fills("Take it over")
    form.is_sent().submits("Approve", pin=alice.pin)
    assert form.is_sent().heading == "Approved"


def test_her_own_operation_needs_no_claim_and_stays_hers(alice: Person, bank, kiosk):
    payment = bank.offers("Alice", "payment")
    form = alice.opens_operation(kiosk).fills("Take it over")
    page = alice.browser.posts(f"/operations/{payment}/claim", form.values)
    assert page.path == f"/operations/{payment}"
    assert "Approve" in page.buttons


def test_nobody_claims_what_is_bobs(alice: Person, bob: Person, bank, kiosk):
    payment = bank.offers("Bob", "payment", payee="Charlie")
    form = alice.opens_operation(kiosk).fills("Take it over")
    page = alice.browser.posts(f"/operations/{payment}/claim", form.values)
    assert page.status == 403
    assert "Charlie" not in page.html
    assert owner(bank, payment) == "Bob"


def test_the_form_of_another_site_is_refused(alice: Person, bank, kiosk):
    assert alice.browser.posts(f"/operations/{kiosk}/claim", {}).status == 400
    assert owner(bank, kiosk) is None


@pytest.mark.parametrize("answer", ["approve", "reject"])
def test_a_forged_form_answers_nothing_that_was_not_taken_over(alice: Person, bank, wire, kiosk, answer):
    payment = bank.offers("Alice", "payment")
    form = alice.opens_operation(payment).fills("Approve", pin=alice.pin)
    page = alice.browser.posts(f"/operations/{kiosk}/{answer}", form.values)
    assert page.status == 400
    page = alice.browser.posts(f"/operations/{kiosk}/{answer}", {**form.values, "snapshot": ""})
    assert page.status == 400
    assert not wire.sent(AUTHORIZE)
    assert not wire.sent("/operation/cancel")
    assert (bank.status(kiosk), owner(bank, kiosk)) == ("PENDING", None)


class TestTheBankIsInTrouble:
    def test_the_claim_does_not_leave(self, alice: Person, bank, wire, kiosk):
        form = alice.opens_operation(kiosk).fills("Take it over")
        wire.breaks(CLAIM, refused)
        page = form.is_sent()
        assert page.status == 503
        assert owner(bank, kiosk) is None
        wire.is_mended()
        assert takes_over(page.follows("Open the operation again")).path == f"/operations/{kiosk}"

    def test_its_answer_is_lost_so_the_operation_itself_tells(self, alice: Person, bank, wire, kiosk):
        form = alice.opens_operation(kiosk).fills("Take it over")
        wire.breaks(CLAIM, answer_lost)
        assert "Approve" in form.is_sent().buttons
        assert owner(bank, kiosk) == "Alice"

    def test_it_gets_lost_itself_so_it_can_be_pressed_again(self, alice: Person, bank, wire, kiosk):
        form = alice.opens_operation(kiosk).fills("Take it over")
        wire.breaks(CLAIM, silence)
        page = form.is_sent()
        assert "belongs to nobody yet" in page.text
        wire.is_mended()
        assert "Approve" in takes_over(page).buttons

    @pytest.mark.parametrize("code", ["ERROR_GENERIC", "SOMETHING_NEW", "POWERAUTH_AUTH_FAIL"])
    def test_it_is_refused_for_no_reason_of_the_operation(self, alice: Person, bank, wire, kiosk, code):
        form = alice.opens_operation(kiosk).fills("Take it over")
        wire.breaks(CLAIM, error(500, code))
        page = form.is_sent()
        assert page.status == 503
        assert "Nothing was approved" in page.text

    def test_a_blocked_browser_takes_nothing_over(self, alice: Person, bank, kiosk):
        form = alice.opens_operation(kiosk).fills("Take it over")
        bank.blocks(alice.activation_id)
        assert form.is_sent().path == "/activation"
        assert owner(bank, kiosk) is None

    def test_the_token_that_it_needs_cannot_be_made(self, alice: Person, bank, wire, kiosk):
        form = alice.opens_operation(kiosk).fills("Take it over")
        wire.breaks(CLAIM, error(401, "POWERAUTH_AUTH_FAIL"))
        wire.breaks("/token/create", error(400, "ERR_TOKEN"))
        assert form.is_sent().status == 503


def test_what_a_full_list_does_not_name_is_hers_all_the_same(alice: Person, bank):
    first = bank.offers("Alice", "payment")
    for _ in range(100):
        bank.offers("Alice", "consent")
    page = alice.opens_operation(first)
    assert page.heading == "Payment"
    assert page.submits("Approve", pin=alice.pin).heading == "Approved"
