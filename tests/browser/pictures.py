"""Draws the PNG icons from the SVG ones, and takes the screenshots of manifest and docs: `make screenshots`.

All are committed: browsers take theirs from the site, and nothing draws at run time.
"""

import shutil
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import NAMES
from tests.browser.site import Site, served
from tests.browser.tour import take_pictures
from tests.browser.window import enters
from tests.support.browser import Browser as PlainBrowser
from tests.support.people import Person

COLOURS: Final = 64
STATIC: Final = Path(__file__).parents[2] / "static"
ICONS: Final = {
    "assent-192": ("assent", 192),
    "assent-512": ("assent", 512),
    "assent-maskable-192": ("assent-maskable", 192),
    "assent-maskable-512": ("assent-maskable", 512),
    "assent-monochrome-512": ("assent-monochrome", 512),
    "assent-180": ("assent-maskable", 180),
}
"""Name → SVG file and side in pixels. The last is Apple's: it has to be opaque, and is rounded there."""
VIEWS: Final = {"narrow": (360, 640, 2), "wide": (1280, 800, 1)}
"""Form factor → width and height in CSS pixels, and how many pixels each of them has."""


def main() -> None:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise SystemExit(f"none of {', '.join(NAMES)} is on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        draw_icons(browser)
        with tempfile.TemporaryDirectory() as directory, served(Path(directory)) as site:
            take_screenshots(browser, site)
        with tempfile.TemporaryDirectory() as directory, served(Path(directory)) as site:
            take_pictures(browser, site)
        browser.close()


def draw_icons(browser: Browser) -> None:
    for name, (source, side) in ICONS.items():
        svg = (STATIC / f"icons/{source}.svg").read_text(encoding="utf-8")
        sized = svg.replace("<svg ", f'<svg style="display: block" width="{side}" height="{side}" ', 1)
        page = browser.new_page(viewport={"width": side, "height": side})
        page.set_content(f'<body style="margin: 0">{sized}')
        save(page.screenshot(omit_background=True), STATIC / f"icons/{name}.png")
        page.close()


def take_screenshots(browser: Browser, site: Site) -> None:
    alice = Person("Alice", site.bank, PlainBrowser(site.app.test_client())).is_enrolled()
    for template in ("login", "limit", "payment"):
        operation = site.bank.offers("Alice", template)
    for name, (width, height, scale) in VIEWS.items():
        context = browser.new_context(
            viewport={"width": width, "height": height}, device_scale_factor=scale, locale="en-US"
        )
        enters(context, alice, site)
        # As in the app, where nobody is told to install it.
        context.add_cookies([{"name": "hint", "value": "off", "url": site.address}])
        for view, address in (("list", "/operations"), ("operation", f"/operations/{operation}")):
            shot = shoot(context.new_page(), site.address + address)
            save(shot, STATIC / f"screenshots/{view}-{name}.png", COLOURS)
        context.close()


def shoot(page: Page, address: str) -> bytes:
    """What stands at the top of the page, in the fonts of this machine."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return page.screenshot()


def save(png: bytes, path: Path, colours: int | None = None) -> None:
    """Write it as small as it gets; a page is flat and looks the same with few colours."""
    picture = Image.open(BytesIO(png))
    if colours:
        picture = picture.convert("RGB").quantize(colours, dither=Image.Dither.NONE)
    path.parent.mkdir(exist_ok=True)
    picture.save(path, optimize=True)


if __name__ == "__main__":
    main()
