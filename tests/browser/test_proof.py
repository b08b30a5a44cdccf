"""The browser's own key in Chromium: made at enrolment, kept where nobody reads it, asked at every step."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Request, Route, expect

from tests.browser.sensor import Sensor
from tests.browser.site import HOST, Site, served
from tests.browser.test_passkeys import FINGER, fields_of, sets_up
from tests.browser.window import Window
from tests.support.browser import Browser as PlainBrowser
from tests.support.people import Person

UNSIGNED = "This browser has not signed its request"
_KEYS = """
    () => new Promise((resolve, reject) => {
      const opening = indexedDB.open("assent", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const keys = opening.result.transaction("keys").objectStore("keys");
        const [names, all] = [keys.getAllKeys(), keys.getAll()];
        all.onsuccess = () => {
          opening.result.close();
          resolve(all.result.map((key, at) => ({
            name: names.result[at],
            type: key.type,
            extractable: key.extractable,
            usages: key.usages,
            kind: key.algorithm,
          })));
        };
      };
    })
"""
_EXPORTS = """
    (format) => new Promise((resolve) => {
      const opening = indexedDB.open("assent", 1);
      opening.onsuccess = () => {
        const all = opening.result.transaction("keys").objectStore("keys").getAll();
        all.onsuccess = () =>
          crypto.subtle.exportKey(format, all.result[0]).then(() => "exported", (error) => error.name)
            .then((said) => (opening.result.close(), resolve(said)));
      };
    })
"""
_ODD_FIELDS = """
    () => {
      const odd = [
        ["žluťoučký", "kůň\\nand\\rlines\\r\\nof all kinds"],
        ["emoji 🔑", "🔑"], ["emoji \\uffee", "\\uffee"],
        ["twice", "b"], ["twice", "a"], ["twice", ""], ["", "nameless"], ["long", "x".repeat(9000)],
      ];
      for (const [name, value] of odd) {
        const field = document.createElement("textarea");
        field.name = name;
        field.value = value;
        field.hidden = true;
        document.querySelector("#approve").append(field);
      }
    }
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """By its name: browsers have no passkeys for numbers."""
    with served(tmp_path) as site:
        yield replace(site, address=site.address.replace(HOST, "localhost"))


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser that has never been here."""
    context = chromium.new_context(locale="en-US")
    yield context
    context.close()


@pytest.fixture
def alice(site: Site) -> Person:
    """She has nothing but an account at the bank."""
    return Person("Alice", site.bank, PlainBrowser(site.app.test_client()))


@pytest.fixture
def window(opens_window: Callable[[], Window], alice: Person) -> Window:
    """Alice's window, after she has enrolled in it."""
    return enrols(opens_window(), alice)


def enrols(window: Window, person: Person) -> Window:
    offer = window.site.bank.gives_code(person.name)
    person.activation_id = offer.activation_id
    window.opens("/activation/new")
    window.page.get_by_label("Activation code").fill(offer.code)
    window.page.get_by_label("Name of this browser").fill("laptop")
    window.page.get_by_label("Choose a PIN").fill(person.pin)
    window.page.get_by_label("The same PIN again").fill(person.pin)
    button(window, "Enrol this browser").click()
    expect(window.page).to_have_url(f"{window.site.address}/activation")
    window.site.bank.commits(offer.activation_id)
    return window


def button(window: Window, name: str) -> Locator:
    return window.page.get_by_role("button", name=name, exact=True)


def opens_payment(window: Window) -> str:
    payment = window.site.bank.offers("Alice", "payment")
    window.opens(f"/operations/{payment}")
    return payment


def approves(window: Window, person: Person) -> str:
    payment = opens_payment(window)
    window.page.get_by_label("Your PIN").fill(person.pin)
    button(window, "Approve").click()
    return payment


def posts(window: Window) -> list[Request]:
    sent: list[Request] = []
    window.page.on("request", lambda one: sent.append(one) if one.method == "POST" else None)
    return sent


class TestTheKey:
    def test_is_made_at_enrolment_and_cannot_be_read(self, window: Window):
        (key,) = window.page.evaluate(_KEYS)
        kind = {"name": "ECDSA", "namedCurve": "P-256"}
        assert key == {
            "name": key["name"],
            "type": "private",
            "extractable": False,
            "usages": ["sign"],
            "kind": kind,
        }
        for form in ("pkcs8", "jwk"):
            assert window.page.evaluate(_EXPORTS, form) == "InvalidAccessError"

    def test_is_new_with_every_enrolment_and_goes_with_the_browser(self, window: Window, alice: Person):
        (first,) = window.page.evaluate(_KEYS)
        window.opens("/activation/forget")
        button(window, "Forget this browser").click()
        expect(window.heading).to_contain_text("Approve your bank")
        assert window.page.evaluate(_KEYS) == []
        enrols(window, alice)
        (second,) = window.page.evaluate(_KEYS)
        assert second["name"] != first["name"]
        approves(window, alice)
        expect(window.heading).to_have_text("Approved")

    def test_of_an_enrolment_that_failed_goes_with_the_first_proof(self, opens_window, alice: Person):
        window = opens_window().opens("/activation/new")
        button(window, "Enrol this browser").click()
        expect(window.page.get_by_role("alert")).to_contain_text("Something needs your attention")
        enrols(window, alice)
        assert len(window.page.evaluate(_KEYS)) == 2
        approves(window, alice)
        expect(window.heading).to_have_text("Approved")
        assert len(window.page.evaluate(_KEYS)) == 1

    def test_goes_when_she_leaves(self, window: Window, alice: Person):
        window.opens("/settings/remove")
        window.page.get_by_label("Your PIN").fill(alice.pin)
        button(window, "Remove this browser").click()
        expect(window.heading).to_have_text("This browser is removed")
        window.page.wait_for_function(f"({_KEYS})().then((keys) => !keys.length)")


