"""Two hands at once: of one activation only one signs at a time, in threads and in processes."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.bank import Bank
from tests.support.browser import Browser
from tests.support.people import Person
from tests.support.site import BACKEND_URL, make_settings
from webapp.app import create_app
from webapp.clock import SystemClock
from webapp.powerauth.received_headers import parse_header
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend
from webapp.sandbox.transport import InMemoryTransport

FORM = dict[str, str]


def same_browser(site, cookies: FORM) -> Browser:
    """Another tab of the browser that has these cookies."""
    client = site.test_client()
    for name, value in cookies.items():
        client.set_cookie(name, value)
    return Browser(client)


def cookies_of(person: Person) -> FORM:
    names = ("__Host-sid", "__Host-key")
    return {name: person.browser.cookie(name) or "" for name in names}


def test_two_tabs_approve_the_same_payment_at_once(alice: Person, bank, site, wire):
    payment = bank.offers("Alice", "payment")
    forms = [alice.opens_operation(payment).fills("Approve", pin=alice.pin) for _ in range(2)]
    cookies = cookies_of(alice)
    with ThreadPoolExecutor(2) as pool:
        pages = list(
            pool.map(lambda form: same_browser(site, cookies).posts(form.action, form.values), forms)
        )
    assert [page.heading for page in pages] == ["Approved", "Approved"]
    assert len(wire.sent("/operation/authorize")) == 1
    assert bank.status(payment) == "APPROVED"


def test_many_payments_at_once_are_each_signed_once_and_none_fails(alice: Person, bank, site, wire):
    payments = [bank.offers("Alice", "payment") for _ in range(12)]
    forms = [alice.opens_operation(payment).fills("Approve", pin=alice.pin) for payment in payments]
    cookies = cookies_of(alice)
    with ThreadPoolExecutor(6) as pool:
        pages = list(
            pool.map(lambda form: same_browser(site, cookies).posts(form.action, form.values), forms)
        )
    assert [page.heading for page in pages] == ["Approved"] * 12
    assert {bank.status(payment) for payment in payments} == {"APPROVED"}
    assert alice.failed_attempts == 0
    signed = [
        parse_header(request.headers["X-PowerAuth-Authorization"])["pa_signature"]
        for request in wire.sent("/operation/authorize")
    ]
    assert len(set(signed)) == len(signed) == 12


def approve_in_a_process(directory: Path, database_url: str, cookies: FORM, action: str, values: FORM) -> str:
    """What a second worker does: its own site and its own way to the same bank and database."""
    with Backend(directory / "sandbox.sqlite", clock=SystemClock(), random=system_random) as backend:
        settings = make_settings(directory, backend.sdk_configuration(), database_url=database_url)
        site = create_app(settings, transport=InMemoryTransport(backend, BACKEND_URL))
        heading = same_browser(site, cookies).posts(action, values).heading
        site.extensions["assent"].custody.close()
        return heading


def test_two_processes_approve_at_once(tmp_path: Path, database_url: str):
    with Backend(tmp_path / "sandbox.sqlite", clock=SystemClock(), random=system_random) as backend:
        settings = make_settings(tmp_path, backend.sdk_configuration(), database_url=database_url)
        site = create_app(settings, transport=InMemoryTransport(backend, BACKEND_URL))
        bank = Bank(backend.admin)
        alice = Person("Alice", bank, Browser(site.test_client())).is_enrolled()
        same = bank.offers("Alice", "payment")
        others = [bank.offers("Alice", "payment") for _ in range(4)]
        forms = [
            alice.opens_operation(payment).fills("Approve", pin=alice.pin)
            for payment in (same, same, *others)
        ]
        cookies = cookies_of(alice)
        work = [(tmp_path, database_url, cookies, form.action, form.values) for form in forms]
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            headings = pool.starmap(approve_in_a_process, work)
        assert headings == ["Approved"] * 6
        assert {bank.status(payment) for payment in (same, *others)} == {"APPROVED"}
        assert alice.failed_attempts == 0
        site.extensions["assent"].custody.close()
