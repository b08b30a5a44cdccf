"""Alice changes her PIN: only the bank knows whether the old one is right, and until then nothing changes."""

import re
import threading

import pytest

from tests.support.browser import Browser, Page
from tests.support.people import Person
from tests.support.site import make_settings
from tests.support.wire import answer_lost, error, html_page, refused, silence
from webapp.app import create_app
from webapp.flows.pin import KnowledgeKind, KnowledgeRules
from webapp.flows.policy import Policy

NEW_PIN = "3691"
VALIDATE = "/signature/validate"
STATUS = "/activation/status"


def changes(person: Person, old: str | None = None, new: str = NEW_PIN, again: str | None = None) -> Page:
    """Go from the settings to the form, fill it in and send it."""
    page = person.opens("/settings").follows("Change the PIN")
    return page.submits(
        "Change the PIN",
        old=person.pin if old is None else old,
        pin=new,
        pin_again=new if again is None else again,
    )


def approves(person: Person, bank, pin: str) -> bool:
    """Whether the bank takes an approval with this PIN."""
    payment = bank.offers(person.name, "payment")
    person.approves(payment, pin)
    return bank.status(payment) == "APPROVED"


def test_from_now_on_the_new_pin_counts(alice: Person, bank):
    page = changes(alice)
    assert page.path == "/settings"
    assert "Your PIN is changed" in page.text
    assert "Your PIN is changed" not in alice.opens("/settings").text, "it is said once"
    assert not approves(alice, bank, alice.pin)
    assert approves(alice, bank, NEW_PIN)


def test_a_wrong_old_pin_costs_an_attempt_and_changes_nothing(alice: Person, bank):
    page = changes(alice, old=alice.wrong_pin)
    assert page.status == 422
    assert "not changed" in page.text
    assert "4 attempts are left" in page.text
    assert alice.failed_attempts == 1
    for name in ("old", "pin", "pin_again"):
        assert page.value(name) == ""
    assert approves(alice, bank, alice.pin)
    assert alice.failed_attempts == 0


def test_after_a_wrong_one_the_page_takes_the_right_one(alice: Person, bank):
    page = changes(alice, old=alice.wrong_pin)
    page = page.submits("Change the PIN", old=alice.pin, pin=NEW_PIN, pin_again=NEW_PIN)
    assert "Your PIN is changed" in page.text
    assert alice.failed_attempts == 0
    assert approves(alice, bank, NEW_PIN)


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("", NEW_PIN, None, "Enter your PIN"),
        ("12", NEW_PIN, None, "no attempt was used"),
        ("25a0", NEW_PIN, None, "no attempt was used"),
        (None, "", None, "at least 4 digits"),
        (None, "369", None, "at least 4 digits"),
        (None, "3" * 20 + "7" * 13, None, "at most 32 digits"),
        (None, "36a1", None, "digits only"),
        (None, "7777", None, "over and over"),
        (None, "4567", None, "in a row"),
        (None, "2412", None, "date"),
        (None, "1984", None, "date"),
        (None, NEW_PIN, "3692", "not the same"),
        (None, "2580", None, "your old PIN"),
        (None, "٢٥٨٠", None, "your old PIN"),
    ],
)
def test_what_cannot_be_right_is_not_sent(alice: Person, bank, wire, old, new, again, said):
    page = changes(alice, old, new, again)
    assert page.status == 422
    assert said in page.text
    assert not wire.sent(VALIDATE)
    assert alice.failed_attempts == 0
    assert approves(alice, bank, alice.pin), "the old PIN still counts"


def test_everything_that_is_wrong_is_said_at_once(alice: Person):
    page = changes(alice, "", "1")
    assert "Enter your PIN" in page.text
    assert "at least 4 digits" in page.text


