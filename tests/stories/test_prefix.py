"""The site below a path of somebody else's host: whole stories, in which no address leaves the prefix."""

import re
from urllib.parse import urljoin

import pytest

from tests.support.bound import BoundBrowser
from tests.support.browser import Browser
from tests.support.people import Person
from tests.support.site import make_settings
from webapp.app import create_app
from webapp.network import Hosting

PREFIX = "/approve"
ORIGIN = "https://localhost"
LOCAL = re.compile(r'(?:href|src|action|data-[a-z-]+)="(/[^"]*)"')


@pytest.fixture
def site(tmp_path, sandbox, wire, elsewhere, clock):
    settings = make_settings(tmp_path, sandbox.sdk_configuration(), hosting=Hosting(prefix=PREFIX))
    return create_app(settings, transport=wire, public_transport=elsewhere, clock=clock)


@pytest.fixture
def newcomer(site, bank) -> Person:
    return Person("Alice", bank, Browser(site.test_client(), prefix=PREFIX))


def addresses_of(browser: Browser) -> set[str]:
    return {address for page in browser.pages for address in LOCAL.findall(page.html)}


def test_a_whole_story(newcomer: Person, bank):
    alice = newcomer.is_enrolled()
    payment, consent = bank.offers("Alice", "payment"), bank.offers("Alice", "consent")
    assert alice.opens("/").path == f"{PREFIX}/operations"
    assert alice.approves(payment).heading == "Approved"
    assert alice.rejects(consent).heading == "Rejected"
    for page in ("/settings", "/settings/pin", "/scan", "/inbox", "/history", "/settings/remove"):
        assert alice.opens(page).status == 200
    assert alice.opens("/settings").follows("Forget").submits("Forget").path == f"{PREFIX}/"


def test_a_proof_is_of_the_address_with_its_prefix(site, bank):
    alice = Person("Alice", bank, BoundBrowser(site.test_client(), prefix=PREFIX)).is_enrolled()
    page = alice.opens_operation(bank.offers("Alice", "payment"))
    form = page.fills("Approve", pin=alice.pin)
    assert form.action.startswith(f"{PREFIX}/operations/")
    assert form.is_sent().heading == "Approved"


def test_every_address_on_every_page_is_there(newcomer: Person, bank):
    """Not only below the prefix, but found: each is asked for once."""
    alice = newcomer.is_enrolled()
    bank.offers("Alice", "payment")
    list_page = alice.opens()
    list_page.follows("Payment")
    for page in ("/settings", "/scan", "/inbox", "/history"):
        alice.opens(page)
    found = addresses_of(alice.browser)
    assert len(found) > 15
    for address in found:
        assert address.startswith(f"{PREFIX}/"), address
        with alice.browser.client.get(
            address.replace("&amp;", "&"), headers=alice.browser.headers, base_url=ORIGIN
        ) as response:
            assert response.status_code in {200, 303, 405}, address


def test_the_installed_site_lies_below_the_prefix(newcomer: Person):
    client = newcomer.browser.client
    manifest = client.get(f"{PREFIX}/manifest.webmanifest", base_url=ORIGIN).get_json()
    assert manifest["id"] == manifest["scope"] == manifest["start_url"] == f"{PREFIX}/"
    named = [manifest["share_target"]["action"], *(one["url"] for one in manifest["shortcuts"])]
    named += [one["src"] for one in manifest["icons"]] + [one["url"] for one in manifest["protocol_handlers"]]
    assert all(address.startswith(f"{PREFIX}/") for address in named)
    # A worker's scope is the folder it comes from, so this one never sees what else the host has.
    page = newcomer.opens("/")
    worker = re.search(r'data-worker="([^"]+)"', page.html)
    assert worker is not None
    assert urljoin(worker[1], ".") == f"{PREFIX}/"
    script = client.get(worker[1], base_url=ORIGIN).text
    kept = re.findall(r'"(/[^"]+)"', script.partition("\nconst CACHE")[0])
    assert kept
    assert all(address.startswith(f"{PREFIX}/") for address in kept)


def test_the_cookies_keep_their_prefix_and_so_their_path(newcomer: Person):
    response = newcomer.browser.client.get(f"{PREFIX}/activation/new", base_url=ORIGIN)
    (cookie,) = response.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-sid=")
    assert "Path=/;" in cookie + ";"


def test_the_prefix_alone_leads_to_the_first_page(newcomer: Person):
    response = newcomer.browser.client.get(PREFIX, base_url=ORIGIN)
    assert (response.status_code, response.location) == (303, f"{PREFIX}/")


@pytest.mark.parametrize("path", ["/", "/operations", "/approved/operations", "/static/css/app.css"])
def test_outside_of_the_prefix_there_is_nothing(site, path):
    response = site.test_client().get(path, base_url=ORIGIN)
    assert response.status_code == 404
    assert f'href="{PREFIX}/' in response.text
