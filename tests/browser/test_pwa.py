"""The site as an app in a browser: what it keeps, what it shows when nobody answers, and what it may run."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from shutil import which
from socket import SHUT_RDWR
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import NAMES
from tests.browser.site import Site, served
from tests.browser.window import Window
from tests.support.people import Person
from tests.support.plain import Plain
from tests.web.conftest import ROOT
from webapp.sandbox.qr import proximity_link
from webapp.web.install import install

UNREACHABLE = "This site cannot be reached"
ELSEWHERE = "http://elsewhere.example/"
_IS_READY = "() => navigator.serviceWorker.ready.then(({ scope }) => scope)"
_IS_REGISTERED = "() => navigator.serviceWorker.getRegistration().then((found) => Boolean(found))"
_KEPT = """
    async () => {
      const found = [];
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
          const answer = await cache.match(request);
          const headers = JSON.stringify([...answer.headers]);
          found.push([request.url, headers, await answer.text()]);
        }
      }
      return found;
    }
"""
_NOTES_BADGES = """
    window.badges = [];
    Navigator.prototype.setAppBadge = async (count) => window.badges.push(Number(count));
"""
_ANOTHER_SITES_FORM = """
    <form method="post" enctype="multipart/form-data" action="{address}/scan/shared">
      <input type="hidden" name="text" value="{text}"><button>Share</button>
    </form>
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site with its worker."""
    with served(tmp_path, service_worker=True) as site:
        yield site


@pytest.fixture
def visits(context: BrowserContext, site: Site) -> Callable[..., Page]:
    """Open a page in Alice's browser and wait until the worker has all that it keeps."""

    def visits(path: str = "/activation/forget") -> Page:
        page = context.new_page()
        page.goto(site.address + path)
        assert page.evaluate(_IS_READY) == f"{site.address}/"
        return page

    return visits


@contextmanager
def instead_of(site: Site, app: Any) -> Iterator[None]:
    """Another WSGI app at the same address."""
    before, site.server.app = site.server.app, app
    yield
    site.server.app = before


def silence(environ: dict[str, Any], _start_response: object) -> list[bytes]:
    """A server that breaks every connection."""
    environ["werkzeug.socket"].shutdown(SHUT_RDWR)
    raise ConnectionAbortedError


