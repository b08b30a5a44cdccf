"""What a browser asks for when it sees a page for the first time: little, and all of it of this site."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.site import Site
from tests.browser.window import enters
from tests.support.bound import BoundBrowser
from tests.support.people import Person

MOST = 6
ICONS = re.compile(r'<link rel="(?:icon|manifest)" href="([^"]+)"')
"""Asked for by browsers with a window only."""


@pytest.fixture
def alice(site: Site) -> Person:
    """Alice, whose browser has a key of its own."""
    return Person("Alice", site.bank, BoundBrowser(site.app.test_client())).is_enrolled()


@contextmanager
def counted(site: Site) -> Iterator[list[str]]:
    """The paths that arrive at the server, whoever asks."""
    arrived: list[str] = []
    before = site.server.app

    def counting(environ, start_response):
        arrived.append(environ["PATH_INFO"])
        return before(environ, start_response)

    site.server.app = counting
    yield arrived
    site.server.app = before


@pytest.fixture
def looks(chromium: Browser, site: Site) -> Iterator[Callable[..., tuple[Page, set[str]]]]:
    """Open a page in a browser that has never been here, but for the cookies of a person."""
    contexts = []

    def looks(path: str, person: Person | None = None) -> tuple[Page, set[str]]:
        context = chromium.new_context(locale="en-US")
        contexts.append(context)
        if person is not None:
            enters(context, person, site)
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda one: asked.append(one.url))
        with counted(site) as arrived:
            html = page.goto(site.address + path).text()
            page.wait_for_load_state("networkidle")
        assert {urlsplit(one).netloc for one in asked} == {urlsplit(site.address).netloc}, "no other origin"
        return page, {*arrived, *(urlsplit(one).path for one in ICONS.findall(html))}

    yield looks
    for context in contexts:
        context.close()


@pytest.mark.parametrize("path", ["/", "/activation/new", "/scan", "/nowhere"])
def test_a_stranger_costs_six_requests_at_most(looks, path):
    page, asked = looks(path)
    expect(page.locator("h1")).to_be_visible()
    assert len(asked) <= MOST, asked


@pytest.mark.parametrize(
    "path", ["/operations", "/scan", "/settings", "/history", "/inbox", "/activation/forget"]
)
def test_so_does_somebody_who_is_enrolled(site, alice, looks, path):
    site.bank.offers("Alice", "payment")
    _, asked = looks(path, alice)
    assert len(asked) <= MOST, asked


def test_so_does_an_operation_from_its_page_to_its_result(site, alice, looks):
    payment = site.bank.offers("Alice", "payment")
    page, asked = looks(f"/operations/{payment}", alice)
    assert any("prove" in one for one in asked)
    assert len(asked) <= MOST, asked
    alice.approves(payment)
    page, asked = looks(f"/operations/{payment}/result", alice)
    expect(page.locator("h1")).to_have_text("Approved")
    assert len(asked) <= MOST, asked
