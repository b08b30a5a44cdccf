"""Whole stories without a pointer: Tab, Shift, Enter, space and arrows, and a focus that is always seen."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.site import Site
from tests.browser.states import Visit
from tests.browser.window import Window
from tests.support.people import Person

MOST_STEPS = 80
SEEN = """
    () => {
      const one = document.activeElement;
      const { left, top, width, height } = one.getBoundingClientRect();
      if (!width || !height) return `no size: ${one.outerHTML.slice(0, 120)}`;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
      if (outlineStyle === "none" && boxShadow === "none") return `no mark: ${one.outerHTML.slice(0, 120)}`;
      const [x, y] = [left + Math.min(width / 2, 20), top + height / 2];
      const above = document.elementFromPoint(x, y);
      if (!above) return `out of sight: ${one.outerHTML.slice(0, 120)}`;
      const isOwn = one.contains(above) || above.contains(one) || above.closest("label")?.contains(one);
      return isOwn ? "" : `covered by ${above.outerHTML.slice(0, 120)}`;
    }
"""
STOPS = ", ".join(
    f"{one}:visible"
    for one in ("a[href]", "button", "input:not([type=hidden])", "select", "textarea", "summary")
)


class Hands:
    """Somebody who has a keyboard and nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def focused(self) -> Locator:
        return self.page.locator("*:focus")

    def goes_to(self, wanted: Locator) -> "Hands":
        """Press Tab until it has the focus; on every stop the focus is seen."""
        for _ in range(MOST_STEPS):
            self.page.keyboard.press("Tab")
            assert self.page.evaluate(SEEN) == ""
            if wanted.evaluate("(one) => one === document.activeElement"):
                return self
        raise AssertionError("the keyboard does not come there")

    def types(self, text: str) -> "Hands":
        self.page.keyboard.type(text)
        return self

    def presses(self, key: str) -> "Hands":
        self.page.keyboard.press(key)
        return self

    def leaves_by(self, key: str) -> "Hands":
        """Press what leads to another page, and wait for it."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        return self

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name, exact=True)

    def field(self, name: str) -> Locator:
        return self.page.get_by_label(name)


@pytest.fixture
def hands(opens_window: Callable[[], Window]) -> Hands:
    return Hands(opens_window().page)


@pytest.fixture
def newcomer(chromium, site: Site):
    """A browser that nobody has enrolled."""
    context = chromium.new_context(locale="en-US", reduced_motion="reduce")
    yield Hands(context.new_page())
    context.close()


def test_a_browser_is_enrolled(newcomer: Hands, site: Site):
    offer = site.bank.gives_code("Alice")
    newcomer.page.goto(site.address)
    newcomer.goes_to(newcomer.page.get_by_role("main").get_by_role("link").first).leaves_by("Enter")
    expect(newcomer.page.locator("h1")).to_have_text("Enrol this browser")
    newcomer.goes_to(newcomer.field("Activation code")).types(offer.code)
    newcomer.goes_to(newcomer.field("Name of this browser")).types("A laptop")
    newcomer.goes_to(newcomer.field("Choose a PIN")).types("925814")
    newcomer.goes_to(newcomer.field("The same PIN again")).types("925814").presses("Enter")
    expect(newcomer.page.locator("h1")).to_have_text("Compare these digits with your bank")


def test_what_is_wrong_takes_the_focus_and_leads_to_its_field(newcomer: Hands, site: Site):
    newcomer.page.goto(f"{site.address}/activation/new")
    newcomer.goes_to(newcomer.button("Enrol this browser")).presses("Enter")
    expect(newcomer.page.locator(".error-summary")).to_be_focused()
    links = newcomer.page.locator(".error-summary a")
    for number in range(links.count()):
        link = links.nth(number)
        field = newcomer.page.locator(link.get_attribute("href") or "")
        link.focus()
        newcomer.presses("Enter")
        expect(field).to_be_focused()
        assert newcomer.page.evaluate(SEEN) == ""
        described = (field.get_attribute("aria-describedby") or "").split()
        text = link.text_content() or ""
        assert any(text in (newcomer.page.locator(f"#{one}").text_content() or "") for one in described)
        expect(field).to_have_attribute("aria-invalid", "true")


def test_the_first_stop_skips_to_the_content(hands: Hands, site: Site):
    for path in ("/operations", "/scan", "/settings", "/history", "/nowhere"):
        hands.page.goto(site.address + path)
        hands.presses("Tab")
        expect(hands.focused).to_have_text("Skip to the content")
        assert hands.page.evaluate(SEEN) == ""
        hands.presses("Enter")
        expect(hands.page.locator("main")).to_be_focused()
        hands.presses("Tab")
        assert hands.page.evaluate("() => document.querySelector('main').contains(document.activeElement)")


def test_a_payment_is_read_and_approved(hands: Hands, site: Site, alice: Person):
    payment = site.bank.offers("Alice", "payment_warning")
    hands.page.goto(f"{site.address}/operations")
    hands.goes_to(hands.page.locator("#waiting a")).leaves_by("Enter")
    expect(hands.page.locator("h1")).to_have_text("Read this first")
    hands.goes_to(hands.page.get_by_role("slider")).presses("End")
    hands.goes_to(hands.button("Continue")).leaves_by("Enter")
    hands.goes_to(hands.page.locator("[name=on_call]").first).presses("Space")
    if not hands.page.locator("[name=on_call][value=no]").is_checked():
        hands.presses("ArrowDown")
    expect(hands.page.locator("[name=on_call][value=no]")).to_be_checked()
    hands.goes_to(hands.field("The amount")).types("98000")
    hands.goes_to(hands.field("Your PIN")).types(alice.pin)
    hands.goes_to(hands.button("Approve")).presses("Space")
    expect(hands.page.locator("h1")).to_have_text("Approved")
    assert site.bank.status(payment) == "APPROVED"


def test_a_wrong_pin_is_told_where_the_focus_is(hands: Hands, site: Site, alice: Person):
    payment = site.bank.offers("Alice", "payment")
    hands.page.goto(f"{site.address}/operations/{payment}")
    hands.goes_to(hands.field("Your PIN")).types(alice.wrong_pin).leaves_by("Enter")
    expect(hands.page.locator(".error-summary")).to_be_focused()
    hands.goes_to(hands.field("Your PIN")).types(alice.pin).presses("Enter")
    expect(hands.page.locator("h1")).to_have_text("Approved")


def test_a_payment_is_rejected_with_a_reason(hands: Hands, site: Site):
    payment = site.bank.offers("Alice", "payment")
    hands.page.goto(f"{site.address}/operations/{payment}")
    reject = hands.page.get_by_role("main").locator("a, button").filter(has_text=re.compile("^Reject"))
    hands.goes_to(reject.first).leaves_by("Enter")
    expect(hands.page.locator("h1")).to_contain_text("Reject")
    hands.goes_to(hands.page.locator("[name=reason]:checked")).presses("ArrowDown")
    hands.goes_to(hands.button("Reject")).presses("Enter")
    expect(hands.page.locator("h1")).to_have_text("Rejected")
    assert site.bank.status(payment) == "REJECTED"


def test_a_code_is_pasted_and_an_approval_code_made(hands: Hands, site: Site, alice: Person):
    visit = Visit(hands.page, site, "Alice", alice)
    visit.scans()
    hands.goes_to(hands.field("Your PIN")).types(alice.pin).presses("Enter")
    expect(hands.page.locator("h1")).to_have_text("Your approval code")
    hands.goes_to(hands.page.get_by_role("button").filter(has_text="Copy the code")).presses("Enter")


def test_a_text_goes_into_the_scanner(hands: Hands, site: Site):
    hands.page.goto(f"{site.address}/scan")
    hands.goes_to(hands.page.locator("#text")).types("nothing of a bank")
    hands.goes_to(hands.button("Read the text")).presses("Enter")
    expect(hands.page.locator(".error-summary")).to_be_focused()


def test_a_pin_is_changed_in_the_settings(hands: Hands, site: Site, alice: Person):
    hands.page.goto(f"{site.address}/operations")
    hands.goes_to(hands.link("Settings")).leaves_by("Enter")
    hands.goes_to(hands.page.get_by_role("link").filter(has_text="Change the PIN")).leaves_by("Enter")
    expect(hands.page.locator("h1")).to_have_text("Change the PIN")
    fields = hands.page.locator("main input[type=password]")
    for number, pin in enumerate((alice.pin, "925814", "925814")):
        hands.goes_to(fields.nth(number)).types(pin)
    hands.presses("Enter")
    expect(hands.page.locator("h1")).to_have_text("Settings of this browser")


def test_no_stop_is_lost_or_covered_on_a_small_screen(hands: Hands, site: Site):
    """From the first to the last stop and back, where little has room."""
    hands.page.set_viewport_size({"width": 320, "height": 400})
    payment = site.bank.offers("Alice", "payment_invoice")
    for path in (f"/operations/{payment}", "/operations", "/scan", "/settings/pin"):
        hands.page.goto(site.address + path)
        hands.page.wait_for_load_state("networkidle")
        stops = hands.page.locator(STOPS).count()
        for key in ("Tab", "Shift+Tab"):
            for _ in range(stops):
                hands.presses(key)
                if hands.page.evaluate("() => document.activeElement === document.body"):
                    continue
                assert hands.page.evaluate(SEEN) == "", path
