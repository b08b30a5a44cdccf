"""The page and the device: Chromium with a virtual authenticator, which has a fingerprint sensor and PRF."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.browser.sensor import CANCELS, ONLY_WHEN_ASKED, OTHER_SECRET, WITNESS, Sensor
from tests.browser.site import HOST, Site, served
from tests.browser.window import Window
from tests.support.desk import Desk
from tests.support.people import Person

AUTHORIZE = "**/approve"
SET_UP = "Set it up"
FINGER = "Approve with fingerprint, face or screen lock"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """By its name: browsers have no passkeys for numbers."""
    with served(tmp_path) as site:
        yield replace(site, address=site.address.replace(HOST, "localhost"))


@pytest.fixture
def window(opens_window: Callable[[], Window]) -> Window:
    window = opens_window()
    window.page.add_init_script(WITNESS)
    return window


@pytest.fixture
def sensor(window: Window) -> Sensor:
    cdp = window.page.context.new_cdp_session(window.page)
    cdp.send("WebAuthn.enable")
    return Sensor(cdp).is_there()


@pytest.fixture
def ready(window: Window, alice: Person, sensor: Sensor) -> Window:
    """Alice's window, after she has set up her fingerprint."""
    sets_up(window, alice)
    expect(window.heading).to_have_text("Settings of this browser")
    return window


def sets_up(window: Window, alice: Person) -> None:
    window.opens("/passkey")
    window.page.get_by_label("Your PIN").fill(alice.pin)
    button(window, SET_UP).click()


def button(window: Window, name: str) -> Locator:
    return window.page.get_by_role("button", name=name, exact=True)


def state(window: Window, name: str) -> Locator:
    return window.page.locator(f"[data-state={name}]")


def opens_payment(window: Window, **parameters: str) -> str:
    payment = window.site.bank.offers("Alice", "payment", **parameters)
    window.opens(f"/operations/{payment}")
    return payment


def leads_nowhere(route: Route) -> None:
    """What is sent stays on its way, and the page stays."""
    route.fulfill(status=204)


def fields_of(request: Request) -> dict[str, str]:
    """The form as it left."""
    sent = parse_qs(request.post_data or "", keep_blank_values=True)
    return {name: value for name, (value,) in sent.items()}


def status_of(window: Window, operation_id: str) -> str:
    return window.site.bank.status(operation_id)