class TestEveryStep:
    def test_approve(self, window: Window, alice: Person):
        sent = posts(window)
        payment = approves(window, alice)
        expect(window.heading).to_have_text("Approved")
        assert window.site.bank.status(payment) == "APPROVED"
        (request,) = sent
        assert len(fields_of(request)["proof"]) == 86

    def test_whatever_is_in_the_form(self, window: Window, alice: Person):
        """The script and the site read the same bytes: all line ends, alphabets and repetitions."""
        opens_payment(window)
        window.page.evaluate(_ODD_FIELDS)
        window.page.get_by_label("Your PIN").fill(alice.pin)
        button(window, "Approve").click()
        expect(window.heading).to_have_text("Approved")

    def test_by_the_enter_key_and_two_presses_sign_once(self, window: Window, alice: Person):
        sent = posts(window)
        opens_payment(window)
        window.page.get_by_label("Your PIN").fill(alice.pin)
        for _ in range(2):
            window.page.keyboard.press("Enter")
        expect(window.heading).to_have_text("Approved")
        assert len(sent) == 1

    def test_a_double_click_signs_once(self, window: Window, alice: Person):
        sent = posts(window)
        opens_payment(window)
        window.page.get_by_label("Your PIN").fill(alice.pin)
        button(window, "Approve").dblclick(no_wait_after=True)
        expect(window.heading).to_have_text("Approved")
        assert len(sent) == 1

    def test_a_wrong_pin_and_then_the_right_one(self, window: Window, alice: Person):
        opens_payment(window)
        window.page.get_by_label("Your PIN").fill(alice.wrong_pin)
        button(window, "Approve").click()
        expect(window.page.get_by_role("alert")).to_contain_text("attempts")
        window.page.get_by_label("Your PIN").fill(alice.pin)
        button(window, "Approve").click()
        expect(window.heading).to_have_text("Approved")

    def test_reject_and_not_asked_for(self, window: Window):
        for name, path in (("Reject", "/reject"), ("I did not ask for this", "")):
            payment = window.site.bank.offers("Alice", "payment")
            window.opens(f"/operations/{payment}{path}")
            button(window, name).click()
            expect(window.heading).to_have_text("Rejected")
            assert window.site.bank.status(payment) == "REJECTED"

    def test_claim_history_and_copies(self, window: Window, alice: Person):
        kiosk = window.site.bank.offers(None, "login_kiosk")
        window.opens(f"/operations/{kiosk}")
        button(window, "Take it over").click()
        expect(button(window, "Approve")).to_be_visible()
        window.opens("/history")
        window.page.get_by_label("Your PIN").fill(alice.pin)
        button(window, "Show the history").click()
        expect(window.page.locator("main")).to_contain_text("kiosk")
        window.opens("/settings")
        button(window, "End all copies").click()
        expect(window.page.locator("main")).to_contain_text("Copies are worthless now")

    def test_a_new_pin(self, window: Window, alice: Person):
        window.opens("/settings/pin")
        window.page.get_by_label("Your PIN until now").fill(alice.pin)
        window.page.get_by_label("Choose a PIN").fill("6027")
        window.page.get_by_label("The same PIN again").fill("6027")
        button(window, "Change the PIN").click()
        expect(window.heading).to_have_text("Settings of this browser")
        alice.pin = "6027"
        approves(window, alice)
        expect(window.heading).to_have_text("Approved")

    def test_together_with_a_passkey(self, window: Window, alice: Person):
        cdp = window.page.context.new_cdp_session(window.page)
        cdp.send("WebAuthn.enable")
        Sensor(cdp).is_there()
        sets_up(window, alice)
        expect(window.heading).to_have_text("Settings of this browser")
        payment = opens_payment(window)
        sent = posts(window)
        button(window, FINGER).click()
        expect(window.heading).to_have_text("Approved")
        assert window.site.bank.status(payment) == "APPROVED"
        asked, approved = sent
        assert asked.url.endswith("/passkey/ask")
        fields = fields_of(approved)
        assert fields["passkey"]
        assert fields["proof"]
        assert "pin" not in fields

    def test_enrolling_with_a_passkey_and_a_key_at_once(self, opens_window, alice: Person):
        window = opens_window()
        cdp = window.page.context.new_cdp_session(window.page)
        cdp.send("WebAuthn.enable")
        sensor = Sensor(cdp).is_there()
        window.page.on("load", _ticks)
        enrols(window, alice)
        assert len(sensor.passkeys) == 1
        assert len(window.page.evaluate(_KEYS)) == 1
        opens_payment(window)
        button(window, FINGER).click()
        expect(window.heading).to_have_text("Approved")

    def test_the_pin_never_stands_in_the_page(self, window: Window, alice: Person):
        """What is sent is put into the request and not into fields that somebody could read."""
        opens_payment(window)
        window.page.route("**/approve", _leads_nowhere)
        window.page.get_by_label("Your PIN").fill(alice.pin)
        with window.page.expect_request("**/approve"):
            button(window, "Approve").click()
        held = "[...document.querySelectorAll('[name=proof]')].map((one) => one.value).join('')"
        assert window.page.evaluate(held) == ""
        assert alice.pin not in window.page.content()