def app_with(**settings: Any) -> Flask:
    """The pages alone: a deployment of other settings."""
    app = Flask("webapp", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    install(app, Plain(demo=True, **settings))
    return app


def names_of_caches(page: Page) -> list[str]:
    return page.evaluate("() => caches.keys()")


def waits_until(page: Page, question: str, answer: object) -> None:
    """Ask again until the browser says so: workers come and go in their own time."""
    for _ in range(100):
        if page.evaluate(question) == answer:
            return
        page.wait_for_timeout(100)
    assert page.evaluate(question) == answer


def test_a_browser_would_install_it(chromium, site, tmp_path):
    path = next(filter(None, map(which, NAMES)))
    # A profile of its own: what a test opens otherwise is private, and nothing is installed from there.
    context = chromium.browser_type.launch_persistent_context(tmp_path / "profile", executable_path=path)
    page = context.new_page()
    page.goto(f"{site.address}/")
    devtools = context.new_cdp_session(page)
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["url"] == f"{site.address}/manifest.webmanifest"
    assert manifest["errors"] == []
    assert devtools.send("Page.getInstallabilityErrors") == {"installabilityErrors": []}
    assert devtools.send("Page.getAppId")["appId"] == f"{site.address}/"
    page.goto(f"{site.address}/sw.js")
    (error,) = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert error["errorId"] == "no-manifest", "the browser does look"
    context.close()


def test_who_is_offline_reads_so_at_any_address(visits, site):
    page = visits()
    site.goes_down()
    for path in ("/operations", "/operations/1?x=y", "/nowhere"):
        page.goto(site.address + path)
        expect(page.locator("h1")).to_have_text(UNREACHABLE)
        assert page.url == site.address + path
    paper = "getComputedStyle(document.documentElement).getPropertyValue('--paper')"
    assert page.evaluate(paper), "the style is there too"


def test_trying_again_leads_to_what_was_asked_for(visits, site):
    page = visits()
    with instead_of(site, silence):
        page.goto(f"{site.address}/activation/forget?from=x")
        page.get_by_role("link", name="Try again").click()
        expect(page.locator("h1")).to_have_text(UNREACHABLE)
    page.get_by_role("link", name="Try again").click()
    expect(page.locator("h1")).to_have_text("Forget this browser?")
    assert page.url == f"{site.address}/activation/forget?from=x"


def test_a_form_that_is_lost_does_not_look_like_being_offline(visits, site):
    page = visits()
    refused = []
    page.on("requestfailed", lambda request: refused.append((request.method, request.failure)))
    site.goes_down()
    page.get_by_role("button", name="Forget this browser").click()
    # Not wait_for_url: it fails when the lost navigation ends while it waits.
    expect(page).to_have_url(re.compile("^chrome-error://"))
    assert refused == [("POST", "net::ERR_CONNECTION_REFUSED")]
    expect(page.get_by_text(UNREACHABLE)).to_have_count(0)


def test_a_form_that_arrived_is_not_denied_when_its_answer_is_lost(visits, site):
    def takes_the_form_only(environ, start_response):
        if environ["REQUEST_METHOD"] == "GET":
            return silence(environ, start_response)
        start_response("303 See Other", [("Location", "/operations")])
        return [b""]

    page = visits()
    with instead_of(site, takes_the_form_only):
        page.get_by_role("button", name="Forget this browser").click()
        expect(page.locator("h1")).to_have_text(UNREACHABLE)
    expect(page.get_by_text("it is not certain whether that happened")).to_be_visible()


def test_what_a_page_asks_for_by_itself_fails_plainly(visits, site):
    page = visits()
    page.reload()
    site.goes_down()
    fetched = "(path) => fetch(path).then((answer) => answer.status, () => 'failed')"
    for path in ("/operations/fresh", "/offline-page", "/manifest.webmanifest", "/static/css/sandbox.css"):
        assert page.evaluate(fetched, path) == "failed"


def test_navigations_do_not_wait_for_the_worker(visits):
    page = visits()
    state = page.evaluate(
        "() => navigator.serviceWorker.ready.then((one) => one.navigationPreload.getState())"
    )
    assert state["enabled"]


def test_a_link_on_another_site_arrives_all_the_same(visits, site):
    page = visits()
    link = f'<a href="{site.address}/operations">Look</a>'
    page.route(ELSEWHERE, lambda route: route.fulfill(body=link, content_type="text/html"))
    page.goto(ELSEWHERE)
    page.get_by_role("link", name="Look").click()
    expect(page.locator("h1")).to_have_text("Waiting for you")


def test_what_another_site_hands_over_is_asked_about_and_ends_no_session(visits, site):
    operation_id = site.bank.offers("Alice", "login_nearby")
    link = proximity_link(operation_id, str(site.bank.operation(operation_id)["proximityOtp"]))
    form = _ANOTHER_SITES_FORM.format(address=site.address, text=escape(link))
    page = visits()
    before = page.context.cookies()
    page.route(ELSEWHERE, lambda route: route.fulfill(body=form, content_type="text/html"))
    page.goto(ELSEWHERE)
    page.get_by_role("button", name="Share").click()
    expect(page.locator("h1")).to_have_text("Go on with this code?")
    assert page.context.cookies() == before
    for heading in ("Go on with this code?", "Open this operation?"):
        page.get_by_role("button", name="Go on").click()
        page.wait_for_load_state()
        expect(page.locator("h1")).to_have_text(heading)
    page.get_by_role("link", name="Open the operation").click()
    expect(page.locator("h1")).to_contain_text("Sign in")


def test_after_a_whole_story_nothing_private_is_kept(visits, site, alice: Person):
    payment = site.bank.offers("Alice", "payment")
    page = visits("/operations/" + payment)
    csrf_token = page.locator("[name=csrf_token]").first.input_value()
    for path in ("/operations", "/history", "/scan", "/activation/forget", f"/operations/{payment}"):
        page.goto(site.address + path)
    page.get_by_label("Your PIN").fill(alice.pin)
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("h1")).to_have_text("Approved")
    page.goto(f"{site.address}/operations")
    kept = page.evaluate(_KEPT)
    paths = sorted(url.removeprefix(site.address) for url, _, _ in kept)
    assert "/offline-page" in paths
    for path in paths:
        assert path == "/offline-page" or re.fullmatch(
            r"/static/(css|js|icons)/[\w.-]+\?v=[0-9a-f]{12}", path
        )
    everything = "\n".join("\n".join(one) for one in kept)
    assert UNREACHABLE in everything
    private = ("Hausverwaltung", "DE8937040044053", "2,450.50", "2450.50", payment, "Alice", csrf_token)
    cookies = [cookie["value"] for cookie in page.context.cookies()]
    for secret in (*private, alice.activation_id, *cookies):
        assert secret not in everything
    assert "set-cookie" not in everything.lower()


def test_the_operators_switch_removes_worker_and_files(visits, site):
    page = visits()
    assert page.evaluate(_IS_REGISTERED)
    assert names_of_caches(page)
    with instead_of(site, app_with(service_worker=False)):
        page.goto(f"{site.address}/")
        waits_until(page, _IS_REGISTERED, answer=False)
        waits_until(page, "() => caches.keys()", answer=[])
        page.goto(f"{site.address}/activation/new")
        page.wait_for_timeout(300)
        assert not page.evaluate(_IS_REGISTERED), "no page brings it back"


