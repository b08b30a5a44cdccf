"""Proximity codes: what each text says, or which rule it breaks."""

import base64
import json
import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from webapp.mtoken.errors import PacCode, PacError
from webapp.mtoken.pac import MAX_LENGTH, PACData, PACUtils, _read_link, read_deeplink, read_qr_code

OID = "2c9d1f44-8a37-4d6b-b0e5-73f1c2a84e60"
HEADER = "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0"
SAID = f"{HEADER}.eyJvaWQiOiIyYzlkMWY0NC04YTM3LTRkNmItYjBlNS03M2YxYzJhODRlNjAiLCJwb3RwIjoiNDA3MTgyNjMifQ"


def jwt(claims: object, *, padded: bool = False) -> str:
    content = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    payload = base64.urlsafe_b64encode(content).decode()
    return f"{HEADER}.{payload if padded else payload.rstrip('=')}"


READ = {
    "link": (f"mybank://operation?oid={OID}&potp=40718263", OID, "40718263"),
    "any order, other items, a fragment": (
        f"mybank://operation?potp=40718263&lang=cs&oid={OID}#top",
        OID,
        "40718263",
    ),
    "the code's old name": (f"mybank://operation?oid={OID}&totp=40718263", OID, "40718263"),
    "potp before totp": (f"mybank://operation?oid={OID}&totp=2&potp=1", OID, "1"),
    "an empty potp is none": (f"mybank://operation?oid={OID}&potp=&totp=2", OID, "2"),
    "no code": (f"mybank://operation?oid={OID}", OID, None),
    "both codes empty": (f"mybank://operation?oid={OID}&potp=&totp=", OID, None),
    "https": (f"https://app.example.org/approve?oid={OID}&potp=40718263", OID, "40718263"),
    "no slashes": (f"mybank:operation?oid={OID}&potp=40718263", OID, "40718263"),
    "scheme with all its characters": (f"My-bank.2+x://o?oid={OID}", OID, None),
    "percent-encoded": ("mybank://operation?oid=kq%2Bv%2F9s%3D&potp=1", "kq+v/9s=", "1"),
    "raw Base64": ("mybank://operation?oid=kq+v/9s=&potp=1", "kq+v/9s=", "1"),
    "decoded once": ("mybank://operation?oid=50%2525", "50%25", None),
    "an encoded name": (f"mybank://operation?%6Fid={OID}", OID, None),
    "an item without a value": (f"mybank://operation?oid&oid={OID}&&", OID, None),
    "question mark in a value": ("mybank://operation?oid=a?b", "a?b", None),
    "oid before code": (f"mybank://operation?code=nonsense&oid={OID}", OID, None),
    "other items may repeat": (f"mybank://operation?a=1&a=2&oid={OID}", OID, None),
    "letters of other scripts": ("mybank://operation?oid=č", "č", None),
    "JWT for a host": (f"mybank://code={SAID}", OID, "40718263"),
    "JWT for a host, percent-encoded": (f"mybank://code={SAID}%3D%3D", OID, "40718263"),
    "JWT for a host, no slashes": (f"mybank:code={SAID}", OID, "40718263"),
    "JWT as item code": (f"mybank://login?code={SAID}", OID, "40718263"),
    "JWT as item code, not the first": (f"mybank://login?lang=cs&code={SAID}", OID, "40718263"),
    "JWT under another name": (f"mybank://login?token={SAID}", OID, "40718263"),
    "JWT, padding percent-encoded": (f"mybank://login?code={SAID}%3D%3D", OID, "40718263"),
    "JWT alone": (SAID, OID, "40718263"),
    "JWT, padded, empty third part": (f"{SAID}==.", OID, "40718263"),
    "JWT, a signature of any kind": (f"{SAID}.???", OID, "40718263"),
    "JWT, a header that says nothing": (f"e30.{SAID.split('.')[1]}", OID, "40718263"),
    "JWT, a number for the code": (jwt({"oid": OID, "potp": 40718263}), OID, "40718263"),
    "JWT, zero for the code": (jwt({"oid": OID, "potp": 0}), OID, "0"),
    "JWT, a very long number": (jwt({"oid": OID, "potp": 10**40}), OID, str(10**40)),
    "JWT, null for the code": (jwt({"oid": OID, "potp": None}), OID, None),
    "JWT, null and the old name": (jwt({"oid": OID, "potp": None, "totp": "007"}), OID, "007"),
    "JWT, leading zeros": (jwt({"oid": OID, "totp": "00718263"}), OID, "00718263"),
    "JWT, potp before totp": (jwt({"oid": OID, "potp": "1", "totp": True}), OID, "1"),
    "JWT, other members": (jwt(b'{"oid":"a","x":1e999999999999,"y":[{}]}'), "a", None),
    "JWT, URL alphabet": (f"{HEADER}.eyJvaWQiOiLEjX7Dvz8-w70iLCJwb3RwIjoiMSJ9", "č~ÿ?>ý", "1"),
    "JWT, standard alphabet": (f"{HEADER}.eyJvaWQiOiLEjX7Dvz8+w70iLCJwb3RwIjoiMSJ9", "č~ÿ?>ý", "1"),
}

