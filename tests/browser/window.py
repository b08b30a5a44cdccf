"""A window of a browser that runs script, in the hands of one person."""

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response

from tests.browser.site import Site
from tests.support.people import Person

FRESH = "**/operations/fresh"
# A window without a screen is always in front, so the test says itself which one is not.
_IN_FRONT = """
    let isHidden = false;
    Object.defineProperty(Document.prototype, "hidden", { get: () => isHidden });
    window.puts = (away) => {
      isHidden = away;
      document.dispatchEvent(new Event("visibilitychange"));
    };
"""

_ANOTHER_ANSWER = """
    () => new Promise((done) => {
      const call = new XMLHttpRequest();
      call.open("GET", "/activation/forget");
      call.responseType = "document";
      call.onloadend = () => done();
      call.send();
    })
"""
_NO_COMPLAINTS = (
    "Failed to load resource",  # said of every error status; who makes one expects it
    "Unrecognized feature",  # Permissions-Policy names features that not every browser knows
)


@dataclass
class Window:
    """One tab. Where `stops_time` was called, time passes only by `passes`: here and at the bank."""

    page: Page
    site: Site
    start: str = "/operations"
    """The page that `opens` shows."""
    asked: list[Request] = field(default_factory=list)
    """The requests for a fresh list so far."""
    answers: list[Response] = field(default_factory=list)
    """What came back for them."""
    complaints: list[str] = field(default_factory=list)
    """Errors of scripts, and what the browser refused to do."""

    def __post_init__(self) -> None:
        self.page.add_init_script(_IN_FRONT)
        self.page.on("request", lambda one: self.asked.append(one) if _is_fresh(one.url) else None)
        self.page.on("response", lambda one: self.answers.append(one) if _is_fresh(one.url) else None)
        self.page.on("console", self._hears)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def stops_time(self) -> "Window":
        start = self.site.clock.now_ms() / 1000
        self.page.clock.install(time=start)
        self.page.clock.pause_at(start + 1)
        return self

    def opens(self, path: str = "") -> "Window":
        self.page.goto(self.site.address + (path or self.start))
        return self

    def passes(self, seconds: float) -> None:
        self.site.clock.advance(seconds)
        self.page.clock.run_for(round(seconds * 1000))

    def looks_again(self, after: float = 7) -> Response:
        """Let time pass, so long that the page asks once more, and take in the answer."""
        with self.page.expect_response(FRESH) as answer:
            self.passes(after)
        self.settles()
        return answer.value

    def settles(self) -> None:
        """Wait until the page has worked off an answer that is there: another of its kind comes after it."""
        self.page.evaluate(_ANOTHER_ANSWER)

    def hides(self) -> None:
        self.page.evaluate("puts(true)")

    def shows(self) -> None:
        self.page.evaluate("puts(false)")

    @property
    def heading(self) -> Locator:
        return self.page.locator("h1")

    @property
    def entries(self) -> Locator:
        """The operations in the list, and the remarks between them."""
        return self.page.locator("#waiting li")

    @property
    def said(self) -> Locator:
        """What those hear who listen to the page."""
        return self.page.get_by_role("status")

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.site.address)

    def _hears(self, message: ConsoleMessage) -> None:
        is_known = any(words in message.text for words in _NO_COMPLAINTS)
        if message.type in {"error", "warning"} and not is_known:
            self.complaints.append(message.text)


def enters(context: BrowserContext, person: Person, site: Site) -> None:
    """Give the cookies of an enrolled person to a browser."""
    context.add_cookies(
        [
            {"name": name, "value": value, "url": site.address}
            for name in ("sid", "key")
            if (value := person.browser.cookie(name))
        ]
    )


def _is_fresh(address: str) -> bool:
    return address.endswith("/operations/fresh")
