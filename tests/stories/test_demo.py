"""The demo as people meet it: every way in, clicked through at the sandbox bank and at the site."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.browser import Browser, Page
from tests.support.clock import ManualClock
from webapp.app import create_app
from webapp.demo import demo_environ
from webapp.settings import Settings

PIN = "2580"
PINS = {"pin": PIN, "pin_again": PIN}
BANK = "/sandbox/users"


@pytest.fixture
def demo(tmp_path: Path, clock: ManualClock) -> Callable[[], Browser]:
    """Makes browsers at a demo with the settings of `make demo`."""
    site = create_app(Settings.from_environ(demo_environ(tmp_path / "demo", {})), clock=clock)
    return lambda: Browser(site.test_client())


@pytest.fixture
def bank(demo) -> Browser:
    """The browser of somebody who plays the bank."""
    return demo()


@pytest.fixture
def alice(demo) -> Browser:
    """A browser that is not enrolled."""
    return demo()


def ways(bank: Browser, user: str = "Alice") -> Page:
    return bank.opens(f"{BANK}/{user}").follows("Other ways to enrol")


def activation_code(page: Page) -> str:
    return re.search(r"[A-Z2-7]{5}(-[A-Z2-7]{5}){3}", page.text)[0]


def fact(page: Page, name: str) -> str:
    """A value out of a list of facts."""
    return re.search(rf"<dt>{name}</dt><dd>.*?<bdi[^>]*>([^<]*)</bdi>", page.html, re.DOTALL)[1]


def enrols_by_code(browser: Browser, page: Page, **more: str) -> Page:
    form = browser.opens("/activation/new")
    return form.submits("Enrol", code=activation_code(page), name="Laptop", **PINS, **more)


def can_approve(browser: Browser, bank: Browser, user: str = "Alice") -> bool:
    """Whether a payment of the bank is approved with this browser."""
    bank.opens(f"{BANK}/{user}/operations/payment").submits("Send")
    page = browser.opens("/operations").follows("Payment")
    return page.submits("Approve", pin=PIN).heading == "Approved"


def test_a_plain_code_needs_nothing_more(alice: Browser, bank: Browser):
    offered = bank.opens(f"{BANK}/Alice").submits("Give me an activation code")
    assert "One-time password" not in offered.text
    page = enrols_by_code(alice, offered)
    assert page.heading == "Compare these digits with your bank"
    offered.follows("Alice").follows("Laptop").submits("They are the same")
    assert can_approve(alice, bank)


class TestAOneTimePassword:
    def offered(self, bank: Browser, phase: str) -> tuple[Page, str]:
        page = ways(bank).submits("Give me a code and a password", phase=phase)
        return page, re.search(r"One-time password ([0-9]{6})", page.text)[1]

    def test_goes_along_with_the_code(self, alice: Browser, bank: Browser):
        page, otp = self.offered(bank, "ON_KEY_EXCHANGE")
        assert enrols_by_code(alice, page).status == 422
        wrong = enrols_by_code(alice, page, otp="0" if otp != "0" else "1")
        assert wrong.status == 422
        assert enrols_by_code(alice, page, otp=otp).path == "/operations"
        assert can_approve(alice, bank)

    def test_is_asked_for_at_the_commit(self, alice: Browser, bank: Browser):
        page, otp = self.offered(bank, "ON_COMMIT")
        assert enrols_by_code(alice, page).heading == "Compare these digits with your bank"
        page = page.follows("Alice").follows("Laptop")
        refused = page.submits("They are the same", otp="000000" if otp != "000000" else "111111")
        assert refused.status == 422
        assert "This is not the one-time password" in refused.text
        assert "1 of 5" in refused.text
        committed = refused.submits("They are the same", otp=f" {otp[:3]} {otp[3:]} ")
        assert "This activation is active" in committed.text
        assert can_approve(alice, bank)

    def test_that_is_missing_at_the_commit_costs_nothing(self, alice: Browser, bank: Browser):
        page, _otp = self.offered(bank, "ON_COMMIT")
        enrols_by_code(alice, page)
        page = page.follows("Alice").follows("Laptop").submits("They are the same", otp=" ")
        assert page.status == 422
        assert "Enter the one-time password" in page.text
        assert "0 of 5" in page.text

    def test_that_is_wrong_too_often_ends_it(self, alice: Browser, bank: Browser):
        page, otp = self.offered(bank, "ON_COMMIT")
        enrols_by_code(alice, page)
        page = page.follows("Alice").follows("Laptop")
        for _ in range(5):
            page = page.submits("They are the same", otp="000000" if otp != "000000" else "111111")
        assert "This activation is removed" in page.text
        assert alice.opens("/activation").heading == "This browser is no longer enrolled"


class TestCredentials:
    @pytest.mark.parametrize(
        ("user", "heading"), [("Alice", "Compare these digits with your bank"), ("Bob", "")]
    )
    def test_that_the_bank_tells_enrol(self, alice: Browser, bank: Browser, user, heading):
        told = ways(bank, user)
        page = ways(alice, user).follows("Enrol this browser with them")
        typed = {f"credential-{name}": fact(told, name) for name in ("username", "password")}
        page = page.submits("Enrol", **typed, name="Laptop", **PINS)
        if heading:
            assert page.heading == heading
            bank.opens(f"{BANK}/{user}").follows("Laptop").submits("They are the same")
        assert alice.opens("/").path == "/operations"
        assert can_approve(alice, bank, user)

    def test_are_told_of_nobody_whom_the_bank_does_not_know(self, bank: Browser):
        assert "This bank has none of this customer" in ways(bank, "Zoe").text


class TestSigningIn:
    def leaves(self, browser: Browser) -> Page:
        page = browser.opens("/activation/new").follows("signing in").submits("Go on", name="Laptop")
        page = page.follows("Sign in")
        assert page.path == "/sandbox/oidc/authorize"
        assert page.heading == "Who signs in?"
        return page

    def test_makes_the_browser_a_token(self, alice: Browser, bank: Browser):
        page = self.leaves(alice).submits("Charlie")
        assert page.heading == "You have signed in"
        assert page.submits("Enrol", **PINS).path == "/operations"
        assert can_approve(alice, bank, "Charlie")

    def test_as_somebody_else(self, alice: Browser, bank: Browser):
        page = self.leaves(alice).submits("Sign in", login_hint=" Zoe ")
        assert page.submits("Enrol", **PINS).path == "/operations"
        assert can_approve(alice, bank, "Zoe")

    def test_as_nobody_who_can_be(self, alice: Browser):
        page = self.leaves(alice).submits("Sign in", login_hint="a/b")
        assert page.status == 422
        assert "A name begins with" in page.text
        assert page.value("state"), "the request is carried along"
        assert page.submits("Alice").heading == "You have signed in"

    def test_or_not(self, alice: Browser):
        page = self.leaves(alice).submits("Do not sign in")
        assert page.status == 400
        assert "You did not sign in" in page.text

    def test_sends_nobody_to_a_stranger(self, alice: Browser):
        page = self.leaves(alice)
        query = {**page.fills("Alice").values, "redirect_uri": "https://evil.example/"}
        for who in ({}, {"login_hint": "Alice"}, {"login_hint": "/"}, {"cancel": "yes"}):
            page = alice.opens("/sandbox/oidc/authorize", **{**query, **who})
            assert (page.status, page.heading) == (400, "This sign-in is not possible")

    def test_works_wherever_the_browser_has_found_the_demo(self, alice: Browser, demo):
        """The same demo, by another name and port."""
        self.leaves(alice)
        client = demo().client
        form = client.get("/activation/sign-in", base_url="http://127.0.0.1:5099").text
        token = re.search(r'name="csrf_token" value="([^"]*)"', form)[1]
        fields = {"csrf_token": token, "name": "x"}
        left = client.post("/activation/sign-in", data=fields, base_url="http://127.0.0.1:5099").text
        assert 'href="http://127.0.0.1:5099/sandbox/oidc/authorize?' in left
        assert self.leaves(alice).submits("Alice").heading == "You have signed in"

    def test_an_address_that_cannot_be_changes_nothing(self, alice: Browser):
        self.leaves(alice)
        page = alice.opens("/activation/sign-in")
        fields = {"csrf_token": page.value("csrf_token"), "name": "x"}
        host = ".".join(["a-name-that-is-long"] * 200)
        long = alice.client.post("/activation/sign-in", data=fields, base_url=f"https://{host}")
        assert long.status_code < 500
        assert self.leaves(alice).submits("Alice").heading == "You have signed in"


class TestRecovery:
    def printed(self, bank: Browser) -> Page:
        page = ways(bank).submits("Print a recovery card")
        assert page.heading == "Recovery card"
        return page

    def enrols(self, browser: Browser, code: str, puk: str) -> Page:
        page = browser.opens("/activation/recovery")
        return page.submits("Enrol", code=code, puk=puk, name="New", **PINS)

    def test_by_a_printed_card(self, alice: Browser, bank: Browser, demo):
        card = self.printed(bank)
        assert "Not confirmed yet" in card.text
        code, puk = activation_code(card), fact(card, "PUK 1")
        successor = demo()
        assert self.enrols(successor, code, puk).status == 422, "nobody has confirmed it"
        page = self.leaves_as(alice, "Alice")
        page = alice.opens("/settings").follows("Confirm").submits("Confirm", code=code, pin=PIN)
        assert "Your recovery card is confirmed" in page.text
        assert "Good for a new browser" in card.follows("Look again").text
        assert self.enrols(successor, code, puk).path == "/operations"
        card = card.follows("Look again")
        assert re.findall("Used|Not used yet", card.text) == ["Used", "Not used yet", "Not used yet"]
        assert can_approve(successor, bank)

    def leaves_as(self, browser: Browser, user: str) -> Page:
        page = TestSigningIn().leaves(browser).submits(user)
        return page.submits("Enrol", **PINS)

    def test_by_the_code_that_came_with_the_browser(self, alice: Browser, bank: Browser, demo):
        self.leaves_as(alice, "Alice")
        assert "Came with a browser" in ways(bank).text
        page = alice.opens("/settings").follows("Show the recovery code")
        page = page.submits("Show the recovery code", pin=PIN)
        code, puk = activation_code(page), re.search(r"[0-9]{10}", page.text)[0]
        successor = demo()
        assert self.enrols(successor, code, puk).path == "/operations"
        assert can_approve(successor, bank)
        assert alice.opens("/operations").heading == "This browser is no longer enrolled"
        assert "Used up" in ways(bank).text, "it had one PUK"


def test_what_the_bank_has_opened_already_stays_as_it_is(tmp_path: Path, clock: ManualClock):
    settings = Settings.from_environ(demo_environ(tmp_path / "demo", {}))
    bank = Browser(create_app(settings, clock=clock).test_client())
    card = ways(bank).submits("Print a recovery card")
    restarted = Browser(create_app(settings, clock=clock).test_client())
    assert activation_code(restarted.opens(card.path)) == activation_code(card)
    assert fact(ways(restarted), "password") == fact(ways(bank), "password")
