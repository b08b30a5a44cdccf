"""How long the list takes to show in a telephone's Chromium: a slow processor behind a slow network."""

import shutil
import statistics
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.table import Row
from tests.browser.site import served
from tests.browser.window import enters
from tests.support.browser import Browser
from tests.support.people import Person

PART = "waits"
NAMES = ("chromium", "chromium-browser", "google-chrome")
# As the throttling of Lighthouse for mobile: 4 times slower, 150 ms there and back, 1.6 Mbit/s.
SLOWER = 4
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
SCREEN = {"width": 412, "height": 823}
_PAINTED = """() => new Promise((done) => {
  const found = () => performance.getEntriesByName("first-contentful-paint")[0];
  const look = () => found() ? done(found().startTime) : setTimeout(look, 20);
  look();
})"""


def measure(*, times: int) -> list[Row]:
    """The first contentful paint of the list of 5, with an empty cache each time."""
    name = "first view of the list, mobile preset"
    path = next(filter(None, map(shutil.which, NAMES)), None)
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only `make test-browser` needs it
    except ImportError:
        path = None
    if path is None:
        return [Row(PART, name, None, "ms", note="no Chromium here")]
    painted: list[float] = []
    with TemporaryDirectory() as folder, served(Path(folder)) as site, sync_playwright() as playwright:
        alice = Person("Alice", site.bank, Browser(site.app.test_client())).is_enrolled()
        for _ in range(5):
            site.bank.offers("Alice", "payment")
        chromium = playwright.chromium.launch(executable_path=path)
        for _ in range(times):
            context = chromium.new_context(viewport=SCREEN, device_scale_factor=2.6, is_mobile=True)
            enters(context, alice, site)
            page = context.new_page()
            protocol = context.new_cdp_session(page)
            protocol.send("Network.enable")
            protocol.send("Network.emulateNetworkConditions", NETWORK)
            protocol.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            page.goto(f"{site.address}/operations")
            painted.append(page.evaluate(_PAINTED))
            context.close()
        chromium.close()
    return [Row(PART, name, statistics.median(painted), "ms", note="first contentful paint, empty cache")]