@pytest.mark.parametrize("fault", [refused, silence, answer_lost, html_page, error(500, "ERROR_GENERIC")])
def test_whatever_goes_wrong_on_the_way_the_old_pin_stays_and_the_page_says_so(
    alice: Person, bank, wire, fault
):
    wire.breaks(VALIDATE, fault)
    page = changes(alice)
    assert page.status == 503
    assert "the old one stays" in page.text
    assert page.response.headers["Retry-After"]
    wire.is_mended()
    assert alice.failed_attempts == 0
    assert approves(alice, bank, alice.pin)
    assert "Your PIN is changed" in changes(alice).text


def test_a_wrong_pin_whose_answer_got_lost_is_found_out(alice: Person, wire):
    wire.breaks(VALIDATE, answer_lost)
    page = changes(alice, old=alice.wrong_pin)
    assert page.status == 422
    assert "4 attempts are left" in page.text


def test_when_nobody_can_be_asked_no_pin_is_asked_for(alice: Person, wire):
    alice.opens("/settings")
    wire.breaks(STATUS, refused)
    page = alice.opens("/settings/pin")
    assert page.status == 503
    assert "old" not in page.fields
    assert "stays as it is" in page.text
    wire.is_mended()
    assert "old" in page.follows("Try again").fields


def test_one_attempt_left_is_said_before_the_pin_is_sent(alice: Person, bank):
    for _ in range(4):
        changes(alice, old=alice.wrong_pin)
    page = alice.opens("/settings/pin")
    assert "One attempt is left" in page.text
    assert "blocks this browser" in page.text
    assert "Your PIN is changed" in changes(alice).text
    assert "One attempt is left" not in alice.opens("/settings/pin").text


def test_the_last_attempt_blocks_and_leads_to_the_page_that_says_so(alice: Person, bank):
    for _ in range(4):
        changes(alice, old=alice.wrong_pin)
    page = changes(alice, old=alice.wrong_pin)
    assert page.path == "/activation"
    assert "blocked" in page.heading
    assert alice.opens("/settings/pin").path == "/activation"
    bank.unblocks(alice.activation_id)
    assert approves(alice, bank, alice.pin), "the old PIN still counts"


def test_a_removed_activation_is_told(alice: Person, bank):
    form = alice.opens("/settings/pin").fills("Change the PIN", old=alice.pin, pin=NEW_PIN, pin_again=NEW_PIN)
    bank.removes(alice.activation_id)
    page = form.is_sent()
    assert page.path == "/activation"
    assert "no longer enrolled" in page.heading


class TestTheSameForm:
    def filled(self, person: Person, old: str):
        page = person.opens("/settings/pin")
        return page.fills("Change the PIN", old=old, pin=NEW_PIN, pin_again=NEW_PIN)

    def test_sent_again_with_a_wrong_pin_costs_nothing_more(self, alice: Person, wire):
        form = self.filled(alice, alice.wrong_pin)
        assert "4 attempts" in form.is_sent().text
        for _ in range(3):
            page = form.is_sent()
            assert page.status == 422
            assert "not sent again" in page.text
        assert alice.failed_attempts == 1
        assert len(wire.sent(VALIDATE)) == 1

    def test_from_the_back_button_after_the_change_sends_nothing(self, alice: Person, bank, wire):
        form = self.filled(alice, alice.pin)
        assert "Your PIN is changed" in form.is_sent().text
        page = form.is_sent()
        assert page.status == 409
        assert "out of date" in page.text
        assert len(wire.sent(VALIDATE)) == 1
        assert alice.failed_attempts == 0

    def test_pressed_twice_while_the_first_is_under_way(self, alice: Person, bank, wire, site):
        """The second press overtakes the cookies of the first answer."""
        form = self.filled(alice, alice.pin)
        sid = alice.browser.cookie("__Host-sid")
        form.page.browser.client.post(form.action, data=form.values, base_url="https://localhost")
        alice.browser.client.set_cookie("__Host-sid", sid)
        page = form.is_sent()
        assert "Your PIN is changed" in page.text
        assert len(wire.sent(VALIDATE)) == 1
        assert approves(alice, bank, NEW_PIN)

    def test_once_it_is_too_old(self, alice: Person, wire, clock):
        form = self.filled(alice, alice.pin)
        clock.advance(16 * 60)
        page = form.is_sent()
        assert page.status == 409
        assert "out of date" in page.text
        assert not wire.sent(VALIDATE)

    def test_of_somebody_else(self, alice: Person, bob: Person, wire):
        note = bob.opens("/settings/pin").value("note")
        page = alice.opens("/settings/pin")
        page = page.submits("Change the PIN", note=note, old=alice.pin, pin=NEW_PIN, pin_again=NEW_PIN)
        assert page.status == 409
        assert not wire.sent(VALIDATE)

    @pytest.mark.parametrize("note", ["", "x", "A" * 5000])
    def test_with_a_note_that_is_none(self, alice: Person, wire, note):
        page = alice.opens("/settings/pin")
        page = page.submits("Change the PIN", note=note, old=alice.pin, pin=NEW_PIN, pin_again=NEW_PIN)
        assert page.status == 400
        assert not wire.sent(VALIDATE)


