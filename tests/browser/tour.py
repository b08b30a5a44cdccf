"""A walk through the site, and a picture of each page that docs/tour.md shows, light and dark."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.site import Site
from tests.sandbox_bank.at_the_counter import text_of
from tests.support.browser import Browser as PlainBrowser

PICTURES: Final = Path(__file__).parents[2] / "docs/pictures"
COLOURS: Final = 48
PHONE: Final = {"width": 390, "height": 780}
PIN: Final = "2580"


def take_pictures(browser: Browser, site: Site) -> None:
    """Walk with a browser of its own; every stop is seen in both schemes."""
    context = browser.new_context(
        viewport=PHONE,
        device_scale_factor=1.5,
        locale="en-US",
        reduced_motion="reduce",
        base_url=site.address,
    )
    context.add_cookies([{"name": "hint", "value": "off", "url": site.address}])
    PICTURES.mkdir(exist_ok=True)
    page = context.new_page()
    for stop in walk(page, site):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_load_state("networkidle")
            page.evaluate("scrollTo(0, 0)")
            picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
            flat = picture.quantize(COLOURS, dither=Image.Dither.NONE)
            flat.save(PICTURES / f"{stop}-{scheme}.png", optimize=True)
    context.close()


def walk(page: Page, site: Site) -> Iterator[str]:
    """Alice's first day; yields the name of each page that is to be seen, while it is there."""
    yield from _enrols(page, site)
    yield from _pays(page, site)
    yield from _is_careful(page, site)
    yield from _is_offline(page, site)
    page.goto("/settings")
    yield "settings"
    page.goto("/operations")
    page.get_by_role("button", name="العربية").click()
    yield "arabic"


def _enrols(page: Page, site: Site) -> Iterator[str]:
    offer = site.bank.gives_code("Alice")
    page.goto("/activation/new")
    page.get_by_label("Activation code").fill(offer.code)
    page.get_by_label("Name of this browser").fill("Alice's laptop")
    yield "enrol"
    page.get_by_label("Choose a PIN").fill(PIN)
    page.get_by_label("The same PIN again").fill(PIN)
    page.get_by_role("button", name="Enrol").click()
    page.get_by_role("heading", level=1, name="Compare").wait_for()
    yield "compare"
    site.bank.commits(offer.activation_id)


def _pays(page: Page, site: Site) -> Iterator[str]:
    site.bank.offers("Alice", "login")
    site.bank.offers("Alice", "limit")
    payment = site.bank.offers("Alice", "payment")
    page.goto("/operations")
    yield "list"
    page.goto(f"/operations/{payment}")
    yield "operation"
    page.get_by_label("Your PIN").fill(PIN)
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("heading", level=1, name="Approved").wait_for()
    yield "approved"


def _is_careful(page: Page, site: Site) -> Iterator[str]:
    page.goto(f"/operations/{site.bank.offers('Alice', 'payment')}")
    page.get_by_role("link", name="Reject").click()
    yield "reject"


def _is_offline(page: Page, site: Site) -> Iterator[str]:
    page.goto("/scan")
    yield "scan"
    counter = PlainBrowser(site.app.test_client()).opens("/sandbox/offline/payment?user=Alice")
    text = text_of(counter.submits("Show the QR code"))
    page.get_by_label("Text of the code").fill(text)
    page.get_by_role("button", name="Read the text").click()
    page.get_by_label("Your PIN").fill(PIN)
    yield "offline"
    page.get_by_role("button", name="Show the approval code").click()
    page.get_by_role("heading", level=1, name="code").wait_for()
    yield "code"
