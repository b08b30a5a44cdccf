"""How the pages look, where that can be measured: sizes, room, and that nothing jumps."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page

from tests.browser.window import Window

TARGET = 44
NARROW = {"width": 320, "height": 640}
"""A small phone, and a screen of 1280 pixels at 400 %."""
STILL = 0.001
"""Of the window: a full stop behind a moment moves that far when the moment is said in the own zone."""
_SIZES = """
    () => [...document.querySelectorAll("main *")]
      .filter((one) => [...one.childNodes].some((text) => text.nodeType === 3 && text.data.trim()))
      .filter((one) => one.getClientRects().length)
      .map((one) => [one.closest(".figure") ? "figure" : one.closest(".receiver") ? "receiver" : "",
                     parseFloat(getComputedStyle(one).fontSize)])
"""
_TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_WATCH_SHIFTS = """
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifts.push(one.value);
    }).observe({ type: "layout-shift", buffered: true });
"""


def box(button: Locator) -> tuple[float, float]:
    found = button.bounding_box()
    assert found is not None
    return found["width"], found["height"]


@pytest.fixture
def addresses(site) -> list[str]:
    """The pages that people see most."""
    payment = site.bank.offers("Alice", "payment")
    invoice = site.bank.offers("Alice", "payment_invoice")
    warned = site.bank.offers("Alice", "payment_warning")
    own = [f"/operations/{one}" for one in (payment, invoice, warned, f"{payment}/reject")]
    return ["/operations", *own, "/scan", "/history", "/inbox", "/settings", "/settings/pin", "/nowhere"]


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_amount_and_receiver_are_the_largest(site, opens_window: Callable[[], Window], width):
    window = opens_window()
    window.page.set_viewport_size({"width": width, "height": 800})
    window.opens(f"/operations/{site.bank.offers('Alice', 'payment')}")
    sizes: dict[str, list[float]] = {"figure": [], "receiver": [], "": []}
    for role, size in window.page.evaluate(_SIZES):
        sizes[role].append(size)
    assert min(sizes["figure"]) > max(sizes["receiver"])
    assert min(sizes["receiver"]) > max(sizes[""])


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_yes_and_no_have_one_size_and_a_symbol_each(site, opens_window, width):
    window = opens_window()
    window.page.set_viewport_size({"width": width, "height": 800})
    window.opens(f"/operations/{site.bank.offers('Alice', 'payment')}")
    yes = window.page.get_by_role("button", name="Approve", exact=True)
    no = window.page.get_by_role("link", name="Reject …")
    assert box(yes) == box(no)
    assert min(box(yes)) >= TARGET
    symbols = [one.locator("svg").inner_html() for one in (yes, no)]
    assert symbols[0] != symbols[1]


def test_what_is_pressed_most_is_large_enough(addresses, opens_window):
    window = opens_window()
    window.page.set_viewport_size(NARROW)
    for address in addresses:
        window.opens(address)
        for pressed in window.page.locator(
            ".button:visible, .masthead a, .operation, .languages button"
        ).all():
            assert box(pressed)[1] >= TARGET, (address, pressed.text_content())


def test_nothing_has_to_be_scrolled_sideways(addresses, opens_window):
    window = opens_window()
    window.page.set_viewport_size(NARROW)
    for address in addresses:
        window.opens(address)
        assert window.page.evaluate(_TOO_WIDE) == 0, address


def test_nothing_jumps(addresses, context: BrowserContext, site):
    page: Page = context.new_page()
    page.add_init_script(_WATCH_SHIFTS)
    for address in addresses:
        page.goto(site.address + address)
        page.wait_for_load_state("networkidle")
        assert sum(page.evaluate("() => window.shifts")) < STILL, address