REFUSED = {
    "empty": ("", "JWT_PARTS"),
    "a word": ("hello", "JWT_PARTS"),
    "a UUID": (OID, "JWT_PARTS"),
    "a query without a scheme": (f"approve?oid={OID}&potp=1", "JWT_PARTS"),
    "too long": ("a" * (MAX_LENGTH + 1), "TOO_LONG"),
    "oid empty": ("mybank://operation?oid=&potp=1", "OID"),
    "oid empty, code twice": ("mybank://operation?oid=&potp=1&potp=2", "OID"),
    "oid twice": (f"mybank://operation?oid={OID}&oid={OID}", "DUPLICATE"),
    "oid twice, once empty": (f"mybank://operation?oid=&oid={OID}", "DUPLICATE"),
    "potp twice": (f"mybank://operation?oid={OID}&potp=1&potp=2", "DUPLICATE"),
    "totp twice": (f"mybank://operation?oid={OID}&potp=1&totp=2&totp=2", "DUPLICATE"),
    "code twice": (f"mybank://operation?code={SAID}&code={SAID}", "DUPLICATE"),
    "a name in capitals": (f"mybank://operation?OID={OID}", "NO_DATA"),
    "no query": (f"mybank://operation/{OID}", "NO_DATA"),
    "nothing": ("mybank:", "NO_DATA"),
    "first item ends with a dot": ("mybank://operation?a=b.", "NO_DATA"),
    "code in capitals for a host": (f"mybank://CODE={SAID}", "NO_DATA"),
    "data in the fragment": (f"mybank://operation#?oid={OID}", "NO_DATA"),
    "percent without digits": ("mybank://operation?oid=%GG", "PERCENT_ENCODING"),
    "percent at the end": ("mybank://operation?oid=a%2", "PERCENT_ENCODING"),
    "percent with digits of another script": ("mybank://operation?oid=%２０", "PERCENT_ENCODING"),
    "percent, not UTF-8": ("mybank://operation?oid=%FF", "PERCENT_ENCODING"),
    "percent, in an item of no interest": (f"mybank://operation?oid={OID}&x=%", "PERCENT_ENCODING"),
    "percent, in the head": (f"mybank://code={SAID}%", "PERCENT_ENCODING"),
    "a space": (f"mybank://operation?oid={OID}&potp=12 34", "CHARACTER"),
    "a line feed at the end": (f"mybank://operation?oid={OID}\n", "CHARACTER"),
    "a control in the fragment": (f"mybank://operation?oid={OID}#\x00", "CHARACTER"),
    "a control beyond ASCII": (f"mybank://operation?oid={OID}\x85", "CHARACTER"),
    "an encoded control in oid": ("mybank://operation?oid=a%0Ab", "OID"),
    "an encoded control in potp": ("mybank://operation?oid=a&potp=%00", "POTP"),
    "JWT: a word for a host": ("mybank://code=hello", "JWT_PARTS"),
    "JWT: item code empty": ("mybank://operation?code=", "JWT_PARTS"),
    "JWT: four parts": (f"{SAID}.x.y", "JWT_PARTS"),
    "JWT: no header": (f".{SAID}", "JWT_PARTS"),
    "JWT: a header of other characters": (f"é.{SAID.split('.')[1]}", "JWT_PARTS"),
    "JWT: no payload": ("e30.", "JWT_JSON"),
    "JWT: an array": ("e30.WzFd", "JWT_JSON"),
    "JWT: not UTF-8": (jwt(b'{"oid":"\xff"}'), "JWT_JSON"),
    "JWT: UTF-16": (jwt('{"oid":"a"}'.encode("utf-16")), "JWT_JSON"),
    "JWT: nested too deep": (jwt(b"[" * 2900), "JWT_JSON"),
    "JWT: half a surrogate pair": (jwt(b'{"oid":"\\ud800"}'), "JWT_JSON"),
    "JWT: no oid": ("e30.e30", "OID"),
    "JWT: oid empty": (jwt({"oid": ""}), "OID"),
    "JWT: oid is a number": ("e30.eyJvaWQiOjd9", "OID"),
    "JWT: a control in oid": (jwt({"oid": "a\u0000"}), "OID"),
    "JWT: a control in potp": (jwt({"oid": "a", "potp": "1\n"}), "POTP"),
    "JWT: potp is a boolean": (jwt({"oid": OID, "potp": True}), "POTP"),
    "JWT: potp is negative": (jwt({"oid": OID, "potp": -1}), "POTP"),
    "JWT: potp is a fraction": (jwt({"oid": OID, "potp": 1.0}), "POTP"),
    "JWT: potp has an exponent": (jwt(b'{"oid":"a","potp":1e9}'), "POTP"),
    "JWT: potp is a list": (jwt({"oid": OID, "potp": ["1"]}), "POTP"),
    "JWT: totp is an object": (jwt({"oid": OID, "totp": {}}), "POTP"),
    "JWT: padded in part": (f"{SAID}=", "JWT_BASE64"),
    "JWT: padded too much": (f"{SAID}======", "JWT_BASE64"),
    "JWT: padding within": ("e30.e3==0000", "JWT_BASE64"),
    "JWT: cut off": ("e30.eyJvaWQiO", "JWT_BASE64"),
    "JWT: a space within": ("e30.e3 0", "JWT_BASE64"),
    "JWT: a line feed at the end": (f"{SAID}==\n", "JWT_BASE64"),
    "JWT: other characters": ("e30.e30é", "JWT_BASE64"),
}