def test_without_the_worker_there_is_none(context, tmp_path_factory):
    with served(tmp_path_factory.mktemp("off"), service_worker=False) as site:
        page = context.new_page()
        page.goto(f"{site.address}/activation/new")
        page.wait_for_load_state("networkidle")
        assert not page.evaluate(_IS_REGISTERED)
        assert names_of_caches(page) == []


def test_a_newer_worker_tidies_up_after_the_older(visits, site):
    page = visits()
    (older,) = names_of_caches(page)
    with instead_of(site, app_with(application_name="Newer")):
        page.goto(f"{site.address}/")
        waits_until(page, f"() => caches.keys().then((names) => !names.includes('{older}'))", answer=True)
        assert len(names_of_caches(page)) == 1
    site.goes_down()
    page.goto(f"{site.address}/")
    expect(page).to_have_title(f"{UNREACHABLE} – Newer")


def test_the_badge_says_how_many_wait(context, site, opens_window: Callable[[], Window]):
    context.add_init_script(_NOTES_BADGES)
    payment = site.bank.offers("Alice", "payment")
    window = opens_window().stops_time().opens()
    badges = "() => window.badges"
    assert window.page.evaluate(badges) == [1]
    site.bank.offers("Alice", "login")
    window.looks_again()
    assert window.page.evaluate(badges)[-1] == 2
    site.bank.cancels(payment)
    window.looks_again()
    assert window.page.evaluate(badges)[-1] == 1


def test_the_badge_goes_with_the_last_operation_and_with_the_browser(context, site, opens_window):
    context.add_init_script(_NOTES_BADGES)
    window = opens_window().opens()
    assert window.page.evaluate("() => window.badges") == [0]
    window.opens("/activation/forget")
    assert window.page.evaluate("() => window.badges") == []
    window.page.get_by_role("button", name="Forget this browser").click()
    expect(window.heading).to_contain_text("Approve your bank")
    assert window.page.evaluate("() => window.badges") == [0]


def test_a_badge_that_is_refused_is_no_error(context, site, opens_window):
    context.add_init_script("Navigator.prototype.setAppBadge = async () => { throw new Error('no'); };")
    window = opens_window().opens()
    window.opens("/activation/new")
    expect(window.heading).to_be_visible()


PAGES = {"/activation/forget": "page-unread-bind.js", "/operations": "fresh.js", "/scan": "scan.js"}


@pytest.mark.parametrize("path", PAGES)
def test_a_script_that_was_changed_on_its_way_does_not_run(context, site, path):
    script = PAGES[path]
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    context.route(f"**/js/{script}?*", lambda route: changed(route, route.fetch().text()))
    page.goto(site.address + path)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("() => window.mark") is None
    assert any(script in text and "integrity" in text for text in said), said


def changed(route, content: str) -> None:
    route.fulfill(body=f"{content}\nwindow.mark = true;", content_type="text/javascript")


@pytest.mark.parametrize("path", PAGES)
def test_the_policy_lets_nothing_else_in(context, site, path):
    page = context.new_page()
    page.goto(site.address + path)
    tried = page.evaluate(
        """
        async () => {
          const attempts = {
            markup: () => (document.body.innerHTML = "<b>x</b>"),
            worker: () => navigator.serviceWorker.register("/sw.js"),
            policy: () => trustedTypes.createPolicy("mine", {}),
            script: () => (document.createElement("script").src = "/static/js/page.js"),
          };
          const found = {};
          for (const [name, attempt] of Object.entries(attempts)) {
            try {
              await attempt();
              found[name] = "done";
            } catch (error) {
              found[name] = error.name;
            }
          }
          return found;
        }
        """
    )
    assert tried == {
        "markup": "TypeError",
        "worker": "TypeError",
        "policy": "TypeError",
        "script": "TypeError",
    }


def test_the_pages_of_a_story_complain_about_nothing(site, alice: Person, opens_window):
    payment = site.bank.offers("Alice", "payment")
    window = opens_window()
    for path in (
        "/operations",
        f"/operations/{payment}",
        f"/operations/{payment}/reject",
        "/history",
        "/scan",
    ):
        window.opens(path)
        window.page.wait_for_load_state("networkidle")
    assert window.page.evaluate(_IS_REGISTERED)


def test_the_hint_goes_for_good(chromium, site):
    with chromium.new_context(locale="en-US") as context:
        page = context.new_page()
        page.goto(f"{site.address}/")
        page.get_by_text("Install this site as an app").click()
        expect(page.get_by_text("enrol inside the app")).to_be_visible()
        page.get_by_role("button", name="Do not show this again").click()
        expect(page.locator("h1")).to_contain_text("Approve your bank")
        expect(page.get_by_text("Install this site as an app")).to_have_count(0)
        (hint,) = (cookie for cookie in context.cookies() if cookie["name"] == "hint")
        assert (hint["value"], hint["httpOnly"], hint["sameSite"]) == ("off", True, "Lax")
