"""Answers of devices that are wrong, late, foreign, copied or used: nothing is signed, no attempt is lost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.stories.test_parallel import cookies_of, same_browser
from tests.stories.test_passkeys import state
from tests.support.authenticator import CAN_BE_BACKED_UP, PRESENT, VERIFIED, Device
from tests.support.browser import Page
from tests.support.desk import Desk, scans
from tests.support.people import Person
from tests.support.wire import answer_lost
from tests.support.wire import refused as connection_refused
from webapp.flows.passkey import passkey_of
from webapp.flows.passkey_answers import MAX_ANSWER_LENGTH
from webapp.powerauth.encoding import to_base64url

AUTHORIZE = "/operation/authorize"
OTHER_32 = to_base64url(bytes(32))


@pytest.fixture
def desk(sandbox) -> Desk:
    return Desk(sandbox)


@pytest.fixture
def untouched(ready: Person, wire) -> Iterator[None]:
    """In the end no signature was made and no attempt was spent."""
    ready.opens()  # the first visit makes a token
    before = state(ready)
    yield
    after = state(ready)
    assert after.counter == before.counter
    assert ready.failed_attempts == 0
    assert not wire.sent(AUTHORIZE)
    assert not wire.sent("/operation/history")


def refused(page: Page, words: str) -> Page:
    assert page.status == 422, page.text
    assert words in page.text
    assert "was sent" in page.text, "what it means is said"
    return page


FLAWS = {
    "another site asked": ({"origin": "https://evil.example"}, "does not pass the checks"),
    "a passkey of another site": ({"site": "evil.example"}, "does not pass the checks"),
    "another challenge": ({"challenge": OTHER_32}, "does not pass the checks"),
    "a frame of another site": ({"crossOrigin": True}, "does not pass the checks"),
    "nobody touched it": ({"flags": VERIFIED}, "does not pass the checks"),
    "nobody was verified": ({"flags": PRESENT}, "did not check who you are"),
    "it became one that is copied": (
        {"flags": PRESENT | VERIFIED | CAN_BE_BACKED_UP},
        "does not pass the checks",
    ),
    "another signature": ({"answer": {"signature": OTHER_32}}, "does not pass the checks"),
    "another secret": ({"answer": {"key": OTHER_32}}, "gave another secret"),
    "another passkey": ({"answer": {"id": OTHER_32}}, "is not the one that is set up here"),
    "no key": ({"answer": {"key": ""}}, "cannot be read"),
    "something missing": ({"answer": {"note": None}}, "cannot be read"),
    "a note of somebody else": ({"answer": {"note": "e30.AAAA"}}, "belongs to another page"),
}


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(("flaws", "words"), FLAWS.values(), ids=FLAWS)
def test_a_wrong_answer_approves_nothing(ready: Person, bank, device, flaws, words):
    payment = bank.offers("Alice", "payment")
    page = ready.opens_operation(payment)
    page = refused(page.submits("Approve", **device.confirms(page, **flaws)), words)
    assert page.heading == "Payment"
    assert "pin" in page.fields, "the PIN stays"
    assert bank.status(payment) == "PENDING"


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(("flaws", "words"), FLAWS.values(), ids=FLAWS)
def test_a_wrong_answer_shows_no_history_and_makes_no_code(ready: Person, desk, device, flaws, words):
    refused(device.asks(ready, **flaws), words)
    page = scans(ready, desk.hands(ready, flags="B").text)
    refused(page.submits("Show the approval code", **device.confirms(page, "offline", **flaws)), words)


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    "answer", ["{}", "[]", "null", "x", '{"note":' + "[" * 9999, "{" + " " * MAX_ANSWER_LENGTH + "}"]
)
def test_what_no_page_sends_is_refused(ready: Person, bank, answer):
    page = ready.opens_operation(bank.offers("Alice", "payment"))
    refused(page.submits("Approve", passkey=answer, pin=None), "cannot be read")


@pytest.mark.usefixtures("untouched")
def test_an_answer_is_good_for_two_minutes(ready: Person, bank, device, clock):
    page = ready.opens_operation(bank.offers("Alice", "payment"))
    clock.advance(60)
    confirmed = device.confirms(page)
    clock.advance(121)
    refused(page.submits("Approve", **confirmed), "came too late")


def test_what_counts_are_the_two_minutes_of_the_device(ready: Person, bank, device, clock):
    page = ready.opens_operation(bank.offers("Alice", "payment"))
    clock.advance(200)
    confirmed = device.confirms(page)
    clock.advance(90)
    assert page.submits("Approve", **confirmed).heading == "Approved", "who reads long may confirm quickly"


@pytest.mark.usefixtures("untouched")
def test_an_answer_for_another_operation(ready: Person, bank, device):
    other = ready.opens_operation(bank.offers("Alice", "payment", amount="1.00"))
    confirmed = device.confirms(other)
    page = ready.opens_operation(bank.offers("Alice", "payment", amount="9000.00"))
    refused(page.submits("Approve", **confirmed), "belongs to another page")


@pytest.mark.usefixtures("untouched")
def test_an_answer_for_the_same_operation_on_another_page(ready: Person, bank, device):
    payment = bank.offers("Alice", "payment")
    confirmed = device.confirms(ready.opens_operation(payment))
    refused(ready.opens_operation(payment).submits("Approve", **confirmed), "belongs to another page")


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("purpose", ["history", "offline"])
def test_an_answer_for_another_purpose(ready: Person, bank, device, purpose):
    page = ready.opens_operation(bank.offers("Alice", "payment"))
    refused(page.submits("Approve", **device.confirms(page, purpose)), "belongs to another page")


@pytest.mark.usefixtures("untouched")
def test_an_answer_that_was_asked_for_by_somebody_else(ready: Person, bob: Person, bank, device):
    own = Device()
    own.is_set_up(bob)
    confirmed = own.confirms(bob.opens_operation(bank.offers("Bob", "payment")))
    page = ready.opens_operation(bank.offers("Alice", "payment"))
    assert page.submits("Approve", **confirmed).status == 422


@pytest.mark.usefixtures("untouched")
def test_an_operation_that_changed_meanwhile_is_shown_again(ready: Person, bank, device, wire):
    page = ready.opens_operation(bank.offers("Alice", "payment"))
    confirmed = device.confirms(page)
    wire.tells_otherwise(lambda one: one.update(data="A1*A9.00EUR*QSOMETHING"))
    page = page.submits("Approve", **confirmed)
    assert page.status == 409
    assert "The operation has changed" in page.text


@pytest.mark.usefixtures("untouched")
def test_a_passkey_that_was_removed_in_another_tab(ready: Person, bank, device, wire):
    page = ready.opens("/history")
    confirmed = device.confirms(page, "history")
    ready.opens("/passkey").submits("Remove it")
    page = refused(page.submits("Show the history", **confirmed), "it was removed meanwhile")
    assert "pin" in page.fields


class TestUsedBefore:
    def test_in_a_form_of_its_own(self, ready: Person, bank, device, wire):
        """Somebody has seen what Alice sent, and sends it once more within two minutes."""
        page = ready.opens("/history")
        filled = page.fills("Show the history", **device.confirms(page, "history"))
        assert filled.is_sent().status == 200
        refused(filled.is_sent(), "was used before")
        assert len(wire.sent("/operation/history")) == 1
        assert ready.failed_attempts == 0

    def test_after_the_bank_could_not_be_reached(self, ready: Person, bank, device, wire):
        """Nothing was applied, so the form may try again; the finger has to be there again, too."""
        payment = bank.offers("Alice", "payment")
        page = ready.opens_operation(payment)
        filled = page.fills("Approve", **device.confirms(page))
        wire.breaks(AUTHORIZE, connection_refused)
        assert filled.is_sent().heading == "The bank did not take your answer"
        wire.is_mended()
        page = refused(filled.is_sent(), "was used before")
        assert page.submits("Approve", **device.confirms(page)).heading == "Approved"

    def test_after_the_answer_was_lost(self, ready: Person, bank, device, wire):
        payment = bank.offers("Alice", "payment")
        page = ready.opens_operation(payment)
        filled = page.fills("Approve", **device.confirms(page))
        wire.breaks(AUTHORIZE, answer_lost)
        first = filled.is_sent()
        wire.is_mended()
        assert filled.is_sent().heading == first.heading
        assert len(wire.sent(AUTHORIZE)) == 1

    def test_ten_at_once(self, ready: Person, bank, device, wire, site):
        payment = bank.offers("Alice", "payment")
        page = ready.opens_operation(payment)
        filled = page.fills("Approve", **device.confirms(page))
        browsers = [same_browser(site, cookies_of(ready)) for _ in range(10)]
        with ThreadPoolExecutor(10) as pool:
            pages = list(pool.map(lambda one: one.posts(filled.action, filled.values), browsers))
        assert {page.heading for page in pages} == {"Approved"}
        assert len(wire.sent(AUTHORIZE)) == 1


class TestCopied:
    """Somebody has a copy of Alice's passkey, and her cookies."""

    def test_whoever_is_behind_is_refused(self, ready: Person, bank, device, wire):
        copy = device.is_copied()
        assert device.approves(ready, bank.offers("Alice", "payment")).heading == "Approved"
        page = copy.approves(ready, bank.offers("Alice", "payment"))
        refused(page, "A copy of this passkey may be in use")
        assert len(wire.sent(AUTHORIZE)) == 1
        assert ready.failed_attempts == 0

    def test_alice_learns_of_it_when_the_copy_was_first(self, ready: Person, bank, device, log_lines):
        copy = device.is_copied()
        for _ in range(2):
            copy.approves(ready, bank.offers("Alice", "payment"))
        refused(
            device.approves(ready, bank.offers("Alice", "payment")), "A copy of this passkey may be in use"
        )
        assert '"error": "PasskeyCloned"' in log_lines.getvalue()
        ready.opens("/passkey").submits("Remove it")
        fresh = Device()
        fresh.is_set_up(ready)
        assert fresh.approves(ready, bank.offers("Alice", "payment")).heading == "Approved"
        with pytest.raises(KeyError):
            copy.approves(ready, bank.offers("Alice", "payment"))