def _ticks(page) -> None:
    if page.url.endswith("/activation/new"):
        page.get_by_label("Approve with this device's fingerprint").check()


def _leads_nowhere(route: Route) -> None:
    route.fulfill(status=204)


class TestAThief:
    def test_with_all_cookies_reads_and_approves_nothing(self, window: Window, alice: Person, chromium):
        thief = chromium.new_context(storage_state=window.page.context.storage_state(), locale="en-US")
        other = Window(thief.new_page(), window.site)
        payment = opens_payment(other)
        expect(button(other, "Approve")).to_be_visible()
        other.page.get_by_label("Your PIN").fill(alice.pin)
        button(other, "Approve").click()
        expect(other.heading).to_have_text(UNSIGNED)
        other.opens(f"/operations/{payment}/reject")
        button(other, "Reject").click()
        expect(other.heading).to_have_text(UNSIGNED)
        other.opens("/settings/remove")
        other.page.get_by_label("Your PIN").fill(alice.pin)
        button(other, "Remove this browser").click()
        expect(other.heading).to_have_text(UNSIGNED)
        assert window.site.bank.status(payment) == "PENDING"
        assert alice.failed_attempts == 0
        thief.close()
        approves(window, alice)
        expect(window.heading).to_have_text("Approved")

    def test_a_page_of_hers_after_its_data_was_deleted(self, window: Window, alice: Person):
        window.page.evaluate("() => indexedDB.deleteDatabase('assent')")
        approves(window, alice)
        expect(window.heading).to_have_text(UNSIGNED)
        expect(window.page.locator("main")).to_contain_text("No attempt was used")
        window.page.get_by_role("link", name="Forget this browser").click()
        button(window, "Forget this browser").click()
        expect(window.heading).to_contain_text("Approve your bank")
        enrols(window, alice)
        approves(window, alice)
        expect(window.heading).to_have_text("Approved")


class TestWithoutScript:
    def test_enrolled_without_it_there_is_no_key_and_everything_works(self, chromium, site, alice: Person):
        with chromium.new_context(java_script_enabled=False, locale="en-US") as context:
            window = enrols(Window(context.new_page(), site), alice)
            approves(window, alice)
            expect(window.heading).to_have_text("Approved")
            with chromium.new_context(storage_state=context.storage_state(), locale="en-US") as later:
                again = Window(later.new_page(), site)
                approves(again, alice)
                expect(again.heading).to_have_text("Approved")
                assert again.page.evaluate(_KEYS) == []

    def test_turned_off_later_the_page_says_what_to_do(self, chromium, window: Window, alice: Person):
        state = window.page.context.storage_state()
        with chromium.new_context(java_script_enabled=False, storage_state=state) as context:
            plain = Window(context.new_page(), window.site)
            payment = opens_payment(plain)
            # This way of turning it off does not show what stands in <noscript>.
            assert "only script can sign with its key" in plain.page.content()
            plain.page.get_by_label("Your PIN").fill(alice.pin)
            button(plain, "Approve").click()
            expect(plain.heading).to_have_text(UNSIGNED)
            assert plain.site.bank.status(payment) == "PENDING"
        assert alice.failed_attempts == 0

    @pytest.mark.parametrize(
        "broken",
        [
            "crypto.subtle.generateKey = () => Promise.reject(new Error('x'))",
            "indexedDB.open = () => { throw new Error('x'); }",
            "IDBObjectStore.prototype.put = () => { throw new Error('x'); }",
        ],
        ids=["no WebCrypto", "no database", "a database that keeps no keys"],
    )
    def test_a_browser_that_cannot_is_enrolled_without(self, opens_window, alice: Person, broken):
        window = opens_window()
        window.page.add_init_script(broken)
        enrols(window, alice)
        sent = posts(window)
        approves(window, alice)
        expect(window.heading).to_have_text("Approved")
        assert "proof" not in fields_of(sent[0])
