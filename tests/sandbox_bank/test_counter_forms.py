"""What is asked for at the offline counter, and the picture that comes of it."""

import re

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox_bank.at_the_counter import Desk, fact, reads, text_of
from webapp.mtoken.keeper import MemoryKeeper
from webapp.mtoken.mobile_token import WultraMobileToken
from webapp.mtoken.power_auth import PowerAuth, PowerAuthConfiguration
from webapp.powerauth import ecc
from webapp.powerauth.activation_code import parse_activation_code
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.offline_operation import QROperationParser, verify_qr_operation
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend
from webapp.sandbox.counter import read_code
from webapp.sandbox.qr import qr_svg
from webapp.sandbox.transport import InMemoryTransport

PAYMENT = "A1*A2450.50EUR*IDE89370400440532013000**D20260331*NRent \\* March\\nflat 4"
URL = "https://bank.example/enrollment-server"
FORM = "/sandbox/offline/payment"


@pytest.fixture
def desk(app_for, backend, clock):
    return Desk(backend, app_for(backend), clock)


@pytest.fixture
def alice(desk):
    return desk.enrols("Alice")


# --- the picture


def shape(svg):
    """Where the picture is black."""
    return re.search(r'stroke="#000" d="([^"]+)"', str(svg))[1]


@pytest.mark.parametrize("nearby", [None, "yes"])
def test_the_picture_holds_the_text_below_it(desk, alice, nearby):
    page = desk.makes(alice, nearby=nearby)
    assert page.heading == "To scan: Payment"
    assert shape(qr_svg(text_of(page))) in page.html


def test_pictures_are_written_in_utf_8():
    expected = segno.make("é".encode(), error="m", micro=False).svg_inline(border=4)
    assert shape(qr_svg("é")) == shape(expected)


@pytest.mark.parametrize(("kind", "data"), [("payment", PAYMENT), ("login", "A2*Rw-7731")])
@pytest.mark.parametrize(
    ("key", "nearby"), [("PERSONALIZED", None), ("PERSONALIZED", "yes"), ("MASTER", None)]
)
def test_what_is_handed_out_is_what_the_formats_say(desk, alice, kind, data, key, nearby):
    page = desk.makes(alice if key == "PERSONALIZED" else None, kind, nearby=nearby)
    operation = QROperationParser.parse(text_of(page))
    assert operation.operation_id == desk.operation(page)["id"]
    assert operation.operation_data.source_string == data
    assert operation.title == {"payment": "Payment", "login": "Sign in"}[kind]
    assert (operation.totp is not None) is (nearby is not None)
    assert not operation.is_newer_format
    assert operation.signature.signing_key.name == key
    verify_qr_operation(
        operation,
        master_public_key=alice.configuration.master_public_key,
        server_public_key=ecc.point(alice.server_public),
    )


def test_the_texts_are_in_the_language_of_the_page(app_for, backend, clock, alice):
    page = Desk(backend, app_for(backend), clock, "cs").opens(FORM)
    made = page.browser.posts(
        FORM, {"browser": alice.activation_id, "csrf_token": page.value("csrf_token"), "parameter.note": "é"}
    )
    assert QROperationParser.parse(text_of(made)).message == "Potvrďte platbu 2450.50 EUR."


@pytest.mark.parametrize("flags", ["", "B", "X", "F", "C", "BXFC"])
def test_the_bank_asks_for_care(desk, alice, flags):
    ticked = {f"flag.{flag}": "yes" if flag in flags else None for flag in "BXFC"}
    assert text_of(desk.makes(alice, **ticked)).split("\n")[4] == flags


@pytest.mark.parametrize(
    "note", ["C:\\new", "a*b\\*", "Zeile 1\r\nZeile 2", "", "žluťoučký \U0001f40e", "\u202eabc"]
)
def test_any_note_comes_out_as_it_was_typed(desk, alice, note):
    page = desk.makes(alice, **{"parameter.note": note})
    operation = QROperationParser.parse(text_of(page))
    assert operation.operation_data.fields[-1].text == note.replace("\r\n", "\n")
    assert desk.types(page, reads(alice, page)).heading == "The code is right"


