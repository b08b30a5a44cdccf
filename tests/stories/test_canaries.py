"""Secrets with known values go through a whole story; then we look for them everywhere they must not be."""

import base64

from tests.support.browser import Browser
from tests.support.people import Person
from tests.support.site import make_settings
from tests.support.wire import error, html_page
from webapp.app import create_app
from webapp.flows.audit import name_of
from webapp.flows.visitor import Visitor
from webapp.powerauth.state import ActivationState

PIN = "94710385"
WRONG_PIN = "83520694"
NOTE = "canary-in-the-note"
HALF_COOKIE = "__Host-key"
METRICS_TOKEN = "a token of forty characters for metrics."


def forms(secret: bytes | str) -> list[bytes]:
    """A secret as it is, and the ways in which programs write bytes."""
    raw = secret.encode() if isinstance(secret, str) else secret
    written = [raw, raw.hex().encode(), base64.b64encode(raw), base64.urlsafe_b64encode(raw).rstrip(b"=")]
    return written if isinstance(secret, bytes) else written[:1]


def keys_of(state: ActivationState) -> dict[str, bytes]:
    return {
        "possession key": state.possession_key,
        "transport key": state.transport_key,
        "wrapped knowledge key": state.knowledge.wrapped,
        "device key": state.device_private_key,
        "counter": state.counter.value,
        **{f"token {token.name}": token.secret for token in state.tokens},
    }


def test_no_secret_leaves_its_place(tmp_path, sandbox, bank, wire, clock, log_lines):
    settings = make_settings(tmp_path, sandbox.sdk_configuration(), metrics_token=METRICS_TOKEN)
    site = create_app(settings, transport=wire, clock=clock)
    alice = Person("Alice", bank, Browser(site.test_client()), pin=PIN, wrong_pin=WRONG_PIN)
    offer = bank.gives_code("Alice")
    alice.activation_id = offer.activation_id
    alice.browser.opens("/activation/new", code=offer.code)
    arrival = len(alice.browser.pages)
    alice.enrols(offer.code, pin="12", pin_again=PIN)
    alice.enrols(offer.code)
    bank.commits(offer.activation_id)
    states = [state_of(site, alice)]
    signed = bank.operation(payment := bank.offers("Alice", "payment", note=NOTE))["data"]
    alice.opens()
    states.append(state_of(site, alice))
    alice.approves(payment, WRONG_PIN)
    alice.approves(payment)
    for fault in (html_page, error(401, "POWERAUTH_AUTH_FAIL"), error(500, "ERROR_GENERIC")):
        wire.breaks("/operation/authorize", fault)
        alice.approves(bank.offers("Alice", "payment", note=NOTE))
        wire.is_mended()
    alice.opens_operation(payment).browser.opens("/nowhere")
    alice.rejects(bank.offers("Alice", "payment", note=NOTE))
    states.append(state_of(site, alice))

    half = alice.browser.cookie(HALF_COOKIE) or ""
    secrets: dict[str, bytes | str] = {
        "PIN": PIN,
        "wrong PIN": WRONG_PIN,
        "activation code": offer.code,
        "half": half,
        "operation data": signed,
        "note": NOTE,
        "metrics token": METRICS_TOKEN,
        "server key": settings.server_keys.current.secret,
        "secret key": settings.secret_key,
        "application secret": settings.backend.sdk_configuration.application_secret,
    }
    for state in states:
        secrets.update(keys_of(state))

    logged = log_lines.getvalue().encode()
    assert logged.count(b"\n") > 20, "the story was logged"
    addresses, carried = (
        "\n".join(one.url for one in those).encode()
        for those in (alice.browser.pages[arrival:], wire.requests)
    )
    shown = "\n".join(
        repr(value)
        for value in (
            *states,
            settings,
            wire.requests,
            site.extensions["assent"],
            alice.browser.pages[-1].url,
        )
    ).encode()
    watched = what_machines_are_told(site)
    told = repr(site.extensions["assent"].audit.read(name_of(alice.activation_id))).encode()
    assert payment.encode() in told
    added = "\n".join(
        request.headers.get(name, "")
        for request in wire.requests
        for name in ("X-Correlation-ID", "X-Forwarded-For", "User-Agent")
    ).encode()
    database = b"".join(path.read_bytes() for path in tmp_path.glob("assent.sqlite*"))
    pages = [page for page in alice.browser.pages if page.status >= 400]
    errors = "\n".join(page.html for page in pages if "/operations/" not in page.url).encode()
    assert pages

    for name, secret in secrets.items():
        for written in forms(secret):
            assert written not in logged, f"{name} is in the log"
            assert written not in addresses, f"{name} is in an address"
            assert written not in carried, f"{name} is in an address of the backend"
            assert written not in shown, f"{name} is in a repr"
            assert written not in database, f"{name} is in the database"
            assert written not in watched, f"{name} is in what machines are told"
            assert written not in told, f"{name} is in the audit trail"
            assert written not in added, f"{name} is in a header about the visitor"
            if name != "activation code":
                assert written not in errors, f"{name} is on an error page"
    for page in alice.browser.pages:
        assert PIN not in page.html
        assert WRONG_PIN not in page.html
        assert signed not in page.html, "what is signed is not shown as such"


def what_machines_are_told(site) -> bytes:
    numbers = site.test_client().get("/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"}).data
    assert b"assent_acts_total" in numbers
    return numbers + site.test_client().get("/readyz").data


def state_of(site, person: Person) -> ActivationState:
    """The activation as custody opens it with this browser's cookies."""
    with site.test_request_context(
        "/",
        headers={"Cookie": f"__Host-sid={person.browser.cookie('__Host-sid')}"},
        base_url="https://localhost",
    ):
        from flask import session  # noqa: PLC0415 - bound to this request

        visitor = Visitor(session["sid"], person.browser.cookie(HALF_COOKIE), "en")
    return site.extensions["assent"].custody.open(visitor.sid, visitor.half).state