@pytest.mark.parametrize("name", READ)
def test_what_a_code_says(name):
    text, oid, potp = READ[name]
    assert read_qr_code(text) == PACData(oid, potp)
    assert PACUtils.parse_qr_code(text) == PACData(oid, potp)
    if ":" in text:
        assert PACUtils.parse_deeplink(text) == PACData(oid, potp)


@pytest.mark.parametrize("name", REFUSED)
def test_the_first_rule_that_a_code_breaks(name):
    text, code = REFUSED[name]
    with pytest.raises(PacError) as caught:
        read_qr_code(text)
    assert caught.value.code is PacCode(code)
    assert PACUtils.parse_qr_code(text) is None
    assert PACUtils.parse_deeplink(text) is None


@pytest.mark.parametrize("text", ["", SAID, f"approve?oid={OID}", f"1x://o?oid={OID}", f"č://o?oid={OID}"])
def test_a_link_has_a_scheme(text):
    with pytest.raises(PacError) as caught:
        read_deeplink(text)
    assert caught.value.code is PacCode.NO_SCHEME


def test_a_link_too_long_is_not_looked_at():
    with pytest.raises(PacError) as caught:
        read_deeplink("a:?oid=" + "1" * MAX_LENGTH)
    assert caught.value.code is PacCode.TOO_LONG


def test_the_code_stays_out_of_repr_and_error_texts():
    assert "40718263" not in repr(PACUtils.parse_qr_code(SAID))
    with pytest.raises(PacError) as caught:
        read_qr_code("mybank://operation?oid=&potp=40718263")
    assert "40718263" not in str(caught.value)


PIECES = st.lists(
    st.sampled_from(
        [
            "mybank:",
            "//",
            "?",
            "&",
            "#",
            "=",
            "oid=",
            "potp=",
            "totp=",
            "code=",
            "%41",
            "%",
            ".",
            SAID,
            "e30",
            "a",
        ]
    )
    | st.text(max_size=3),
    max_size=12,
).map("".join)


@given(PIECES | st.text())
@example("a:?oid=a\n")
def test_any_text_is_a_code_or_our_error(text):
    for read, parse in (
        (read_qr_code, PACUtils.parse_qr_code),
        (read_deeplink, PACUtils.parse_deeplink),
    ):
        try:
            result = read(text)
        except PacError:
            assert parse(text) is None
        else:
            assert parse(text) == result
            assert result.oid
            assert result.potp != ""


@given(
    st.sampled_from(["mybank:", "mybank://", "https://bank.example/a-b."]),
    st.from_regex(r"[0-9a-zA-Z\-]{0,8}", fullmatch=True),
    st.from_regex(r"(&potp=[0-9a-zA-Z]{0,8})?(&[a-z]=1)?", fullmatch=True),
)
def test_the_short_way_reads_what_the_long_way_reads(head, oid, rest):
    text = f"{head}?oid={oid}{rest}"
    try:
        expected = _read_link(text)
    except PacError:
        expected = None
    assert PACUtils.parse_deeplink(text) == PACUtils.parse_qr_code(text) == expected


PAYLOAD = re.compile(
    r"(?:[A-Za-z0-9+/_\-]{4})*(?:[A-Za-z0-9+/_\-]{2}(?:==)?|[A-Za-z0-9+/_\-]{3}=?)?",
)


@given(st.text(alphabet="AQgw+/-_=é \n", max_size=13))
def test_base64_has_padding_or_none_and_nothing_else(payload):
    with pytest.raises(PacError) as caught:
        read_qr_code(f"e30.{payload}")
    assert (caught.value.code is not PacCode.JWT_BASE64) == bool(PAYLOAD.fullmatch(payload))


@pytest.mark.parametrize(
    "text",
    [
        "a:?" + "&" * (MAX_LENGTH - 3),
        "a:?" + "a=" * (MAX_LENGTH // 2 - 2),
        "a:?" + "a=%41&" * (MAX_LENGTH // 6 - 1),
        "a:" + "?" * (MAX_LENGTH - 2),
        "a" * MAX_LENGTH,
        "." * MAX_LENGTH,
        "e30." + "A" * (MAX_LENGTH - 4),
        "a:" + "/." * (MAX_LENGTH // 2 - 1),
    ],
)
def test_the_longest_texts_are_read_quickly(text):
    began = time.perf_counter()
    PACUtils.parse_qr_code(text)
    PACUtils.parse_deeplink(text)
    assert time.perf_counter() - began < 0.1
