"""Alice approves with her fingerprint: a passkey of her device stands in for the PIN, and the PIN stays."""

import json
import re

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.pool import NullPool

from tests.stories.test_canaries import forms, state_of
from tests.stories.test_ways_in import configures
from tests.support.authenticator import CAN_BE_BACKED_UP, IS_BACKED_UP, PRESENT, VERIFIED, Device
from tests.support.browser import Page
from tests.support.desk import Desk, scans, shown_code
from tests.support.people import Person
from tests.support.site import make_settings
from tests.support.wire import answer_lost, error, garbled, refused
from webapp.app import create_app
from webapp.custody.schema import activations
from webapp.flows.passkey import passkey_of
from webapp.flows.policy import Policy
from webapp.flows.ways_in import CredentialField, WaysIn
from webapp.powerauth.encoding import from_base64url
from webapp.powerauth.state import ActivationState

AUTHORIZE = "/operation/authorize"
VAULT = "/vault/unlock"
SET_UP = "Set it up"
BY_DEVICE = "fingerprint, face or screen lock"


@pytest.fixture
def desk(sandbox) -> Desk:
    return Desk(sandbox)


def state(person: Person) -> ActivationState:
    return state_of(person.browser.client.application, person)


def revision(url: str) -> int:
    """How often custody has stored the only activation of this database."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return int(connection.execute(select(activations.c.revision)).scalar_one())


def factors_of(request) -> str:
    header = request.headers["X-PowerAuth-Authorization"]
    return header.partition('pa_signature_type="')[2].partition('"')[0]


def refused_by(page: Page) -> str:
    """The field that the error on top of the page leads to."""
    (found,) = re.findall(r'<div class="error-summary".*?href="#([a-z]+)"', page.html, re.DOTALL)
    return str(found)


class TestSettingUp:
    def test_the_settings_say_that_there_is_none_and_lead_to_one(self, alice: Person, device):
        page = alice.opens("/settings")
        assert "It is not set up" in page.text
        page = page.follows(SET_UP)
        page = page.submits(SET_UP, pin=alice.pin, passkey=device.makes(page))
        assert page.path == "/settings"
        assert "Your fingerprint, face or screen lock is set up" in page.text
        assert alice.failed_attempts == 0

    def test_it_is_said_once(self, ready: Person):
        page = ready.opens("/settings")
        assert "From now on" not in page.text
        assert "It is set up: where your bank takes it" in page.text

    def test_the_page_says_since_when_and_where_it_is_kept(self, ready: Person):
        page = ready.opens("/settings").follows("Look at it")
        assert "On one device, which it cannot leave" in page.text
        assert "Sep 21, 2026, 2:13:20 PM UTC" in page.text
        assert SET_UP not in page.buttons

    def test_the_browser_goes_on_under_a_new_name(self, alice: Person, device):
        before = alice.browser.cookie("__Host-sid")
        device.is_set_up(alice)
        assert alice.browser.cookie("__Host-sid") != before

    def test_a_wrong_pin_costs_an_attempt_and_changes_nothing(self, alice: Person, device):
        page = device.is_set_up(alice, alice.wrong_pin)
        assert page.status == 422
        assert "Your confirmation was not accepted. Nothing was changed" in page.text
        assert "4 attempts are left" in page.text
        assert alice.failed_attempts == 1
        assert state(alice).biometry is None
        page = page.submits(SET_UP, pin=alice.pin, passkey=device.makes(page))
        assert page.path == "/settings"
        assert alice.failed_attempts == 0

    def test_the_same_form_again_costs_no_second_attempt(self, alice: Person, device):
        page = alice.opens("/passkey")
        filled = page.fills(SET_UP, pin=alice.wrong_pin, passkey=device.makes(page))
        filled.is_sent()
        assert "was not sent again and cost no attempt" in filled.is_sent().text
        assert alice.failed_attempts == 1

    def test_the_last_attempt_is_told_before_it_is_used(self, alice: Person, device):
        for _ in range(4):
            page = device.is_set_up(alice, alice.wrong_pin)
        assert "One attempt is left" in page.text
        page = page.submits(SET_UP, pin=alice.wrong_pin, passkey=device.makes(page))
        assert page.heading == "This browser is blocked"

    @pytest.mark.parametrize("fault", [refused, answer_lost, error(400, "ERR_SECURE_VAULT"), error(500, "")])
    def test_a_bank_that_does_not_answer_changes_nothing(self, alice: Person, device, wire, bank, fault):
        wire.breaks(VAULT, fault)
        page = device.is_set_up(alice)
        assert page.status == 503
        assert "Nothing was changed: this browser goes on as before" in page.text
        assert state(alice).biometry is None
        wire.is_mended()
        page = page.submits(SET_UP, pin=alice.pin, passkey=device.makes(page))
        assert page.path == "/settings"
        device.approves(alice, bank.offers("Alice", "payment"))
        assert alice.failed_attempts == 0

    def test_a_bank_that_cannot_be_asked_is_said_before(self, alice: Person, wire):
        wire.breaks("", refused)
        page = alice.opens("/passkey")
        assert page.status == 503
        assert "cannot be reached now. Nothing was changed" in page.text
        assert SET_UP not in page.buttons

    def test_key_and_passkey_are_stored_as_one(self, alice: Person, device, database_url):
        """Whatever happens in between, none of them is ever there without the other."""
        page = alice.opens("/passkey")
        filled = page.fills(SET_UP, pin=alice.pin, passkey=device.makes(page))
        before = revision(database_url)
        filled.is_sent()
        assert passkey_of(state(alice)) is not None
        assert revision(database_url) == before + 2, (
            "the counter before the request, the passkey after the answer"
        )

    def test_two_tabs_at_once_end_with_one_passkey(self, alice: Person, device, bank):
        tabs = [alice.opens("/passkey"), alice.opens("/passkey")]
        filled = [page.fills(SET_UP, pin=alice.pin, passkey=device.makes(page)) for page in tabs]
        filled[0].is_sent()
        kept = passkey_of(state(alice))
        assert "It is set up" in filled[1].is_sent().text
        assert passkey_of(state(alice)) == kept
        assert device.approves(alice, bank.offers("Alice", "payment")).heading == "Approved"


class TestApproving:
    def test_alice_approves_without_a_pin(self, ready: Person, bank, device, wire):
        payment = bank.offers("Alice", "payment")
        page = ready.opens_operation(payment)
        assert f"Approve with {BY_DEVICE}" in page.buttons
        assert page.submits("Approve", **device.confirms(page)).heading == "Approved"
        assert bank.status(payment) == "APPROVED"
        assert factors_of(wire.sent(AUTHORIZE)[-1]) == "possession_biometry"

    def test_the_pin_stays(self, ready: Person, bank, wire):
        payment = bank.offers("Alice", "payment")
        assert ready.approves(payment).heading == "Approved"
        assert factors_of(wire.sent(AUTHORIZE)[-1]) == "possession_knowledge"

    def test_again_and_again(self, ready: Person, bank, device):
        for template in ("payment", "login", "limit", "payment"):
            assert device.approves(ready, bank.offers("Alice", template)).heading == "Approved"

    def test_a_device_that_keeps_no_counter(self, alice: Person, bank):
        device = Device(steps=0)
        device.is_set_up(alice)
        for _ in range(2):
            assert device.approves(alice, bank.offers("Alice", "payment")).heading == "Approved"

    def test_screens_and_questions_come_first(self, ready: Person, bank, device, wire):
        page = ready.reads_screens(bank.offers("Alice", "payment_risk"))
        page = page.submits("Approve", **device.confirms(page), retyped="98")
        assert page.status == 422
        assert "Answer this question first" in page.text
        assert "This is not what stands above" in page.text
        assert not wire.sent(AUTHORIZE)
        page = page.submits("Approve", **device.confirms(page), on_call="no", retyped="5399")
        assert page.heading == "Approved", page.text

    def test_together_with_a_code_from_another_screen(self, ready: Person, bank, device, wire):
        nearby = bank.offers("Alice", "login_nearby")
        page = ready.opens_operation(nearby)
        assert page.text.index("The code on the screen") < page.text.index(BY_DEVICE), (
            "the code is entered last"
        )
        page = page.submits("Approve", **device.confirms(page))
        assert "Enter the code that the other screen shows now" in page.text
        assert not wire.sent(AUTHORIZE)
        code = bank.operation(nearby)["proximityOtp"]
        assert page.submits("Approve", **device.confirms(page), code=code).heading == "Approved"

    def test_a_form_that_comes_again_is_answered_from_its_receipt(self, ready: Person, bank, device, wire):
        page = ready.opens_operation(bank.offers("Alice", "payment"))
        filled = page.fills("Approve", **device.confirms(page))
        assert filled.is_sent().heading == "Approved"
        assert filled.is_sent().heading == "Approved"
        assert len(wire.sent(AUTHORIZE)) == 1

    def test_it_is_not_offered_where_the_bank_does_not_take_it(self, ready: Person, bank, device, wire):
        payment = bank.offers("Alice", "payment")
        wire.tells_otherwise(lambda one: one.update(allowedSignatureType=only("possession_knowledge")))
        page = ready.opens_operation(payment)
        assert "passkey" not in page.fields
        assert not any(BY_DEVICE in button for button in page.buttons)
        filled = page.fills("Approve", pin=ready.pin)
        filled.values["passkey"] = "{}"
        page = filled.is_sent()
        assert page.status == 422
        assert not wire.sent(AUTHORIZE)

    def test_one_press_stays_one_press(self, ready: Person, bank):
        page = ready.opens_operation(bank.offers("Alice", "consent"))
        assert "passkey" not in page.fields
        assert page.submits("Approve").heading == "Approved"

    def test_an_operation_that_takes_nothing_else(self, ready: Person, bank, device, wire):
        payment = bank.offers("Alice", "payment")
        wire.tells_otherwise(lambda one: one.update(allowedSignatureType=only("possession_biometry")))
        page = ready.opens_operation(payment)
        assert "pin" not in page.fields
        assert "Approve" not in page.buttons
        assert "Your bank takes nothing else for this" in page.text
        filled = page.fills("Approve")
        assert "Your device has not answered" in filled.is_sent().text
        assert page.submits("Approve", passkey=device.confirms(page)["passkey"]).heading == "Approved"

    def test_without_a_passkey_such_an_operation_leads_to_one(self, alice: Person, bank, wire):
        wire.tells_otherwise(lambda one: one.update(allowedSignatureType=only("possession_biometry")))
        page = alice.opens_operation(bank.offers("Alice", "payment"))
        assert "This cannot be approved here" in page.text
        assert "this browser has none set up" in page.text
        assert page.follows("Set up").path == "/passkey"

    def test_failed_attempts_are_forgiven_by_it(self, ready: Person, bank, device):
        ready.approves(bank.offers("Alice", "payment"), ready.wrong_pin)
        assert ready.failed_attempts == 1
        device.approves(ready, bank.offers("Alice", "payment"))
        assert ready.failed_attempts == 0
        page = ready.opens_operation(bank.offers("Alice", "payment"))
        assert "attempts are left" not in page.text

    def test_a_refused_form_that_comes_again_asks_for_the_finger(self, ready: Person, bank, device, wire):
        page = ready.opens_operation(bank.offers("Alice", "payment"))
        filled = page.fills("Approve", **device.confirms(page))
        wire.breaks(AUTHORIZE, garbled, times=1)
        assert "Your confirmation was not accepted" in filled.is_sent().text
        page = filled.is_sent()
        assert page.status == 422
        assert "was not sent again and cost no attempt" in page.text
        assert "screen lock once more" in page.text
        assert "PIN once more" not in page.text
        assert ready.failed_attempts == 1
        assert page.submits("Approve", **device.confirms(page)).heading == "Approved"

    def test_a_bank_that_refuses_the_signature_counts_it_and_the_page_says_so(
        self, ready: Person, bank, device, wire
    ):
        payment = bank.offers("Alice", "payment")
        page = ready.opens_operation(payment)
        confirmed = device.confirms(page)
        bank.blocks(ready.activation_id)
        assert page.submits("Approve", **confirmed).heading == "This browser is blocked"
        assert bank.status(payment) == "PENDING"


class TestElsewhere:
    def test_the_history(self, ready: Person, bank, device, wire):
        device.approves(ready, bank.offers("Alice", "payment", payee="Charlie"))
        page = device.asks(ready)
        assert "Charlie" in page.text
        assert factors_of(wire.sent("/operation/history")[-1]) == "possession_biometry"

    def test_the_history_without_a_passkey_asks_for_the_pin(self, alice: Person):
        assert "passkey" not in alice.opens("/history").fields

    def test_an_approval_code(self, ready: Person, device, desk):
        handed = desk.hands(ready, flags="B")
        page = scans(ready, handed.text)
        page = page.submits("Show the approval code", **device.confirms(page, "offline"))
        assert page.heading == "Your approval code"
        assert desk.takes(handed, shown_code(page), ready).is_right

    def test_an_approval_code_that_takes_the_pin_alone(self, ready: Person, device, desk):
        page = scans(ready, desk.hands(ready).text)
        assert "passkey" not in page.fields
        filled = page.fills("Show the approval code", pin=ready.pin)
        filled.values["passkey"] = "{}"
        page = filled.is_sent()
        assert page.status == 422
        assert "does not take a fingerprint" in page.text

    def test_no_approval_code_without_room_for_one(self, ready: Person, device, desk, wire):
        wire.breaks("", refused)
        handed = desk.hands(ready, flags="B")
        for _ in range(18):
            page = scans(ready, handed.text)
            page.submits("Show the approval code", **device.confirms(page, "offline"))
        assert "No more codes for now" in scans(ready, handed.text).text


class TestLeaving:
    def test_the_bank_removes_the_browser(self, ready: Person, device, wire):
        page = ready.opens("/settings/remove")
        page = page.submits("Remove this browser", **device.confirms(page, "leave"))
        assert page.heading == "This browser is removed"
        assert ready.bank.activation(ready.activation_id)["activationStatus"] == "REMOVED"
        assert factors_of(wire.sent("/activation/remove")[-1]) == "possession_biometry"

    def test_a_refused_form_that_comes_again_asks_for_the_finger(self, ready: Person, device, wire):
        page = ready.opens("/settings/remove")
        filled = page.fills("Remove this browser", **device.confirms(page, "leave"))
        wire.breaks("/activation/remove", garbled, times=1)
        assert refused_by(filled.is_sent()) == "passkey"
        page = filled.is_sent()
        assert refused_by(page) == "passkey"
        assert "screen lock once more" in page.text
        assert "PIN once more" not in page.text
        assert ready.failed_attempts == 1
        page = page.submits("Remove this browser", pin=ready.wrong_pin)
        assert refused_by(page) == "pin"

    def test_an_answer_for_something_else_removes_nothing(self, ready: Person, bank, device, wire):
        page = ready.opens("/settings/remove")
        page = page.submits("Remove this browser", **device.confirms(page, "history"))
        assert page.status == 422
        assert "belongs to another page" in page.text
        assert not wire.sent("/activation/remove")
        assert approves_at_last(ready, bank)

    def test_the_pin_stays(self, ready: Person):
        page = ready.opens("/settings/remove")
        assert page.submits("Remove this browser", pin=ready.pin).heading == "This browser is removed"


def approves_at_last(person: Person, bank) -> bool:
    return person.approves(bank.offers("Alice", "payment")).heading == "Approved"


class TestEnrolling:
    def test_the_passkey_comes_with_the_activation(self, newcomer: Person, bank, device, wire):
        offer = bank.gives_code("Alice")
        page = newcomer.browser.opens("/activation/new")
        typed = {"code": offer.code, "name": "Laptop", "pin": newcomer.pin, "pin_again": newcomer.pin}
        page = page.submits("Enrol", **typed, with_passkey="yes", passkey=device.makes(page))
        assert page.heading == "Compare these digits with your bank"
        bank.commits(offer.activation_id)
        assert device.approves(newcomer, bank.offers("Alice", "payment")).heading == "Approved"
        assert not wire.sent(VAULT)

    def test_by_other_ways_than_a_code(self, tmp_path, sandbox, bank, wire, clock, browser_of, device):
        attributes = {"username": "alice"}
        configures(bank, "sandbox_customers", {"userId": "Alice", "attributes": attributes, "commit": True})
        policy = Policy(ways=WaysIn(credentials=(CredentialField("username", "User name"),)))
        settings = make_settings(tmp_path, sandbox.sdk_configuration(), policy=policy)
        alice = Person("Alice", bank, browser_of(create_app(settings, transport=wire, clock=clock)))
        page = alice.opens("/activation/new").follows("knows you by")
        typed = {"credential-username": "alice", "name": "Laptop", "pin": alice.pin, "pin_again": alice.pin}
        page = page.submits("Enrol", **typed, with_passkey="yes", passkey=device.makes(page))
        assert page.path == "/operations"
        assert device.approves(alice, bank.offers("Alice", "payment")).heading == "Approved"

    def test_without_one_everything_is_as_it_was(self, newcomer: Person):
        assert state(newcomer.is_enrolled()).biometry_context is None

    def test_a_passkey_that_is_refused_leaves_the_code_good(self, newcomer: Person, bank, device, wire):
        offer = bank.gives_code("Alice")
        page = newcomer.browser.opens("/activation/new")
        typed = {"code": offer.code, "name": "Laptop", "pin": newcomer.pin, "pin_again": newcomer.pin}
        page = page.submits("Enrol", **typed, with_passkey="yes", passkey=device.makes(page, flags=PRESENT))
        assert page.status == 422
        assert "did not check who you are" in page.text
        assert page.value("with_passkey") == "yes"
        assert not wire.sent("/activation/create")
        page = page.submits("Enrol", **typed, with_passkey=None)
        assert page.heading == "Compare these digits with your bank"

    def test_a_question_for_a_newcomer_is_none_for_an_activation(self, alice: Person, browse, device):
        elsewhere = browse().opens("/activation/new")
        page = alice.opens("/passkey").submits(SET_UP, pin=alice.pin, passkey=device.makes(elsewhere))
        assert page.status == 422
        assert "belongs to another page" in page.text


class TestRemoving:
    def test_removed_and_added_again(self, ready: Person, bank, device):
        page = ready.opens("/passkey").submits("Remove it")
        assert page.path == "/settings"
        assert "is removed" in page.text
        assert state(ready).biometry is None
        assert state(ready).biometry_context is None
        payment = bank.offers("Alice", "payment")
        assert "passkey" not in ready.opens_operation(payment).fields
        other = Device()
        other.is_set_up(ready)
        assert other.approves(ready, payment).heading == "Approved"

    def test_a_page_from_before_the_removal(self, ready: Person, bank, device, wire):
        payment = bank.offers("Alice", "payment")
        page = ready.opens_operation(payment)
        confirmed = device.confirms(page)
        ready.opens("/passkey").submits("Remove it")
        assert page.submits("Approve", **confirmed).status == 409
        assert not wire.sent(AUTHORIZE)
        assert bank.status(payment) == "PENDING"

    def test_a_new_pin_leaves_it_as_it_is(self, ready: Person, bank, device):
        page = ready.opens("/settings/pin")
        page.submits("Change the PIN", old=ready.pin, pin="8203", pin_again="8203")
        assert device.approves(ready, bank.offers("Alice", "payment")).heading == "Approved"


class TestOperator:
    def test_without_an_address_nothing_is_offered(self, tmp_path, sandbox, bank, wire, clock, browser_of):
        settings = make_settings(tmp_path, sandbox.sdk_configuration(), origin=None)
        site = create_app(settings, transport=wire, clock=clock)
        alice = Person("Alice", bank, browser_of(site))
        assert "passkey" not in alice.opens("/activation/new").fields
        alice.is_enrolled()
        assert BY_DEVICE not in alice.opens("/settings").text
        page = alice.opens("/passkey")
        assert page.status == 404
        assert page.heading == "This is not set up here"

    @pytest.mark.parametrize("takes_synced", [True, False])
    def test_passkeys_that_are_copied_by_an_account(
        self, tmp_path, sandbox, bank, wire, clock, browser_of, takes_synced
    ):
        policy = Policy(synced_passkeys=takes_synced)
        settings = make_settings(tmp_path, sandbox.sdk_configuration(), policy=policy)
        site = create_app(settings, transport=wire, clock=clock)
        alice = Person("Alice", bank, browser_of(site)).is_enrolled()
        device = Device(flags=PRESENT | VERIFIED | CAN_BE_BACKED_UP | IS_BACKED_UP)
        page = device.is_set_up(alice)
        if not takes_synced:
            assert "copied to other devices by an account" in page.text
            assert not wire.sent(VAULT)
            return
        assert page.path == "/settings"
        assert "In the account that copies it" in alice.opens("/passkey").text
        assert device.approves(alice, bank.offers("Alice", "payment")).heading == "Approved"


def test_no_secret_leaves_its_place(ready: Person, bank, device, wire, tmp_path, log_lines):
    page = ready.opens_operation(bank.offers("Alice", "payment"))
    confirmed = device.confirms(page)
    key = from_base64url(json.loads(confirmed["passkey"])["key"])
    page.submits("Approve", **confirmed)
    held = state(ready)
    wrapping_key = passkey_of(held).wrapping_key(key)
    database = b"".join(path.read_bytes() for path in tmp_path.glob("assent.sqlite*"))
    places = {
        "log": log_lines.getvalue().encode(),
        "database": database,
        "page": "".join(one.html for one in ready.browser.pages).encode(),
        "state": held.to_bytes(),
        "backend": repr([(one.url, one.body) for one in wire.requests]).encode(),
    }
    secrets = {"key": key, "wrapping key": wrapping_key}
    for name, secret in secrets.items():
        for written in forms(secret):
            for place, content in places.items():
                assert written not in content, f"the {name} is in the {place}"
    assert passkey_of(held).credential.id.hex() not in log_lines.getvalue()


def only(*variants: str) -> dict[str, object]:
    return {"type": "2FA", "variants": list(variants)}
