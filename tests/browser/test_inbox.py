"""The messages in a window: the number in the header, and HTML that does nothing in its frame."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.window import Window
from tests.support.people import Person

ATTACK = """
<h1>Offer</h1><p onclick="parent.document.body.remove()">Good <b>day</b></p>
<script>parent.document.title = "gone"; document.body.append("it ran")</script>
<img src="/operations" onerror="document.body.append('it ran')" alt="Spring">
<style>body { background: url(/operations) }</style>
<meta http-equiv="refresh" content="0; url=/activation/forget">
<base href="https://evil.example/"><link rel="stylesheet" href="/static/css/app.css">
<form action="/inbox/read-all" method="post" target="_top"><button>Send</button></form>
<a href="https://evil.example/" target="_top">https://bank.example</a>
"""


@pytest.fixture
def writes(alice: Person) -> Callable[..., None]:
    """The bank writes to Alice, on its own page."""

    def writes(subject: str, body: str = "Good day.", kind: str = "text") -> None:
        form = alice.opens("/sandbox/users/Alice/messages")
        form.submits("Send", type=kind, subject=subject, summary="", body=body)

    return writes


def is_told_of_no_other_script(window: Window) -> None:
    """Playwright tries to run some of its own in every frame, and hears that a sandbox runs none."""
    told = "Blocked script execution"
    window.complaints[:] = [one for one in window.complaints if told not in one]


def messages(page: Page):
    """The link in the header."""
    return page.locator("header").get_by_role("link", name="Messages")


def test_the_number_comes_once_the_page_is_there(writes, window: Window):
    writes("First")
    writes("Second")
    window.opens()
    expect(messages(window.page)).to_have_text("Messages (2)")
    messages(window.page).click()
    expect(window.heading).to_have_text("Messages")
    expect(messages(window.page)).to_have_text("Messages (2)")


def test_it_is_asked_again_by_somebody_who_comes_back_after_a_while(writes, window: Window):
    window.opens()
    window.settles()
    expect(messages(window.page)).to_have_text("Messages")
    writes("First")
    window.hides()
    window.shows()
    window.settles()
    expect(messages(window.page)).to_have_text("Messages")
    window.hides()
    window.passes(61)
    window.shows()
    expect(messages(window.page)).to_have_text("Messages (1)")


def test_the_list_knows_it_without_asking(writes, window: Window):
    writes("First")
    asked: list[str] = []
    window.page.on("request", lambda one: asked.append(one.url))
    window.opens("/inbox")
    window.settles()
    expect(messages(window.page)).to_have_text("Messages (1)")
    assert not [address for address in asked if address.endswith("/inbox/count")]


def test_html_does_nothing_in_its_frame(writes, window: Window, site):
    writes("Offer", ATTACK, "html")
    asked: list[str] = []
    window.opens("/inbox")
    window.page.on("request", lambda one: asked.append(one.url.removeprefix(site.address)))
    window.page.get_by_role("link", name="Offer").click()
    frame = window.page.frame_locator("iframe")
    expect(frame.get_by_text("Good day")).to_be_visible()
    expect(frame.get_by_text("[https://evil.example/]")).to_be_visible()
    expect(frame.get_by_text("[picture: Spring]")).to_be_visible()
    expect(frame.get_by_text("it ran")).to_have_count(0)
    for role in ("link", "button", "img", "textbox"):
        expect(frame.get_by_role(role)).to_have_count(0)
    window.settles()
    expect(window.heading).to_have_text("Offer")
    assert {address.partition("?")[0] for address in asked if "/static/" not in address} <= {
        window.path,
        f"{window.path}/body",
        "/inbox/count",
        "/activation/forget",  # by which the test waits
    }
    is_told_of_no_other_script(window)


def test_the_frame_is_a_stranger_to_its_page(writes, window: Window):
    writes("Offer", "<p>Good day</p>", "html")
    window.opens("/inbox")
    window.page.get_by_role("link", name="Offer").click()
    expect(window.page.frame_locator("iframe").get_by_text("Good day")).to_be_visible()
    assert window.page.evaluate("document.querySelector('iframe').contentDocument") is None
    window.settles()
    is_told_of_no_other_script(window)


def test_a_broken_inbox_holds_no_page_up(window: Window):
    window.page.route("**/inbox/count", lambda _route: None)  # it never answers
    window.opens()
    expect(window.heading).to_have_text("Waiting for you")
    expect(messages(window.page)).to_have_text("Messages")
    window.page.unroute_all(behavior="ignoreErrors")
