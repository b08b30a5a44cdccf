"""JSON as servers write it, also those that cut texts where they should not."""

from decimal import Decimal

import pytest

from tests.mtoken.documents import PAYMENT
from webapp.mtoken.wire import read_operation_list, read_response
from webapp.mtoken.wire_json import read_json


def test_numbers_are_exact():
    assert read_json(b"[0.1, 1E+3, -2.50, 7]") == [Decimal("0.1"), Decimal("1E+3"), Decimal("-2.50"), 7]
    assert read_json(b"[1e9999999999999999999]") == [None]


def test_half_a_character_is_replaced_and_all_else_stays_exact():
    sent = rb'{"a": "x\ud83d", "b": ["\ude00", "\ud83d\ude00"], "c\udbff": {"n": 0.10}, "n": 1.50}'
    assert read_json(sent) == {
        "a": "x\ufffd",
        "b": ["\ufffd", "\U0001f600"],
        "c\ufffd": {"n": Decimal("0.10")},
        "n": Decimal("1.50"),
    }


@pytest.mark.parametrize("name", ["id", "data"])
def test_what_is_signed_is_whole_or_missing(name):
    assert read_json(b'{"%b": "x\\ud83d", "other": "\\ud83d"}' % name.encode()) == {
        name: None,
        "other": "\ufffd",
    }


def test_one_damaged_operation_leaves_the_others():
    broken = PAYMENT.replace("NRent", r"N\ud83dRent").encode()
    mended = PAYMENT.replace('"Payment"', r'"Payment \ud83d"').encode()
    body = b'{"status":"OK","responseObject":[%b,%b,%b]}' % (PAYMENT.encode(), broken, mended)
    found = read_response(200, body, read_operation_list).response_object
    assert [one.form_data.title for one in found] == ["Payment", "Payment \ufffd"]
    assert found.unreadable == 1
    assert found[0].data == found[1].data


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'["\\u12"]',
        b'["\\ud83d", NaN]',
        b'["\\ud83d", Infinity]',
        b'["\\ud83d", 01]',
        b'["\\ud83d"] []',
        b'["\\ud83d", "\xff"]',
        b'\xef\xbb\xbf["\\ud83d"]',
        b'["\\ud83d\n"]',
    ],
)
def test_what_is_no_json(body):
    with pytest.raises(ValueError):
        read_json(body)


def test_what_is_nested_too_deep_is_refused():
    for text in (b"", b'"\\ud83d",'):
        with pytest.raises(RecursionError):
            read_json(b"[" + text + b"[" * 5000 + b"]" * 5000 + b"]")
