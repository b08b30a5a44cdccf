"""Lighthouse, on a phone's terms, over the pages that people see most, for `make lighthouse`.

It is asked of npx, which has to be there; nothing of the site or its tests needs it. Three numbers of each
page have to be 100.
"""

import json
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.browser.conftest import NAMES
from tests.browser.site import HOST, Site, served
from tests.sandbox_bank.at_the_counter import text_of
from tests.support.browser import Browser as PlainBrowser

LIGHTHOUSE: Final = "lighthouse@12"
CATEGORIES: Final = ("performance", "accessibility", "best-practices")
ATTEMPTS: Final = 3
"""It now and then misses the beginning of a page, and says so."""

PIN: Final = "925814"
HEADER: Final = "page", *CATEGORIES, "requests", "bytes"


def main() -> None:
    chromium, npx = next(filter(None, map(shutil.which, NAMES)), None), shutil.which("npx")
    if chromium is None or npx is None:
        raise SystemExit(f"needs npx, and one of {', '.join(NAMES)} on the PATH")
    with (
        tempfile.TemporaryDirectory() as directory,
        served(Path(directory)) as site,
        windows(chromium, Path(directory)) as (context, port),
    ):
        write(HEADER)
        lacking = []
        page = context.new_page()
        for name, path in pages(page, site):
            # As on a first visit, but for the cookies.
            session = context.new_cdp_session(page)
            session.send("Network.clearBrowserCache")
            session.detach()
            lacking += complaints(name, report(npx, site.address + path, port))
    if lacking:
        raise SystemExit("not every number is 100")


@contextmanager
def windows(chromium: str, directory: Path) -> Iterator[tuple[BrowserContext, int]]:
    """A browser whose windows are seen at a port; all of them are those of one person."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(directory / "profile"),
            executable_path=chromium,
            args=[f"--remote-debugging-port={port}"],
            locale="en-US",
        )
        yield context, port
        context.close()


def pages(page: Page, site: Site) -> Iterator[tuple[str, str]]:
    """Names and paths of the pages to look at, each at its time.

    The browser is enrolled, operations arrive, and an approval code is asked for on the way.
    """
    offer = site.bank.gives_code("Alice")
    yield "enrol", f"/activation/new?code={offer.code}"
    page.goto(f"{site.address}/activation/new?code={offer.code}")
    page.get_by_label("name").fill("Alice's phone")
    page.get_by_label("Choose a PIN").fill(PIN)
    page.get_by_label("The same PIN again").fill(PIN)
    page.get_by_role("button", name="Enrol").click()
    page.wait_for_url("**/activation")
    site.bank.commits(offer.activation_id)
    operation = [site.bank.offers("Alice", kind) for kind in ("login", "limit", "payment")][-1]
    desk = PlainBrowser(site.app.test_client()).opens("/sandbox/offline/payment?user=Alice")
    text = text_of(desk.submits("Show the QR code", browser=offer.activation_id))
    page.goto(f"{site.address}/scan")
    page.get_by_label("Text of the code").fill(text)
    page.get_by_role("button", name="Read the text").click()
    page.get_by_label("Your PIN").fill(PIN)
    page.get_by_role("button", name="Show the approval code").click()
    page.get_by_role("heading", name="Your approval code").wait_for()
    yield "list", "/operations"
    yield "detail", f"/operations/{operation}"
    yield "scan", "/scan"
    yield "code", page.url.removeprefix(site.address)


def report(npx: str, address: str, port: int) -> Any:
    """What Lighthouse says about this page."""
    command = [
        *(npx, "--yes", LIGHTHOUSE, address, f"--port={port}", "--disable-storage-reset", "--quiet"),
        *("--output=json", f"--only-categories={','.join(CATEGORIES)}"),
    ]
    for _ in range(ATTEMPTS):
        done = subprocess.run(command, capture_output=True, check=False, timeout=180)
        if done.returncode == 0:
            break
    else:
        raise SystemExit(done.stderr.decode())
    found = json.loads(done.stdout)
    if found["finalDisplayedUrl"] != address:
        raise SystemExit(f"{address} has led to {found['finalDisplayedUrl']}")
    return found


def complaints(name: str, found: Any) -> list[str]:
    """Print the numbers of a page, and what it lacks."""
    scores = [round((found["categories"][one]["score"] or 0) * 100) for one in CATEGORIES]
    sizes = [one["transferSize"] for one in found["audits"]["network-requests"]["details"]["items"]]
    write((name, *scores, len(list(filter(None, sizes))), sum(sizes)))
    weighed = {
        reference["id"]
        for one in CATEGORIES
        for reference in found["categories"][one]["auditRefs"]
        if reference["weight"]
    }
    lacking = [
        f"  {audit['id']}: {audit['title']} {audit.get('displayValue', '')}"
        for audit in found["audits"].values()
        if audit["id"] in weighed and audit["score"] is not None and audit["score"] < 1
    ]
    if min(scores) == 100:  # a number is rounded: what it lacks then does not count
        return []
    sys.stdout.write("\n".join([*lacking, ""]))
    return lacking


def write(row: tuple[object, ...]) -> None:
    first, *others = map(str, row)
    sys.stdout.write(f"{first:8}" + "".join(f"{one:>16}" for one in others) + "\n")


if __name__ == "__main__":
    main()