def test_markup_in_a_note_is_only_text(desk, alice):
    page = desk.makes(alice, **{"parameter.note": "</textarea><img src=x onerror=alert(1)>"})
    assert "<img" not in page.html
    done = desk.types(page, reads(alice, page))
    assert "<img" not in done.html


def test_the_picture_survives_a_restart_of_the_bank(tmp_path, app_for, clock):
    file = tmp_path / "sandbox.sqlite"
    with Backend(file, clock=clock, random=system_random) as backend:
        desk = Desk(backend, app_for(backend), clock)
        alice = desk.enrols("Alice")
        page = desk.makes(None)
    with Backend(file, clock=clock, random=system_random) as backend:
        desk = Desk(backend, app_for(backend), clock)
        assert text_of(desk.opens(page.path)) == text_of(page)
        alice.backend = backend
        done = desk.types(desk.opens(page.path), reads(alice, page), browser=alice.activation_id)
        assert done.heading == "The code is right"


def test_the_sdk_approves_what_it_copies_from_the_page(desk, clock):
    configuration = PowerAuthConfiguration(URL, SdkConfiguration.parse(desk.backend.sdk_configuration()))
    power_auth = PowerAuth(configuration, InMemoryTransport(desk.backend, URL), MemoryKeeper(), clock=clock)
    made = desk.backend.admin("/activation/init", {"userId": "Alice", "applicationId": "assent-demo"})
    power_auth.create_activation(
        parse_activation_code(f"{made['activationCode']}#{made['activationSignature']}"), "Alice's <laptop>"
    )
    power_auth.commit_activation("2580")
    desk.backend.admin("/activation/commit", {"activationId": made["activationId"]})
    page = desk.opens(FORM).submits("Show the QR code", browser=made["activationId"], nearby="yes")
    assert fact(page, "Who may approve it").count("Alice's &lt;laptop&gt;".replace("'", "&#39;")) == 1
    operation = QROperationParser.parse(text_of(page))
    code = WultraMobileToken(power_auth).operations.authorize_offline(
        operation, PowerAuthAuthentication.password("2580")
    )
    assert desk.types(page, code).heading == "The code is right"


# --- the form


@pytest.mark.parametrize(
    ("changed", "field", "told"),
    [
        ({"parameter.amount": "1,5"}, "parameter.amount", "An amount is written like 1250.50"),
        ({"parameter.currency": "USDT"}, "parameter.amount", "its currency like EUR"),
        ({"parameter.iban": "de89 3704"}, "parameter.iban", "in capital letters and digits"),
        ({"parameter.due": "20260230"}, "parameter.due", "has to be in the calendar"),
        ({"parameter.due": ""}, "parameter.due", "A day is written like 20260331"),
        ({"parameter.note": "\x07"}, "parameter.note", "no control characters"),
        ({"parameter.note": "\x85"}, "parameter.note", "no control characters"),
        ({"parameter.payee": "${amount}"}, "parameter.amount", "no ${ in a value"),
        ({"parameter.note": "x" * 501}, "parameter.note", "This value is too long."),
        ({"parameter.note": "ž" * 450}, "parameter.note", "too much for one QR code"),
        ({"browser": "5b2d6c04-9a39-4a7e-8e0a-2f4d3a1c9b77"}, "browser", "is no longer active"),
        ({"browser": "", "nearby": "yes"}, "nearby", "Choose a browser for this"),
    ],
)
def test_what_cannot_be_is_explained_at_its_field(desk, alice, changed, field, told):
    page = desk.opens(FORM).submits("Show the QR code", **{"browser": alice.activation_id, **changed})
    assert page.status == 422
    assert page.text.count(told) == 2, "in the summary, at the field"
    assert f'href="#{field}"' in page.html
    assert f'id="{field}-error"' in page.html
    assert "QR code of the text" not in page.html
    asked = {"userId": "Alice", "applications": ["assent-demo"]}
    assert desk.backend.admin("/operation/list", asked) == []


def test_a_refused_form_keeps_what_was_chosen(desk, alice):
    chosen = {"browser": alice.activation_id, "nearby": "yes", "flag.B": None, "flag.F": "yes"}
    page = desk.opens(FORM).submits("Show the QR code", **chosen, **{"parameter.amount": "much"})
    assert page.value("parameter.amount") == "much"
    again = page.submits("Show the QR code", **{"parameter.amount": "7"})
    lines = text_of(again).split("\n")
    assert (lines[3].startswith("A1*A7EUR"), lines[4], len(lines)) == (True, "F", 8)


