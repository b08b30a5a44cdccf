"""Dates in the forms that servers write."""

import datetime as dt

import pytest

from tests.mtoken.documents import payment
from webapp.mtoken.errors import AnswerLost
from webapp.mtoken.wire import read_operation

UTC = dt.UTC
MORNING = dt.datetime(2026, 3, 2, 8, 15, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "moment"),
    [
        ("2026-03-02T08:15:02+0000", MORNING),
        ("2026-03-02T08:15:02+00:00", MORNING),
        ("2026-03-02T08:15:02-0000", MORNING),
        ("2026-03-02T08:15:02Z", MORNING),
        ("2026-03-02T09:15:02+0100", MORNING),
        ("2026-03-02T02:45:02-05:30", MORNING),
        ("2026-03-02T08:15:02.5Z", MORNING.replace(microsecond=500_000)),
        ("2026-03-02T08:15:02.250+0000", MORNING.replace(microsecond=250_000)),
        ("2026-03-02T08:15:02.123456789+00:00", MORNING.replace(microsecond=123_456)),
        (1772439302000, MORNING),
        (1772439302250, MORNING.replace(microsecond=250_000)),
        (0, dt.datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_dates_in_all_their_forms(sent, moment):
    read_back = read_operation(payment(operationCreated=sent)).operation_created
    assert read_back == moment
    assert read_back.tzinfo is UTC


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "2026-03-02T08:15:02",
        "2026-03-02 08:15:02Z",
        "2026-03-02T08:15Z",
        "2026-03-02T08:15:02,5Z",
        "2026-03-02T08:15:02.Z",
        "2026-03-02T08:15:02.1234567890Z",
        "2026-02-30T08:15:02Z",
        "2026-03-02T25:15:02Z",
        "2026-03-02T08:15:60Z",
        "2026-03-02T08:15:02+25:00",
        "2026-03-02T08:15:02+1",
        "2026-03-02T08:15:02Z\n",
        "２０２６-03-02T08:15:02Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+1400",
        "9999-12-31T23:59:59-1400",
        "1772439302000",
        10**18,
        -(10**18),
        10**400,
        True,
    ],
)
def test_what_is_no_date(sent):
    with pytest.raises(AnswerLost, match="operationCreated"):
        read_operation(payment(operationCreated=sent))
