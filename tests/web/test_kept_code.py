"""The cookie that carries a proximity code: what is in it, who can read it, when it goes."""

import pytest
from flask import Flask, Response

from webapp.custody.sealing import seal
from webapp.mtoken.operation import ProximityCheckType
from webapp.mtoken.pac import PACData
from webapp.powerauth.encoding import from_base64url, to_base64url
from webapp.randomness import system_random
from webapp.web import kept_code

ORIGIN = "https://localhost"
NAME = "__Host-pac"
OID, CODE = "2c9d1f44-8a37-4d6b-b0e5-73f1c2a84e60", "40718263"
NOW_MS = 1_790_000_000_000


@pytest.fixture
def answer(app: Flask):
    """Makes a response that keeps, or forgets, what a link said."""

    def answer(found: PACData | None, app: Flask = app) -> Response:
        response = Response()
        with app.test_request_context("/", base_url=ORIGIN):
            if found is None:
                kept_code.forget(response)
            else:
                kept_code.keep(response, found, now_ms=NOW_MS)
        return response

    return answer


@pytest.fixture
def returning(app: Flask):
    """The next request of a browser that kept this text as the cookie."""

    def returning(text: str, app: Flask = app, name: str = NAME):
        return app.test_request_context("/", base_url=ORIGIN, headers={"Cookie": f"{name}={text}"})

    return returning


def cookie(response: Response) -> str:
    return response.headers["Set-Cookie"].partition("=")[2].partition(";")[0]


def test_what_was_kept_comes_back_for_its_operation_only(answer, returning):
    with returning(cookie(answer(PACData(OID, CODE)))):
        kept = kept_code.current(OID)
        assert (kept.operation_id, kept.code, kept.received_at_ms) == (OID, CODE, NOW_MS)
        assert kept_code.current(OID.upper()) is None
        assert kept_code.current("another") is None
        assert kept_code.awaited_operation() == OID


def test_a_link_without_a_code_only_names_its_operation(answer, returning):
    with returning(cookie(answer(PACData(OID)))):
        assert kept_code.current(OID) is None
        assert kept_code.awaited_operation() == OID


def test_the_cookie_comes_along_from_other_sites_and_lives_for_ten_minutes(answer):
    attributes = set(answer(PACData(OID, CODE)).headers["Set-Cookie"].split("; ")[1:])
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=600"} <= attributes
    assert not any(one.startswith("Domain") for one in attributes)


def test_the_demo_keeps_it_over_plain_http(app_with, answer, returning):
    app = app_with(demo=True)
    header = answer(PACData(OID, CODE), app).headers["Set-Cookie"]
    assert header.startswith("pac=")
    assert "Secure" not in header
    with returning(cookie(answer(PACData(OID, CODE), app)), app, "pac"):
        assert kept_code.current(OID).code == CODE


def test_nobody_reads_the_code_out_of_the_cookie(answer):
    text = cookie(answer(PACData(OID, CODE)))
    raw = from_base64url(text)
    for secret in (CODE, OID):
        assert secret not in text
        assert secret.encode() not in raw
    assert text != cookie(answer(PACData(OID, CODE))), "the same code never looks the same"


def test_the_code_is_in_no_repr(answer, returning):
    with returning(cookie(answer(PACData(OID, CODE)))):
        assert CODE not in repr(kept_code.current(OID))
        assert CODE not in repr(kept_code._arrival())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: "x",
        lambda text: text[:-1],
        lambda text: text[:20],
        lambda text: text + "AAAA",
        lambda text: text + "=",
        lambda text: text[:40] + ("A" if text[40] != "A" else "B") + text[41:],
        lambda text: "A" * 5000,
        lambda text: "č",
        lambda text: text * 2,
    ],
)
def test_a_cookie_that_is_not_as_we_made_it_says_nothing(answer, returning, spoil):
    with returning(spoil(cookie(answer(PACData(OID, CODE))))):
        assert kept_code.current(OID) is None
        assert kept_code.awaited_operation() is None


def test_a_cookie_made_under_another_secret_says_nothing(app_with, answer, returning):
    other = app_with(secret_key="another secret of forty characters.....")
    with returning(cookie(answer(PACData(OID, CODE), other))):
        assert kept_code.current(OID) is None


def test_a_sealed_value_of_another_purpose_says_nothing(app, returning):
    with app.test_request_context("/"):
        key = kept_code.COOKIE.key()
    content = b'{"operation_id":"x","code":null,"received_at_ms":0}'
    for purpose, operation_id in ((b"kept code", "x"), (b"other", None)):
        sealed = seal(key, b"1", content, purpose, random=system_random)
        with returning(to_base64url(sealed)):
            assert kept_code.awaited_operation() == operation_id


def test_the_largest_that_a_link_may_bring_fits_into_a_cookie(answer, returning):
    largest = PACData("\U0001f600" * 128, "\U0001f600" * 32)
    text = cookie(answer(largest))
    assert len(text) <= kept_code.COOKIE.max_length
    with returning(text):
        assert kept_code.current(largest.oid).code == largest.potp


def test_forgetting_takes_the_cookie_away_as_it_was_set(answer):
    kept, gone = (answer(found).headers["Set-Cookie"] for found in (PACData(OID, CODE), None))
    assert gone.startswith(f"{NAME}=;")
    assert "Max-Age=0" in gone
    for attribute in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/"):
        assert attribute in kept
        assert attribute in gone


def test_the_bank_is_told_whether_a_link_or_a_camera_brought_it(app, returning):
    response = Response()
    with app.test_request_context("/", base_url=ORIGIN):
        found, by = PACData(OID, CODE), ProximityCheckType.QR_CODE
        kept_code.keep(response, found, now_ms=NOW_MS, came_by=by)
    with returning(cookie(response)):
        assert kept_code.current(OID).came_by is by