NEW = {
    "another site asked": ({"origin": "https://evil.example"}, "does not pass the checks"),
    "nobody was verified": ({"flags": PRESENT}, "did not check who you are"),
    "it can be copied": ({"flags": PRESENT | VERIFIED | CAN_BE_BACKED_UP}, "copied to other devices"),
    "another challenge": ({"challenge": OTHER_32}, "does not pass the checks"),
    "an answer of a passkey that was there": ({"kind": "webauthn.get"}, "does not pass the checks"),
    "no key": ({"answer": {"key": ""}}, "cannot be read"),
    "a damaged key": ({"answer": {"attestation": "AAAA"}}, "does not pass the checks"),
}


@pytest.mark.parametrize(("flaws", "words"), NEW.values(), ids=NEW)
def test_a_new_passkey_that_is_wrong_is_not_added(alice: Person, device, wire, flaws, words):
    before = state(alice)
    refused(device.is_set_up(alice, **flaws), words)
    assert not wire.sent("/vault/unlock")
    assert state(alice) == before


def test_a_new_passkey_is_good_for_two_minutes(alice: Person, device, clock, wire):
    page = alice.opens("/passkey")
    made = device.makes(page)
    clock.advance(121)
    refused(page.submits("Set it up", pin=alice.pin, passkey=made), "came too late")
    assert not wire.sent("/vault/unlock")