def test_a_note_of_the_removal_changes_no_pin(alice: Person, wire):
    note = alice.opens("/settings/remove").value("note")
    page = alice.opens("/settings/pin")
    page = page.submits("Change the PIN", note=note, old=alice.pin, pin=NEW_PIN, pin_again=NEW_PIN)
    assert page.status == 400
    assert not wire.sent(VALIDATE)


def test_two_tabs_change_it_one_after_the_other(alice: Person, bank, wire):
    left, right = alice.opens("/settings/pin"), alice.opens("/settings/pin")
    fields = {"old": alice.pin, "pin_again": NEW_PIN, "pin": NEW_PIN}
    assert "Your PIN is changed" in left.submits("Change the PIN", **fields).text
    page = right.submits("Change the PIN", **fields)
    assert page.status == 409, "the other tab's form is of the time before"
    assert alice.failed_attempts == 0
    assert len(wire.sent(VALIDATE)) == 1


def test_copied_cookies_end_with_the_change(alice: Person, browse):
    thief = browse()
    for name in ("__Host-sid", "__Host-key"):
        thief.client.set_cookie(name, alice.browser.cookie(name))
    assert thief.opens("/operations").status == 200
    changes(alice)
    assert thief.opens("/operations").status == 403
    assert alice.opens("/operations").status == 200


def test_whoever_never_got_the_answer_is_not_locked_out(alice: Person, bank):
    form = alice.opens("/settings/pin").fills("Change the PIN", old=alice.pin, pin=NEW_PIN, pin_again=NEW_PIN)
    sid = alice.browser.cookie("__Host-sid")
    alice.browser.client.post(form.action, data=form.values, base_url="https://localhost")
    alice.browser.client.set_cookie("__Host-sid", sid)
    assert alice.opens("/operations").status == 200
    assert approves(alice, bank, NEW_PIN)


def test_an_operation_that_was_open_is_shown_again_before_it_is_approved(alice: Person, bank):
    payment = bank.offers("Alice", "payment")
    before = alice.opens_operation(payment)
    changes(alice)
    page = before.submits("Approve", pin=NEW_PIN)
    assert page.status == 409
    assert bank.status(payment) == "PENDING"
    assert page.follows("Open the operation again").submits("Approve", pin=NEW_PIN).heading == "Approved"


