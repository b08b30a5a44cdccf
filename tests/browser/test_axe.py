"""axe-core finds nothing to complain about, on any page, in any state: light and dark, in both directions."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.site import HOST, Site, served
from tests.browser.states import POLICY, STATES, Visit

OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
axe = Axe()
numbers = count()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for all states, with every way in; by its name, for passkeys want one."""
    with served(tmp_path_factory.mktemp("axe"), policy=POLICY) as site:
        yield replace(site, address=site.address.replace(HOST, "localhost"))


@pytest.fixture(params=["en", "ar"])
def visit(request, chromium: Browser, site: Site) -> Iterator[Visit]:
    context = chromium.new_context(
        locale=request.param, viewport={"width": 390, "height": 800}, reduced_motion="reduce"
    )
    yield Visit(context.new_page(), site, f"P{next(numbers)}")
    context.close()


@pytest.mark.parametrize("state", STATES)
def test_there_is_nothing_to_complain_about(visit: Visit, state: str):
    STATES[state](visit)
    for scheme in ("light", "dark"):
        visit.page.emulate_media(color_scheme=scheme)
        assert complaints(visit.page) == [], scheme


def test_it_would_complain(visit: Visit):
    """A page of ours that was spoiled: what is looked for is found."""
    visit.opens("/activation/new")
    visit.page.evaluate("() => document.querySelector('main label').remove()")
    visit.page.evaluate("() => document.documentElement.removeAttribute('lang')")
    found = " ".join(complaints(visit.page))
    assert "label" in found
    assert "html-has-lang" in found


def complaints(page: Page) -> list[str]:
    """The rule, what it says, and the places."""
    found = axe.run(page, options=OPTIONS).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for one in found
        for node in one["nodes"]
    ]