@pytest.mark.parametrize("change", ["block", "remove"])
def test_only_active_browsers_can_be_chosen(desk, alice, change):
    assert alice.fingerprint in desk.opens(FORM).text
    desk.backend.admin(f"/activation/{change}", {"activationId": alice.activation_id})
    page = desk.opens(FORM)
    assert alice.fingerprint not in page.text
    assert "No customer has an active browser yet." in page.text


def test_a_customers_page_leads_to_the_counter_and_back(desk):
    zofie = desk.enrols("Žofie")
    form = desk.opens("/sandbox/users/Žofie").follows("Offline counter").follows("Payment")
    assert zofie.fingerprint in form.text
    page = form.submits("Show the QR code", browser="")
    done = desk.types(page, reads(zofie, page), browser=zofie.activation_id)
    assert done.heading == "The code is right"
    assert done.follows("Offline counter").follows("Žofie").heading == "Žofie"
    assert zofie.fingerprint not in desk.opens(FORM).text


def test_a_customer_who_came_is_chosen_already(desk, alice):
    bob = desk.enrols("Bob")
    page = desk.opens(FORM, user="Bob").submits("Show the QR code")
    assert bob.fingerprint in fact(page, "Who may approve it")


@pytest.mark.parametrize("user", ["", " ", "a/b", "<script>"])
def test_nobody_comes_from_a_page_that_cannot_be(desk, user):
    page = desk.opens(FORM, user=user)
    assert page.status == 200
    assert "user=" not in page.html


# --- ways to it


def test_the_bank_leads_to_the_counter(desk, alice):
    desk_page = desk.opens("/sandbox/").follows("Offline counter")
    assert desk_page.heading == "Offline counter"
    assert desk_page.follows("Sign in").submits("Show the QR code").heading == "To scan: Sign in"


@pytest.mark.parametrize("device", [True, False])
def test_the_operation_leads_to_its_picture_and_to_nothing_else(desk, alice, device):
    page = desk.makes(alice if device else None)
    operation = desk.opens(f"/sandbox/operations/{text_of(page).splitlines()[0]}")
    assert "the offline counter" in fact(operation, "Shown at")
    assert "web+assent" not in operation.text, "this one has no link"
    assert operation.follows("To its QR code").heading == "To scan: Payment"


def test_the_operation_says_where_it_was_approved(desk, alice):
    page = desk.makes(alice)
    told = desk.types(page, reads(alice, page)).follows("All about this operation")
    assert "the offline counter" in fact(told, "Approved at")
    assert "this browser and the PIN" in fact(told, "Decided with")


@pytest.mark.parametrize("path", ["bribe", "login_kiosk", "operations/no-such-thing"])
def test_other_addresses_do_not_exist(desk, path):
    assert desk.browser.client.get(f"/sandbox/offline/{path}").status_code == 404


def test_an_operation_of_another_kind_has_no_picture(desk):
    asked = {"applications": ["assent-demo"], "templateName": "login", "parameters": {}, "userId": "Alice"}
    made = desk.backend.admin("/operation/create", asked)
    assert desk.browser.client.get(f"/sandbox/offline/operations/{made['id']}").status_code == 404


def test_a_form_without_its_token_changes_nothing(desk, alice):
    page = desk.makes(alice)
    for path in (FORM, page.path):
        assert desk.browser.client.post(path, data={"code": reads(alice, page)}).status_code == 400
    assert desk.operation(page)["status"] == "PENDING"


# --- reading a code


@given(
    st.text(alphabet="0123456789", min_size=16, max_size=16),
    st.lists(st.sampled_from(" -–\u00a0\n"), max_size=17),
)
def test_sixteen_digits_are_a_code_however_they_are_grouped(digits, gaps):
    pieces = [*gaps, *[""] * 17]
    typed = "".join(gap + digit for gap, digit in zip(pieces, [*digits, ""], strict=False))
    assert read_code(typed) == f"{digits[:8]}-{digits[8:]}"


@given(st.text())
def test_any_other_text_is_none(typed):
    code = read_code(typed)
    assert code is None or [one for one in typed if one in "0123456789"] == list(code.replace("-", ""))