def test_while_a_pin_is_changed_nothing_else_is_signed_out_of_turn(alice: Person, bank, site):
    """An approval at the same moment is signed with the PIN of before or after, and never with half."""
    payment = bank.offers("Alice", "payment")
    approval = alice.opens_operation(payment).fills("Approve", pin=alice.pin)
    change = alice.opens("/settings/pin").fills(
        "Change the PIN", old=alice.pin, pin=NEW_PIN, pin_again=NEW_PIN
    )
    cookies = {name: alice.browser.cookie(name) for name in ("__Host-sid", "__Host-key")}

    def sends(form):
        client = site.test_client()
        for name, value in cookies.items():
            client.set_cookie(name, value)
        client.post(form.action, data=form.values, base_url="https://localhost")

    threads = [threading.Thread(target=sends, args=(form,)) for form in (approval, change)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    is_approved = bank.status(payment) == "APPROVED"
    assert is_approved or alice.failed_attempts == 1
    assert approves(alice, bank, NEW_PIN)


@pytest.fixture
def with_passwords(tmp_path, sandbox, wire, clock, bank):
    """Alice at a site where people have passwords."""
    rules = KnowledgeRules(KnowledgeKind.PASSWORD, 10, 64)
    settings = make_settings(tmp_path, sandbox.sdk_configuration(), policy=Policy(knowledge=rules))
    site = create_app(settings, transport=wire, clock=clock)
    return Person(
        "Alice", bank, Browser(site.test_client()), pin="seven small owls", wrong_pin="seven big owls"
    )


class TestWithPasswords:
    def test_words_and_fields_are_those_of_a_password(self, with_passwords: Person):
        page = with_passwords.opens("/activation/new")
        assert "10 to 64 characters" in page.text
        assert "PIN" not in page.text
        found = re.findall(r"<input[^>]*new-password[^>]*>", page.html)
        assert len(found) == 2
        assert not [one for one in found if "ignore" in one], "managers are welcome to keep it"
        assert 'inputmode="numeric"' not in page.html

    def test_alice_lives_with_a_password(self, with_passwords: Person, bank):
        alice = with_passwords.is_enrolled()
        payment = bank.offers("Alice", "payment")
        page = alice.opens_operation(payment)
        assert 'autocomplete="current-password"' in page.html
        assert page.submits("Approve", pin=alice.wrong_pin).status == 422
        assert alice.failed_attempts == 1
        assert alice.approves(payment).heading == "Approved"
        page = alice.opens("/settings").follows("Change the password")
        fields = {"old": alice.pin, "pin": "eight small owls", "pin_again": "eight small owls"}
        assert "Your password is changed" in page.submits("Change the password", **fields).text
        assert approves(alice, bank, "eight small owls")

    @pytest.mark.parametrize(
        ("password", "said"),
        [
            ("owls", "at least 10 characters"),
            ("o" + "wl" * 32, "at most 64 characters"),
            ("Password123", "Many people choose"),
            ("qwertyuiop", "in a row"),
            ("owlowlowlowl", "over and over"),
            ("owl\x07and\x07rabbit", "cannot be seen"),
        ],
    )
    def test_a_password_that_nobody_should_choose(self, with_passwords: Person, bank, wire, password, said):
        offer = bank.gives_code("Alice")
        page = with_passwords.enrols(offer.code, pin=password, pin_again=password)
        assert page.status == 422
        assert said in page.text
        assert "PIN" not in page.text
        assert password not in page.html
        assert not wire.requests

    def test_no_page_of_an_approval_speaks_of_a_pin(self, with_passwords: Person, bank, wire):
        alice = with_passwords.is_enrolled()
        payment = bank.offers("Alice", "payment")
        pages = [
            alice.opens("/"),
            alice.opens_operation(payment),
            alice.approves(payment, ""),
            alice.approves(payment, "x"),
            alice.approves(payment, alice.wrong_pin),
            alice.opens("/history"),
            alice.opens("/settings"),
            alice.opens("/settings/pin"),
            alice.opens("/settings/remove"),
        ]
        wire.breaks("/operation/authorize", error(401, "OPERATION_FAILED"))
        pages.append(alice.approves(payment))
        for page in pages:
            assert "PIN" not in page.text, page.heading