class TestAllIsWell:
    def test_set_up_and_approve(self, ready: Window, sensor: Sensor):
        expect(ready.page.locator("main")).to_contain_text("screen lock is set up")
        assert len(sensor.passkeys) == 1
        payment = opens_payment(ready)
        with ready.page.expect_request(AUTHORIZE) as sent:
            button(ready, FINGER).click()
        expect(ready.heading).to_have_text("Approved")
        assert status_of(ready, payment) == "APPROVED"
        assert "pin" not in fields_of(sent.value), "a PIN that was typed half stays here"

    def test_the_secret_itself_never_leaves(self, ready: Window):
        opens_payment(ready)
        ready.page.evaluate(
            """() => {
                const usual = PublicKeyCredential.prototype.getClientExtensionResults;
                PublicKeyCredential.prototype.getClientExtensionResults = function () {
                  const found = usual.call(this);
                  const raw = new Uint8Array(found.prf.results.first);
                  sessionStorage.setItem("secret", btoa(String.fromCharCode(...raw)));
                  return found;
                };
            }"""
        )
        with ready.page.expect_request(AUTHORIZE) as sent:
            button(ready, FINGER).click()
        expect(ready.heading).to_have_text("Approved")
        secret = ready.page.evaluate("sessionStorage.getItem('secret')").rstrip("=")
        assert len(secret) == 43
        for written in (secret, secret.replace("+", "-").replace("/", "_")):
            assert written not in fields_of(sent.value)["passkey"]

    def test_the_person_is_asked_for_and_the_time_is_short(self, ready: Window):
        opens_payment(ready)
        ready.page.route(AUTHORIZE, leads_nowhere)
        button(ready, FINGER).click()
        expect(state(ready, "done")).to_be_visible()
        wish = ready.page.evaluate("({ how: wish.userVerification, site: wish.rpId, ms: wish.timeout })")
        assert wish == {"how": "required", "site": "localhost", "ms": 100_000}

    def test_the_pin_stays(self, ready: Window, alice: Person):
        payment = opens_payment(ready)
        ready.page.get_by_label("Your PIN").fill(alice.pin)
        button(ready, "Approve").click()
        expect(ready.heading).to_have_text("Approved")
        assert status_of(ready, payment) == "APPROVED"

    def test_the_enter_key_sends_the_pin(self, ready: Window, alice: Person):
        opens_payment(ready)
        ready.page.get_by_label("Your PIN").fill(alice.pin)
        ready.page.keyboard.press("Enter")
        expect(ready.heading).to_have_text("Approved")

    def test_two_presses_ask_once(self, ready: Window):
        opens_payment(ready)
        sent: list[str] = []
        ready.page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
        button(ready, FINGER).dblclick(no_wait_after=True)
        expect(ready.heading).to_have_text("Approved")
        assert [url.rpartition("/")[2] for url in sent] == ["ask", "approve"]

    def test_by_the_keyboard_alone(self, ready: Window):
        opens_payment(ready)
        button(ready, FINGER).focus()
        ready.page.keyboard.press("Enter")
        expect(ready.heading).to_have_text("Approved")

    def test_the_history(self, ready: Window):
        ready.opens("/history")
        button(ready, "Show it with fingerprint, face or screen lock").click()
        expect(ready.page.locator("main")).to_contain_text("has not asked you for anything yet")

    def test_an_approval_code(self, ready: Window, alice: Person):
        backend = ready.site.bank.admin.__self__
        handed = Desk(backend).hands(alice, flags="B")
        ready.opens("/scan")
        ready.page.get_by_label("Text of the code, or a link").fill(handed.text)
        button(ready, "Read the text").click()
        button(ready, "Show the code with fingerprint, face or screen lock").click()
        expect(ready.heading).to_have_text("Your approval code")

    def test_removed_and_set_up_again(self, ready: Window, alice: Person, sensor: Sensor):
        ready.opens("/passkey")
        button(ready, "Remove it").click()
        expect(ready.page.locator("main")).to_contain_text("is removed")
        (old,) = sensor.passkeys
        sets_up(ready, alice)
        expect(ready.heading).to_have_text("Settings of this browser")
        payment = opens_payment(ready)
        button(ready, FINGER).click()
        expect(ready.heading).to_have_text("Approved")
        assert status_of(ready, payment) == "APPROVED"
        assert len(sensor.passkeys) == 2
        assert old in sensor.passkeys

    def test_a_device_that_tells_its_secret_only_when_it_is_asked(
        self, window: Window, alice: Person, sensor: Sensor
    ):
        window.page.add_init_script(ONLY_WHEN_ASKED)
        sets_up(window, alice)
        expect(window.heading).to_have_text("Settings of this browser")
        assert sensor.passkeys[0]["signCount"] == 2, "it was asked twice"
        opens_payment(window)
        button(window, FINGER).click()
        expect(window.heading).to_have_text("Approved")

    def test_at_enrolment(self, window: Window, sensor: Sensor):
        window.page.context.clear_cookies()
        offer = window.site.bank.gives_code("Carol")
        fills_in(window, offer.code)
        window.page.get_by_label("Approve with this device's fingerprint").check()
        button(window, "Enrol this browser").click()
        expect(window.heading).to_have_text("Compare these digits with your bank")
        window.site.bank.commits(offer.activation_id)
        payment = window.site.bank.offers("Carol", "payment")
        window.opens(f"/operations/{payment}")
        button(window, FINGER).click()
        expect(window.heading).to_have_text("Approved")

    def test_at_enrolment_nobody_has_to(self, window: Window, sensor: Sensor):
        window.page.context.clear_cookies()
        fills_in(window, window.site.bank.gives_code("Carol").code)
        button(window, "Enrol this browser").click()
        expect(window.heading).to_have_text("Compare these digits with your bank")
        assert sensor.passkeys == []


def fills_in(window: Window, code: str) -> None:
    window.opens("/activation/new")
    window.page.get_by_label("Activation code").fill(code)
    window.page.get_by_label("Name of this browser").fill("Carol's laptop")
    for label in ("Choose a PIN", "The same PIN again"):
        window.page.get_by_label(label).fill("2580")


