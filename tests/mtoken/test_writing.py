"""Arguments of the calls, as bytes."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mtoken.documents import PAYMENT, payment, read
from webapp.mtoken.errors import ProximityTimeError
from webapp.mtoken.operation import (
    MobileTokenDataBuilder,
    OnlineOperation,
    ProximityCheck,
    ProximityCheckType,
    RejectionReason,
)
from webapp.mtoken.wire import (
    read_operation,
    write_authorization,
    write_rejection,
    write_request,
)

UTC = dt.UTC
MORNING = dt.datetime(2026, 3, 2, 8, 15, 2, tzinfo=UTC)


def at(offset_s=0.0, now=MORNING):
    """The server's clock is some seconds ahead of ours, on which it is `now`."""
    return lambda local: (now if local is None else local) + dt.timedelta(seconds=offset_s)


def test_an_empty_request():
    assert write_request(None) == b"{}"
    assert write_request({}) == b'{"requestObject":{}}'


def test_an_authorization_has_the_data_byte_for_byte():
    operation = read(PAYMENT)
    assert write_request(write_authorization(operation, at())) == (
        rb'{"requestObject":{"id":"3c7d9c1a-5e21-4f0f-9a36-d1f0a6b2c8e4","data":"A1*A2450.50EUR*'
        rb'IDE89370400440532013000**D20260331*NRent \\* March\\nflat 4"}}'
    )


def test_an_authorization_is_utf_8_and_compact():
    body = write_request(write_authorization(OnlineOperation("1", "A0*Tžluť €"), at()))
    assert body == '{"requestObject":{"id":"1","data":"A0*Tžluť €"}}'.encode()


def test_a_proximity_check_goes_along_in_the_servers_time():
    operation = OnlineOperation("1", "A2")
    operation.proximity_check = ProximityCheck(
        "40718263",
        ProximityCheckType.QR_CODE,
        dt.datetime(2026, 3, 2, 9, 15, 0, 100_999, dt.timezone(dt.timedelta(hours=1))),
    )
    assert write_authorization(operation, at(10.25)) == {
        "id": "1",
        "data": "A2",
        "proximityCheck": {
            "otp": "40718263",
            "type": "QR_CODE",
            "timestampReceived": "2026-03-02T08:15:10.350Z",
            "timestampSent": "2026-03-02T08:15:12.250Z",
        },
    }


def test_a_code_that_comes_from_the_future_is_not_sent():
    operation = OnlineOperation("1", "A2", ProximityCheck("1", ProximityCheckType.DEEPLINK, MORNING))
    with pytest.raises(ProximityTimeError):
        write_authorization(operation, at(now=MORNING - dt.timedelta(milliseconds=1)))
    write_authorization(operation, at(now=MORNING))


def test_the_servers_time_is_asked_only_for_a_proximity_check():
    def clock(_):
        raise AssertionError

    write_authorization(OnlineOperation("1", "A2"), clock)


def test_mobile_token_data_go_along_unless_empty():
    operation = OnlineOperation("1", "A2", mobile_token_data={"score": Decimal("0.10"), "list": [1]})
    assert write_request(write_authorization(operation, at())).endswith(
        b'"data":"A2","mobileTokenData":{"score":0.10,"list":[1]}}}'
    )
    assert write_rejection(operation, "UNKNOWN")["mobileTokenData"] == operation.mobile_token_data
    operation.mobile_token_data = MobileTokenDataBuilder().build()
    assert "mobileTokenData" not in write_authorization(operation, at())


def test_any_object_with_id_and_data_can_be_authorized():
    class FromElsewhere:
        id = "1"
        data = "A2"

    assert write_authorization(FromElsewhere(), at()) == {"id": "1", "data": "A2"}


def test_a_rejection():
    expected = b'{"requestObject":{"id":"1","reason":"UNEXPECTED_OPERATION"}}'
    assert write_request(write_rejection("1", RejectionReason.UNEXPECTED_OPERATION)) == expected
    assert write_rejection(OnlineOperation("1", "A2"), "POSSIBLE_FRAUD") == {
        "id": "1",
        "reason": "POSSIBLE_FRAUD",
    }


@pytest.mark.parametrize(
    ("operation", "reason"), [("", "UNKNOWN"), (OnlineOperation("", ""), "X"), ("1", "")]
)
def test_arguments_that_can_never_be_right(operation, reason):
    with pytest.raises(ValueError, match="not empty"):
        write_rejection(operation, reason)
    with pytest.raises(ValueError, match="not empty"):
        write_authorization(OnlineOperation("", "A2"), at())


@given(st.datetimes(timezones=st.timezones()))
def test_a_moment_written_is_a_moment_read(moment):
    check = ProximityCheck("1", ProximityCheckType.QR_CODE, moment)
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        return
    written = write_authorization(OnlineOperation("1", "A2", check), lambda local: local or moment)
    sent = written["proximityCheck"]["timestampReceived"]
    assert sent.endswith("Z")
    expected = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert read_operation(payment(operationCreated=sent)).operation_created == expected
