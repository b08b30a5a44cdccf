"""Addresses of links: what is read from them, where they lead, what a person reads if they lead nowhere."""

import json
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.support.clock import ManualClock
from tests.support.pages import check_page
from tests.support.plain import Plain
from tests.web.conftest import ROOT
from webapp.powerauth.encoding import to_base64, to_base64url
from webapp.web import kept_code
from webapp.web.install import install
from webapp.web.links import MAX_CODE_LENGTH, MAX_ID_LENGTH

ORIGIN = "https://localhost"
OID, CODE = "2c9d1f44-8a37-4d6b-b0e5-73f1c2a84e60", "40718263"


def token(**claims: object) -> str:
    content = json.dumps(claims, ensure_ascii=False).encode()
    return f"{to_base64url(b'{}')}.{to_base64url(content)}"


TOKEN = token(oid=OID, potp=CODE)
# Base64 with a plus, a slash and padding in it.
PLUS_TOKEN = (
    f"e30.{to_base64(json.dumps({'oid': OID, 'potp': CODE, 'x': 'ÿ?>ÿ?>'}, ensure_ascii=False).encode())}"
)


def whole(link: str) -> str:
    return f"/deeplink?url={quote(link, safe='')}"


@pytest.fixture
def linked(app):
    """The app with the one service that a link needs: a clock."""
    app.extensions["assent"] = SimpleNamespace(clock=ManualClock())
    return app


@pytest.fixture
def opened(linked):
    """Opens an address; answers where it leads, and the code that was kept for that operation."""

    def opened(address: str) -> tuple[str, str | None]:
        response = linked.test_client().get(address, base_url=ORIGIN)
        assert response.status_code == 303, response.text
        check_page(response)
        header = response.headers["Set-Cookie"].partition(";")[0]
        with linked.test_request_context("/", base_url=ORIGIN, headers={"Cookie": header}):
            kept = kept_code.current(kept_code.awaited_operation())
        return response.location, kept and kept.code

    return opened


@pytest.mark.parametrize(
    "address",
    [
        whole(f"web+assent://operation?oid={OID}&potp={CODE}"),
        whole(f"web+assent://operation?code={TOKEN}"),
        whole(f"web+assent://code={TOKEN}"),
        whole(f"web+assent:operation?oid={OID}&potp={CODE}"),
        whole(f"mybank://x/y?lang=cs&totp={CODE}&oid={OID}#top"),
        whole(f"https://app.bank.example/approve?oid={OID}&potp={CODE}"),
        whole(f"  web+assent://operation?oid={OID}&potp={CODE}\r\n"),
        whole(TOKEN),
        whole(PLUS_TOKEN),
        f"/deeplink?url={PLUS_TOKEN}",
        f"/deeplink?url={TOKEN}",
        f"/deeplink?lang=cs&url={TOKEN}",
        f"/deeplink?code={TOKEN}",
        f"/deeplink?code={PLUS_TOKEN}",
        f"/deeplink?oid={OID}&potp={CODE}",
        f"/operation?oid={OID}&potp={CODE}",
        f"/operation?potp={CODE}&utm_source=mail&oid={OID}",
        f"/operation?oid={OID}&totp={CODE}",
        f"/operation?oid={OID}&potp=&totp={CODE}",
        f"/operation?code={TOKEN}",
        f"/operation?oid={OID}&potp={CODE}&url=https%3A%2F%2Fshop.example%2F",
        f"/operation?oid={OID}&potp={CODE}&code=x",
        f"/operation?{OID.join(('oid=', ''))}&potp=4071826%33",
    ],
)
def test_every_form_of_a_link_leads_to_its_operation_with_its_code(opened, address):
    assert opened(address) == (f"/operations/{OID}", CODE)


@pytest.mark.parametrize(
    "address",
    [
        f"/operation?oid={OID}",
        f"/operation?oid={OID}&potp=",
        whole(f"web+assent://operation?oid={OID}"),
        whole(token(oid=OID, potp=None)),
    ],
)
def test_a_link_without_a_code_leads_there_too(opened, address):
    assert opened(address) == (f"/operations/{OID}", None)


@pytest.mark.parametrize(
    ("operation_id", "clean"),
    [
        ("kq+v s=", "kq+v%20s="),
        ("50%25", "50%2525"),
        ("a?b#c", "a%3Fb%23c"),
        ("\\\\evil.example", "%5C%5Cevil.example"),
        ("č~ÿ", "%C4%8D~%C3%BF"),
        ("\u202eabc", "%E2%80%AEabc"),
        ("...", "..."),
    ],
)
def test_an_identifier_stays_inside_the_address_whatever_is_in_it(opened, operation_id, clean):
    assert opened(f"/operation?oid={quote(operation_id, safe='')}&potp=1") == (f"/operations/{clean}", "1")