class TestNotSetUp:
    """Nothing is added, and the device is told that what it made is of no use."""

    def test_a_device_without_secrets(self, window: Window, alice: Person, sensor: Sensor):
        sensor.is_there(hasPrf=False)
        sets_up(window, alice)
        expect(state(window, "secretless")).to_be_visible()
        expect(state(window, "asking")).to_be_hidden()
        (made,) = sensor.passkeys
        (forgotten,) = window.page.evaluate("forgotten")
        assert same(made["credentialId"], forgotten)
        window.opens("/settings")
        expect(window.page.locator("main")).to_contain_text("It is not set up")

    def test_somebody_else(self, window: Window, alice: Person, sensor: Sensor):
        sensor.sees_somebody_else()
        sets_up(window, alice)
        expect(state(window, "cancelled")).to_be_visible()
        assert sensor.passkeys == []

    def test_cancelled(self, window: Window, alice: Person, sensor: Sensor):
        window.page.add_init_script(CANCELS)
        sets_up(window, alice)
        expect(state(window, "cancelled")).to_be_visible()
        expect(button(window, SET_UP)).to_have_attribute("aria-disabled", "false")

    def test_a_wrong_pin(self, window: Window, alice: Person, sensor: Sensor):
        alice.pin, right = alice.wrong_pin, alice.pin
        sets_up(window, alice)
        expect(window.page.get_by_role("alert")).to_contain_text("was not accepted")
        (made,) = sensor.passkeys
        (forgotten,) = window.page.evaluate("forgotten")
        assert same(made["credentialId"], forgotten)
        window.page.get_by_label("Your PIN").fill(right)
        button(window, SET_UP).click()
        expect(window.heading).to_have_text("Settings of this browser")

    def test_no_pin_is_said_before_the_device_is_asked(self, window: Window, sensor: Sensor):
        window.opens("/passkey")
        button(window, SET_UP).click()
        expect(window.page.get_by_role("alert")).to_contain_text("Enter your PIN")
        assert sensor.passkeys == []

    def test_a_browser_that_knows_no_secrets(self, window: Window, alice: Person):
        window.page.add_init_script(
            "PublicKeyCredential.getClientCapabilities = async () => ({ 'extension:prf': false })"
        )
        sets_up(window, alice)
        expect(state(window, "unsupported")).to_be_visible()
        window.page.context.clear_cookies()
        window.opens("/activation/new")
        expect(window.page.get_by_label("Approve with this device's fingerprint")).to_be_hidden()

    def test_an_address_without_a_name(self, window: Window, alice: Person, sensor: Sensor, site):
        """Browsers have passkeys for names only."""
        window.site = replace(site, address=site.address.replace("localhost", HOST))
        cookies = window.page.context.cookies()
        window.page.context.add_cookies([{**one, "domain": HOST} for one in cookies])
        sets_up(window, alice)
        expect(state(window, "unsupported")).to_be_visible()


