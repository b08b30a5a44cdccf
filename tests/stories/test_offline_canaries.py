"""What is scanned, typed and shown on the offline way is looked for everywhere it must not be."""

import pytest

from tests.support.desk import Desk, as_browsers_send, presses, scans, shown_code
from tests.support.people import Person
from tests.support.wire import refused
from webapp.flows.answer import Answer
from webapp.flows.audit import name_of
from webapp.flows.offline import offline_code, read_offline, sign_offline
from webapp.flows.visitor import Visitor
from webapp.web.forms import OfflineForm, carried

PIN = "94710385"
WRONG_PIN = "83520694"
NOTE = "canary in the note"


@pytest.fixture
def visitor_of(site):
    """Who a person is for the flows, as the cookies of their browser say."""

    def visitor_of(person: Person) -> Visitor:
        cookie = {"Cookie": f"__Host-sid={person.browser.cookie('__Host-sid')}"}
        with site.test_request_context("/", headers=cookie, base_url="https://localhost"):
            from flask import session  # noqa: PLC0415 - bound to this request

            return Visitor(session["sid"], person.browser.cookie("__Host-key"), "en")

    return visitor_of


def test_nothing_of_the_offline_way_is_left_behind(
    tmp_path, sandbox, bank, wire, browse, clock, log_lines, site
):
    desk = Desk(sandbox)
    alice = Person("Alice", bank, browse(), pin=PIN, wrong_pin=WRONG_PIN).is_enrolled()
    arrival = len(alice.browser.pages)
    wire.breaks("", refused)
    handed = desk.hands(alice, note=NOTE, nearby=True)
    lines = handed.text.split("\n")
    page = scans(alice, handed.text)
    presses(page, pin="12")
    wrong = shown_code(presses(page, pin=WRONG_PIN))
    filled = as_browsers_send(scans(alice, handed.text).fills("Show the approval code", pin=PIN))
    shown = filled.is_sent()
    code = shown_code(shown)
    filled.is_sent()
    tampered = scans(alice, handed.text.replace(NOTE, f"{NOTE}!"))
    malformed = scans(alice, "\n".join((*lines[:3], "A1*A1,5EUR", *lines[4:])))
    clock.advance(121)
    over = alice.opens(shown.path)

    secrets = {
        "PIN": PIN,
        "wrong PIN": WRONG_PIN,
        "code": code,
        "digits of the code": code.replace("-", ""),
        "code of the wrong PIN": wrong,
        "note": NOTE,
        "data": lines[3],
        "time-based code": lines[5],
        "nonce": lines[-2],
        "signature": lines[-1][1:],
        "operation": handed.operation_id,
    }
    logged = log_lines.getvalue()
    assert logged.count("\n") > 10, "the story was logged"
    addresses = "\n".join(page.url for page in alice.browser.pages[arrival:])
    cookies = "\n".join(
        value
        for page in alice.browser.pages[arrival:]
        for value in page.response.headers.getlist("Set-Cookie")
    )
    told = repr(site.extensions["assent"].audit.read(name_of(alice.activation_id)))
    assert handed.operation_id in told
    database = b"".join(path.read_bytes() for path in tmp_path.glob("assent.sqlite*"))
    refusals = "\n".join(page.html for page in (tampered, malformed, over))
    for name, secret in secrets.items():
        assert secret not in logged, f"{name} is in the log"
        assert secret not in addresses, f"{name} is in an address"
        assert secret not in cookies, f"{name} is in a cookie"
        assert secret.encode() not in database, f"{name} is in the database"
        assert secret not in refusals, f"{name} is on a page that refuses"
        assert name == "operation" or secret not in told, f"{name} is in the audit trail"
    for page in alice.browser.pages:
        assert PIN not in page.html
        assert WRONG_PIN not in page.html


def test_no_value_on_the_way_shows_what_it_holds(alice: Person, sandbox, site, visitor_of):
    services, visitor = site.extensions["assent"], visitor_of(alice)
    text = Desk(sandbox).hands(alice, note=NOTE, nearby=True).text
    detail = read_offline(services, visitor, text)
    answer = Answer(pin=alice.pin)
    signed = sign_offline(services, visitor, text, note=detail.note, answer=answer)
    found = offline_code(services, visitor, signed.place.code_id, signed.place.key)
    form = OfflineForm.parse({"payload": carried(text), "snapshot": detail.note, "pin": alice.pin})
    assert form.text == text
    assert found is not None
    values = (detail, detail.operation, answer, signed, found, form, form.answer())
    shown = "\n".join(repr(value) for value in values)
    lines = text.split("\n")
    for secret in (alice.pin, found.code, NOTE, lines[3], lines[5], lines[-1][1:], detail.note):
        assert secret not in shown
    assert repr(signed.place.key)[2:-1] not in shown
