"""Any JSON in any place: it is read, or it is our error."""

import contextlib
import json
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from tests.mtoken.documents import PAYMENT, everything, payment, places, read, replaced
from webapp.mtoken.errors import AnswerLost
from webapp.mtoken.wire import (
    Envelope,
    read_envelope,
    read_operation,
    read_operation_list,
    read_response,
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "AMOUNT", "UNKNOWN", "1FA", "SLIDER", "2026-03-02T08:15:02Z", 10**400, 10**12])
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "type", "label", "attributes", "payload", "items", "amount", "currency"])
            | st.text(max_size=3),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
EVERYTHING = everything()


@given(st.integers(0, 999), st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_an_envelope_or_our_error(status, body):
    with contextlib.suppress(AnswerLost):
        assert isinstance(read_envelope(status, body), Envelope)


@given(st.sampled_from(places(EVERYTHING)), JSON)
def test_any_json_in_any_place_is_an_operation_or_our_error(path, value):
    body = json.dumps(
        {"status": "OK", "responseObject": [payment(), replaced(EVERYTHING, path, value)]}
    ).encode()
    with capture_logs():
        found = read_response(200, body, read_operation_list).response_object
    assert found[0] == read_operation(payment(formData=json.loads(PAYMENT, parse_float=Decimal)["formData"]))
    assert len(found) + found.unreadable == 2
    if len(found) == 2 and path[:2] != ("formData", "attributes") and path != ("formData",):
        assert len(found[1].form_data.attributes) == 9


@pytest.mark.parametrize(
    "number", ["1e999999999999999999999", "-1e-99999999999999999999", "1e400", "9" * 4000]
)
def test_a_number_without_measure_spoils_nothing_else(number):
    text = PAYMENT.replace("2450.50,", f"{number},")
    assert text != PAYMENT
    amount = read(text).form_data.attributes[1]
    assert (amount.amount, amount.value_formatted) == (None, "€2,450.50")


def test_what_is_read_can_be_written_again_for_a_digest():
    operation = read_operation(EVERYTHING)
    written = msgspec.json.encode([operation.form_data, operation.ui, operation.allowed_signature_type])
    assert b"Hausverwaltung Nord" in written
    assert b'"templates":{"list":{"style":["a",1,null]}}' in written