class TestNotApproved:
    """Nothing is signed, no attempt is spent, and the PIN is still there."""

    @pytest.fixture(autouse=True)
    def _untouched(self, ready: Window, alice: Person) -> Iterator[None]:
        yield
        assert alice.failed_attempts == 0

    def is_still_waiting(self, window: Window, payment: str) -> None:
        assert status_of(window, payment) == "PENDING"
        expect(window.page.get_by_label("Your PIN")).to_be_visible()

    def test_somebody_else(self, ready: Window, sensor: Sensor):
        payment = opens_payment(ready)
        sensor.sees_somebody_else()
        button(ready, FINGER).click()
        expect(state(ready, "cancelled")).to_be_visible()
        self.is_still_waiting(ready, payment)

    def test_cancelled_and_tried_again(self, ready: Window):
        ready.page.add_init_script(f"if (!sessionStorage.getItem('calm')) {{ {CANCELS} }}")
        payment = opens_payment(ready)
        button(ready, FINGER).click()
        expect(state(ready, "cancelled")).to_be_visible()
        self.is_still_waiting(ready, payment)
        ready.page.evaluate("sessionStorage.setItem('calm', '1')")
        ready.page.reload()
        button(ready, FINGER).click()
        expect(ready.heading).to_have_text("Approved")

    def test_a_passkey_that_is_lost(self, ready: Window, sensor: Sensor):
        sensor.forgets_everything()
        payment = opens_payment(ready)
        button(ready, FINGER).click()
        expect(state(ready, "cancelled")).to_contain_text("no longer on this device")
        self.is_still_waiting(ready, payment)

    def test_a_device_that_gives_no_secret_any_more(self, ready: Window, sensor: Sensor):
        (passkey,) = sensor.passkeys
        sensor.is_there(hasPrf=False).holds(passkey)
        payment = opens_payment(ready)
        button(ready, FINGER).click()
        expect(state(ready, "secretless")).to_be_visible()
        self.is_still_waiting(ready, payment)

    def test_a_device_that_gives_another_secret(self, ready: Window, sensor: Sensor):
        (passkey,) = sensor.passkeys
        ready.page.add_init_script(OTHER_SECRET)
        sensor.is_there().holds(passkey, signCount=50)
        payment = opens_payment(ready)
        button(ready, FINGER).click()
        expect(ready.page.get_by_role("alert")).to_contain_text("another secret than when it was set up")
        self.is_still_waiting(ready, payment)

    def test_a_passkey_that_was_copied(self, ready: Window, sensor: Sensor):
        (passkey,) = sensor.passkeys
        ready.page.add_init_script(OTHER_SECRET)
        sensor.is_there().holds(passkey, signCount=0)
        payment = opens_payment(ready)
        button(ready, FINGER).click()
        expect(ready.page.get_by_role("alert")).to_contain_text("A copy of this passkey may be in use")
        self.is_still_waiting(ready, payment)

    def test_an_answer_that_comes_again(self, ready: Window):
        ready.opens("/history")
        with ready.page.expect_request(
            lambda one: one.url.endswith("/history") and one.method == "POST"
        ) as sent:
            button(ready, "Show it with fingerprint, face or screen lock").click()
        expect(ready.page.locator("main")).to_contain_text("has not asked you for anything yet")
        again = ready.page.request.post(sent.value.url, form=fields_of(sent.value))
        assert again.status == 422
        assert "was used before" in again.text()

    def test_an_approval_that_comes_again(self, ready: Window):
        payment = opens_payment(ready)
        with ready.page.expect_request(AUTHORIZE) as sent:
            button(ready, FINGER).click()
        expect(ready.heading).to_have_text("Approved")
        again = ready.page.request.post(sent.value.url, form=fields_of(sent.value))
        assert "Approved" in again.text(), "it is told once more, and signed once"
        assert status_of(ready, payment) == "APPROVED"

    def test_an_answer_for_another_operation(self, ready: Window):
        ready.page.route(AUTHORIZE, leads_nowhere)
        small = opens_payment(ready, amount="1.00")
        with ready.page.expect_request(AUTHORIZE) as sent:
            button(ready, FINGER).click()
        answer = fields_of(sent.value)["passkey"]
        large = opens_payment(ready, amount="9000.00")
        form = {
            name: ready.page.locator(f"#approve [name={name}]").input_value()
            for name in ("csrf_token", "snapshot")
        }
        address = f"{ready.site.address}/operations/{large}/approve"
        refused = ready.page.request.post(address, form={**form, "passkey": answer})
        assert refused.status == 422
        assert "belongs to another page" in refused.text()
        assert {status_of(ready, one) for one in (small, large)} == {"PENDING"}

    def test_a_device_that_takes_too_long(self, ready: Window):
        payment = opens_payment(ready)

        def late(route: Route) -> None:
            ready.site.clock.advance(121)
            route.continue_()

        ready.page.route(AUTHORIZE, late)
        button(ready, FINGER).click()
        expect(ready.page.get_by_role("alert")).to_contain_text("came too late")
        self.is_still_waiting(ready, payment)

    def test_a_site_that_cannot_be_reached(self, ready: Window):
        payment = opens_payment(ready)
        ready.page.route("**/passkey/ask", lambda route: route.abort())
        button(ready, FINGER).click()
        expect(state(ready, "unreachable")).to_be_visible()
        self.is_still_waiting(ready, payment)

    def test_a_page_that_is_out_of_date(self, ready: Window, opens_window):
        payment = opens_payment(ready)
        other = opens_window().opens("/passkey")
        button(other, "Remove it").click()
        expect(other.heading).to_have_text("Settings of this browser")
        button(ready, FINGER).click()
        expect(state(ready, "stale")).to_be_visible()
        self.is_still_waiting(ready, payment)

    def test_without_script_there_is_the_pin_alone(self, ready: Window, chromium, context):
        plain = chromium.new_context(java_script_enabled=False, storage_state=context.storage_state())
        window = Window(plain.new_page(), ready.site)
        payment = opens_payment(window)
        expect(button(window, FINGER)).to_have_count(0)
        self.is_still_waiting(window, payment)
        plain.close()


def same(stored: str, identifier: str) -> bool:
    """Base64 as the protocol of the browser writes it, and Base64url as pages do."""
    return stored.rstrip("=").replace("+", "-").replace("/", "_") == identifier


def test_pages_that_offer_no_passkey_may_not_turn_to_the_device(ready: Window):
    def may(page: Page) -> list[str]:
        known = "document.featurePolicy.allowsFeature(`publickey-credentials-${one}`)"
        return page.evaluate(f"['create', 'get'].filter((one) => {known})")

    ready.opens("/operations")
    assert may(ready.page) == []
    opens_payment(ready)
    assert may(ready.page) == ["get"]
