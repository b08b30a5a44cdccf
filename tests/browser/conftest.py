"""People at real windows: the system's Chromium, driven by Playwright. `make test-browser` runs these."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.site import Site, served
from tests.browser.window import Window, enters
from tests.support.browser import Browser as PlainBrowser
from tests.support.people import Person

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def launches() -> Iterator[Callable[..., Browser]]:
    """Start the system's browser, with these switches."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"no browser on this machine: none of {', '.join(NAMES)} is on the PATH")
    with sync_playwright() as playwright:
        browsers: list[Browser] = []

        def launches(*switches: str) -> Browser:
            browsers.append(playwright.chromium.launch(executable_path=path, args=list(switches)))
            return browsers[-1]

        yield launches
        for browser in browsers:
            browser.close()


@pytest.fixture(scope="session")
def chromium(launches: Callable[..., Browser]) -> Browser:
    return launches()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with served(tmp_path) as site:
        yield site


@pytest.fixture
def enrols(site: Site) -> Callable[[str], Person]:
    """Enrol somebody, without a window."""

    def enrols(name: str) -> Person:
        return Person(name, site.bank, PlainBrowser(site.app.test_client())).is_enrolled()

    return enrols


@pytest.fixture
def alice(enrols: Callable[[str], Person]) -> Person:
    return enrols("Alice")


@pytest.fixture
def context(chromium: Browser, site: Site, alice: Person) -> Iterator[BrowserContext]:
    """Alice's browser: it has her cookies."""
    context = chromium.new_context(locale="en-US", timezone_id="Europe/Prague", reduced_motion="reduce")
    enters(context, alice, site)
    yield context
    context.close()


@pytest.fixture
def opens_window(context: BrowserContext, site: Site) -> Iterator[Callable[[], Window]]:
    """Open windows of Alice's browser. None of them may have had to complain in the end."""
    windows: list[Window] = []

    def opens_window() -> Window:
        windows.append(Window(context.new_page(), site))
        return windows[-1]

    yield opens_window
    assert [window.complaints for window in windows] == [[] for _ in windows]


@pytest.fixture
def window(opens_window: Callable[[], Window]) -> Window:
    """A window in which time stands still."""
    return opens_window().stops_time()