@pytest.mark.parametrize(
    ("address", "status", "heading"),
    [
        ("/deeplink", 422, "leads to no operation"),
        ("/operation", 422, "leads to no operation"),
        ("/deeplink?url=", 422, "leads to no operation"),
        ("/operation?OID=x", 422, "leads to no operation"),
        (whole("hello"), 422, "leads to no operation"),
        (whole(OID), 422, "leads to no operation"),
        (whole("https://shop.example/"), 422, "leads to no operation"),
        (whole(f"operation?oid={OID}"), 422, "leads to no operation"),
        (whole("javascript:alert(1)"), 422, "leads to no operation"),
        ("/operation?oid=", 422, "is damaged"),
        ("/operation?oid=%FF", 422, "is damaged"),
        ("/operation?oid=%GG", 422, "is damaged"),
        ("/operation?oid=x&potp=%0A1", 422, "is damaged"),
        ("/deeplink?url=%FF", 422, "is damaged"),
        (whole("mybank://operation?oid=a b"), 422, "is damaged"),
        (whole(f"mybank://operation?oid={OID}&potp=%FF"), 422, "is damaged"),
        (whole("e30.eyJvaWQiO"), 422, "is damaged"),
        (whole("e30.WzFd"), 422, "is damaged"),
        (whole(token(oid=7)), 422, "is damaged"),
        (whole(token(oid=OID, potp=True)), 422, "is damaged"),
        (whole("mybank://operation?oid=" + "a" * 5000), 422, "is damaged"),
        (f"/operation?oid={'a' * (MAX_ID_LENGTH + 1)}", 422, "is damaged"),
        (f"/operation?oid=a&potp={'1' * (MAX_CODE_LENGTH + 1)}", 422, "is damaged"),
        ("/operation?oid=a/b", 422, "is damaged"),
        ("/operation?oid=..", 422, "is damaged"),
        ("/operation?oid=.", 422, "is damaged"),
        ("/operation?oid=..%2Factivation", 422, "is damaged"),
        (f"/operation?oid={OID}&oid={OID}", 400, "two things"),
        (f"/operation?oid={OID}&potp=1&potp=2", 400, "two things"),
        (f"/operation?code={TOKEN}&code={TOKEN}", 400, "two things"),
        (f"/deeplink?url={TOKEN}&url={TOKEN}", 400, "two things"),
        (f"/deeplink?url={TOKEN}&code={TOKEN}", 400, "two things"),
        (f"/deeplink?url=mybank://operation?oid={OID}&potp={CODE}", 400, "two things"),
    ],
)
def test_a_link_that_leads_nowhere_says_why_and_nothing_of_itself(client, address, status, heading):
    response = client.get(address, base_url=ORIGIN)
    assert response.status_code == status
    assert heading in response.text
    check_page(response)
    assert "Set-Cookie" not in response.headers
    for secret in (OID, CODE, TOKEN, "shop.example", "alert(1)"):
        assert secret not in response.text


def test_a_newer_link_takes_the_place_of_an_older_one(linked):
    client = linked.test_client()
    client.get(f"/operation?oid={OID}&potp={CODE}", base_url=ORIGIN)
    client.get("/operation?oid=another", base_url=ORIGIN)
    sent = client.get_cookie("__Host-pac")
    with linked.test_request_context("/", base_url=ORIGIN, headers={"Cookie": f"__Host-pac={sent.value}"}):
        assert kept_code.awaited_operation() == "another"
        assert kept_code.current(OID) is None
        assert kept_code.current("another") is None


def test_a_damaged_link_leaves_the_one_before_it(linked):
    client = linked.test_client()
    client.get(f"/operation?oid={OID}&potp={CODE}", base_url=ORIGIN)
    before = client.get_cookie("__Host-pac").value
    assert client.get("/operation?oid=", base_url=ORIGIN).status_code == 422
    assert client.get_cookie("__Host-pac").value == before


def test_the_address_of_a_link_takes_nothing_but_a_visit(client):
    assert client.post("/operation?oid=x", base_url=ORIGIN).status_code == 405
    assert client.open("/deeplink", method="HEAD", base_url=ORIGIN).status_code == 422


@pytest.fixture(scope="module")
def visit():
    """A visit to one app that serves every example."""
    app = Flask("webapp", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    install(app, Plain())
    app.extensions["assent"] = SimpleNamespace(clock=ManualClock())
    return lambda address: app.test_client().get(address, base_url=ORIGIN)


@given(
    path=st.sampled_from(["/deeplink", "/operation"]),
    query=st.text(st.sampled_from("oid=&potp%url+code.#?/:e30AZ \u010d\x00\ufeff"), max_size=60),
)
def test_any_address_ends_in_words_or_at_an_operation(visit, path, query):
    response = visit(f"{path}?{quote(query, safe='=&%+?/:.')}")
    assert response.status_code in {303, 400, 422}
    if response.status_code == 303:
        assert response.location.startswith("/operations/")


@given(operation_id=st.text(min_size=1, max_size=MAX_ID_LENGTH), code=st.text(max_size=MAX_CODE_LENGTH))
def test_whatever_a_link_names_its_code_never_stands_in_the_next_address(visit, operation_id, code):
    mark = "7777777777777777"
    response = visit(f"/operation?oid={quote(operation_id, safe='')}&potp={mark}{quote(code[:16], safe='')}")
    if response.status_code == 303:
        assert mark not in response.location
        assert mark not in response.text
        assert mark not in str(response.headers)
    else:
        assert mark not in response.text
