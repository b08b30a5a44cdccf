"""The page of an approval code in a real window: copied, counted down, taken away."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from tests.browser.site import Site
from tests.browser.window import Window
from tests.sandbox_bank.at_the_counter import text_of
from tests.support.browser import Browser as PlainBrowser
from tests.support.browser import Page
from tests.support.people import Person


@pytest.fixture
def counter(site: Site, alice: Person) -> Page:
    """The bank's page with the picture for Alice."""
    desk = PlainBrowser(site.app.test_client()).opens("/sandbox/offline/payment?user=Alice")
    return desk.submits("Show the QR code", browser=alice.activation_id)


@pytest.fixture
def makes_code(counter: Page, alice: Person) -> Callable[[Window], Locator]:
    """From the scanner to the page with the code."""

    def makes_code(window: Window) -> Locator:
        window.opens("/scan")
        window.page.get_by_label("Text of the code").fill(text_of(counter))
        window.page.get_by_role("button", name="Read the text").click()
        window.page.get_by_label("Your PIN").fill(alice.pin)
        window.page.get_by_role("button", name="Show the approval code").click()
        expect(window.heading).to_have_text("Your approval code")
        return window.page.locator("output")

    return makes_code


def test_what_is_copied_is_what_the_bank_takes(context: BrowserContext, window: Window, counter, makes_code):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    makes_code(window)
    window.page.get_by_role("button", name="Copy the code").click()
    expect(window.page.get_by_role("button", name="Copied")).to_be_visible()
    copied = window.page.evaluate("navigator.clipboard.readText()")
    assert len(copied) == 17
    assert "The code is right" in counter.submits("Check the code", code=copied).text


def test_without_a_clipboard_the_code_is_marked(window: Window, makes_code):
    window.page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    code = makes_code(window)
    window.page.get_by_role("button", name="Copy the code").click()
    assert window.page.evaluate("getSelection().toString()") == code.text_content()


def test_it_is_counted_down_and_gone_after_two_minutes(window: Window, makes_code):
    code = makes_code(window)
    part = window.page.locator("[data-part=time]")
    window.passes(60)
    expect(part).to_contain_text("Left: 1:00")
    window.passes(59)
    expect(code).to_be_visible()
    window.passes(2)
    expect(code).to_have_count(0)
    expect(part).to_have_text("The code has left this page.")
    expect(window.said.first).to_have_text("The code has left this page.")
    expect(window.page.get_by_role("main").get_by_role("button")).to_have_count(0)
    window.page.reload()
    expect(window.heading).to_have_text("There is no code here any more")


def test_a_device_that_slept_takes_it_away_when_it_wakes(window: Window, site: Site, makes_code):
    code = makes_code(window)
    window.hides()
    window.page.clock.set_system_time(site.clock.now_ms() / 1000 + 600)
    window.page.clock.fast_forward(600_000)
    window.shows()
    expect(code).to_have_count(0)


def test_who_leaves_the_page_leaves_no_code_behind(window: Window, makes_code):
    code = makes_code(window)
    window.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    expect(code).to_have_count(0)


def test_who_comes_back_in_time_gets_it_from_the_site_again(window: Window, makes_code):
    shown = makes_code(window).text_content()
    window.page.get_by_role("link", name="Waiting operations").click()
    expect(window.heading).to_have_text("Waiting for you")
    window.page.go_back()
    expect(window.page.locator("output")).to_have_text(str(shown))


def test_the_screen_stays_on_while_there_is_a_code(window: Window, makes_code):
    window.page.add_init_script(
        """
        window.lit = 0;
        const request = async () => ((window.lit += 1), { release: () => (window.lit -= 1) });
        Object.defineProperty(navigator, "wakeLock", { value: { request } });
        """
    )
    makes_code(window)
    assert window.page.evaluate("lit") == 1
    assert window.page.evaluate("document.featurePolicy?.allowsFeature('screen-wake-lock') ?? true")
    window.passes(121)
    assert window.page.evaluate("lit") == 0


def test_without_script_the_page_asks_again_after_two_minutes(chromium, site: Site, context, makes_code):
    plain = chromium.new_context(java_script_enabled=False, storage_state=context.storage_state())
    window = Window(plain.new_page(), site)
    code = makes_code(window)
    refresh = window.page.locator("noscript meta, meta[http-equiv=refresh]").first
    assert int(str(refresh.get_attribute("content"))) == 120
    assert len(str(code.text_content())) == 17
    expect(window.page.get_by_role("button", name="Copy the code")).to_have_count(0)
    plain.close()
