"""What pages weigh: the phone is old, and the line is slow. Kilobytes are of 1000 bytes."""

import gzip
import re
from pathlib import Path

import pytest

from tests.support.bank import Bank
from tests.support.bound import BoundBrowser
from tests.support.clock import ManualClock
from tests.support.pages import script_of
from tests.support.people import Person
from tests.support.site import BACKEND_URL, make_settings
from tests.support.wire import Wire
from webapp.app import create_app
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend
from webapp.sandbox.transport import InMemoryTransport

ROOT = Path(__file__).parents[2]
STYLE = ROOT / "static/css/app.css"
PAGE = 14_000
STYLESHEET = 8_000
STYLESHEET_LINES = 500
SCRIPT = 3_000
SCAN_PAGE = 20_000
LANGUAGES = ("en", "uk", "ar")
"""The shortest, and two whose letters take two bytes."""


@pytest.fixture
def world(tmp_path, database_url):
    """A bank, and somebody enrolled who reads some language, in a browser with a key of its own."""
    clock = ManualClock()
    with Backend(tmp_path / "sandbox.sqlite", clock=clock, random=system_random) as sandbox:
        wire = Wire(InMemoryTransport(sandbox, BACKEND_URL))
        settings = make_settings(tmp_path, sandbox.sdk_configuration(), database_url=database_url)
        site = create_app(settings, transport=wire, clock=clock)
        bank = Bank(sandbox.admin)
        alice = Person("Alice", bank, BoundBrowser(site.test_client())).is_enrolled()
        yield bank, wire, alice
        site.extensions["assent"].custody.close()


def weight(page) -> int:
    assert page.status == 200, page.text
    return len(page.response.data)


def fetched(page, pattern: str) -> int:
    """What travels for all files of a page whose addresses look like this."""
    addresses = re.findall(pattern, re.sub("<template>.*?</template>", "", page.html))
    assert addresses, pattern
    total = 0
    for address in addresses:
        with page.browser.client.get(address, headers={"Accept-Encoding": "gzip"}) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            total += len(answer.data)
    return total


def script(page) -> int:
    return fetched(page, r'<script [^>]*src="([^"]+)"')


def style(page) -> int:
    return fetched(page, r'<link rel="stylesheet" href="([^"]+)"')


@pytest.mark.parametrize("language", LANGUAGES)
def test_list_detail_and_result_are_light(world, language):
    bank, wire, alice = world
    for template in ("login", "consent", "payment_invoice", "payment_conversion"):
        bank.offers("Alice", template)
    payment = bank.offers("Alice", "payment")

    def has_six_attributes(operation):
        attributes = operation["formData"]["attributes"]
        more = {"type": "KEY_VALUE", "id": "more", "label": "Reference", "value": "RF18 5390 0754 7034"}
        while operation["id"] == payment and len(attributes) < 6:
            attributes.append(more)

    wire.tells_otherwise(has_six_attributes)
    alice.browser.headers["Accept-Language"] = language
    listed = alice.opens()
    assert listed.html.count('class="operation"') == 5
    assert weight(listed) < PAGE
    assert script(listed) < SCRIPT
    assert style(listed) < STYLESHEET
    detail = alice.opens_operation(payment)
    assert detail.html.count("<dt>") + detail.html.count("<h2>") == 6
    assert weight(detail) < PAGE
    assert "-prove" in detail.html
    assert script(detail) < SCRIPT
    detail.submits(detail.buttons[0], pin=alice.pin)
    assert bank.status(payment) == "APPROVED"
    result = alice.opens(f"/operations/{payment}/result")
    assert weight(result) < PAGE
    assert script(result) < SCRIPT


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_scan_page_is_light_with_all_that_it_loads(world, language):
    _, _, alice = world
    alice.browser.headers["Accept-Language"] = language
    page = alice.opens("/scan")
    assert weight(page) + style(page) + script(page) < SCAN_PAGE


@pytest.mark.parametrize(
    "name",
    ["page-unread", "page-unread-prove", "page-unread-prove-near", "page-unread-redirect", "fresh", "scan"],
)
def test_a_script_is_small_whatever_the_browser_has(name):
    """With a key of its own, a passkey, or a way on after the result."""
    assert len(gzip.compress(script_of(name).encode())) < SCRIPT


def test_no_page_has_much_more_script_than_that():
    for name in ("page-unread-local-prove-make", "page-unread-bind-make", "page-unread-wait-slider-prove"):
        assert len(gzip.compress(script_of(name).encode())) < 4_500
    assert len(gzip.compress(script_of("sign").encode())) < 2_000, "comes when a hand comes near"


def test_the_stylesheet_is_small():
    css = STYLE.read_bytes()
    assert len(gzip.compress(css)) < STYLESHEET
    assert css.count(b"\n") <= STYLESHEET_LINES


PHYSICAL = re.compile(
    r"""(?<![\w-])(?:
        (?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right|top|bottom)
        | left | right | top | bottom | (?:min-|max-)?(?:width|height)
        | border-(?:top|bottom)-(?:left|right)-radius
    )[\w-]*\s*: | (?:text-align|float|clear)\s*:\s*(?:left|right)""",
    re.VERBOSE,
)


@pytest.mark.parametrize("path", sorted(STYLE.parent.glob("*.css")), ids=lambda path: path.name)
def test_styles_know_no_left_and_no_right(path):
    assert not PHYSICAL.findall(path.read_text(encoding="utf-8").replace("(max-width", ""))


def test_what_is_looked_for_in_styles_is_found():
    for line in (
        "margin-left: 0",
        "text-align: right",
        "float:left",
        "width: 1rem",
        "border-top-left-radius: 0",
    ):
        assert PHYSICAL.search(f"a {{ {line}; }}"), line
    for line in ("margin-inline-start: 0", "text-align: start", "inline-size: 1rem", "border-inline-end: 0"):
        assert not PHYSICAL.search(f"a {{ {line}; }}"), line