class TestAsking:
    """What script asks the site before it turns to the device."""

    def test_without_a_passkey_there_is_no_question(self, alice: Person):
        assert asked(alice, "/passkey/ask", purpose="history").status_code == 409

    def test_for_a_purpose_of_nobody(self, ready: Person):
        assert asked(ready, "/passkey/ask", purpose="transfer").status_code == 400
        assert asked(ready, "/passkey/ask", purpose="add").status_code == 400

    def test_without_an_activation(self, browse):
        stranger = Person("Mallory", None, browse())  # type: ignore[arg-type]
        assert asked(stranger, "/passkey/ask", purpose="history").status_code == 403
        assert asked(stranger, "/passkey/new", purpose="add").status_code == 403
        assert asked(stranger, "/passkey/new", purpose="enrol", name="Laptop").status_code == 200

    def test_without_a_token_of_a_form(self, ready: Person):
        response = ready.browser.client.post("/passkey/ask", data={"purpose": "history"})
        assert response.status_code == 400

    def test_what_it_tells_is_no_secret(self, ready: Person):
        told = asked(ready, "/passkey/ask", purpose="history").get_data(as_text=True)
        passkey = passkey_of(state(ready))
        for secret in (passkey.check, passkey.credential.public_key, state(ready).biometry):
            assert to_base64url(secret) not in told


def asked(person: Person, address: str, **fields: str):
    page = person.browser.opens("/scan")
    fields["csrf_token"] = page.value("csrf_token") or ""
    return person.browser.client.post(address, data=fields, base_url="https://localhost")
