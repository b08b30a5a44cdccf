"""Room for everybody: pages that reflow, text that may be set wider, and buttons that a hand hits.

German has the longest words of our languages.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from playwright.sync_api import Browser

from tests.browser.site import HOST, Site, served
from tests.browser.states import POLICY, STATES, Visit

TARGET = 44
NARROW = {"width": 320, "height": 256}
"""A screen of 1280 by 1024 pixels at 400 %."""
SPACED = """
    () => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important } p { margin-block-end: 2em !important }`);
      document.adoptedStyleSheets = [sheet];
    }
"""
"""Source: WCAG 2.2, 1.4.12 Text Spacing."""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT_OFF = """
    () => [...document.querySelectorAll("body *")].filter((one) => {
      const { overflow, overflowX, overflowY, clipPath } = getComputedStyle(one);
      const cuts = [overflow, overflowX, overflowY].some((how) => how === "hidden" || how === "clip");
      const isSeen = one.getClientRects().length && one.clientWidth > 1 && clipPath === "none";
      const isMore = one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1;
      return cuts && isSeen && isMore;
    }).map((one) => one.outerHTML.slice(0, 200))
"""
SMALL = f"""
    () => [...document.querySelectorAll("main :is(.button, input:not([type=hidden]), select, textarea)")]
      .filter((one) => one.getClientRects().length && !one.closest(".visually-hidden"))
      .map((one) => [one.closest("label") ?? one, one.outerHTML.slice(0, 200)])
      .map(([one, html]) => [one.getBoundingClientRect(), html])
      .filter(([{{ width, height }}]) => Math.min(width, height) < {TARGET} - 0.5)
      .map(([{{ width, height }}, html]) => `${{width}} x ${{height}}: ${{html}}`)
"""
numbers = count()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("room"), policy=POLICY) as site:
        yield replace(site, address=site.address.replace(HOST, "localhost"))


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Visit]:
    context = chromium.new_context(locale="de", viewport=NARROW, reduced_motion="reduce")
    yield Visit(context.new_page(), site, f"P{next(numbers)}")
    context.close()


@pytest.mark.parametrize("state", STATES)
def test_everything_has_room(visit: Visit, state: str):
    STATES[state](visit)
    page = visit.page
    assert page.evaluate(TOO_WIDE) == 0, "nobody scrolls in two directions"
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate(SMALL) == []
    page.evaluate(SPACED)
    assert page.evaluate(TOO_WIDE) == 0, "with more space between letters"
    assert page.evaluate(CUT_OFF) == []


def test_what_has_no_room_is_noticed(visit: Visit):
    visit.opens("/activation/new")
    visit.page.evaluate("() => document.querySelector('h1').append('W'.repeat(200))")
    visit.page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("h1 { overflow-wrap: normal !important; hyphens: none !important }"
            + ".button { min-block-size: 0 !important; padding: 0 !important }"
            + ".lede, .hint { block-size: .5rem; overflow: hidden }");
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    assert visit.page.evaluate(TOO_WIDE) > 0
    assert visit.page.evaluate(CUT_OFF)
    assert visit.page.evaluate(SMALL)
