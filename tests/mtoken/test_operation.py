"""Operations as values: what can be changed, what shows, what is refused."""

import dataclasses
import datetime as dt

import pytest

from tests.mtoken.documents import payment
from webapp.mtoken.operation import (
    MobileTokenDataBuilder,
    OnlineOperation,
    OperationFormData,
    ProximityCheck,
    ProximityCheckType,
)
from webapp.mtoken.wire import read_operation

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
CHECK = ProximityCheck("40718263", ProximityCheckType.QR_CODE, NOON)


@pytest.fixture(params=["online", "user"])
def operation(request):
    return OnlineOperation("1", "A1*A100CZK") if request.param == "online" else read_operation(payment())


def test_the_application_sets_two_members(operation):
    assert operation.proximity_check is None
    operation.proximity_check = CHECK
    operation.mobile_token_data = {"a": 1}
    assert (operation.proximity_check, operation.mobile_token_data) == (CHECK, {"a": 1})


def test_nothing_else_of_an_operation_can_be_changed(operation):
    for member in dataclasses.fields(operation):
        if member.name not in {"proximity_check", "mobile_token_data"}:
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(operation, member.name, "x")
        with pytest.raises(dataclasses.FrozenInstanceError):
            delattr(operation, member.name)
    with pytest.raises(AttributeError):
        operation.something_else = 1


def test_values_within_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        OperationFormData().title = "x"


def test_what_is_signed_and_what_is_secret_stay_out_of_repr(operation):
    operation.proximity_check = CHECK
    operation.mobile_token_data = {"score": "secret"}
    assert operation.data not in repr(operation)
    assert "40718263" not in repr(operation)
    assert "score" not in repr(operation)


def test_a_proximity_check_was_received_now_unless_told_otherwise():
    before = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)  # noqa: TID251 - the real clock is the point
    received = ProximityCheck("1", ProximityCheckType.DEEPLINK).timestamp_received
    assert received.tzinfo is dt.UTC
    assert before < received < before + dt.timedelta(seconds=10)


def test_a_proximity_check_needs_a_code_and_a_zone():
    with pytest.raises(ValueError, match="code"):
        ProximityCheck("", ProximityCheckType.QR_CODE)
    with pytest.raises(ValueError, match="zone"):
        ProximityCheck("1", ProximityCheckType.QR_CODE, NOON.replace(tzinfo=None))


def test_mobile_token_data_are_built_step_by_step():
    builder = MobileTokenDataBuilder().put("a", [1]).put("b", 2).remove("b").remove("c")
    built = builder.build()
    built["a"].append(2)
    assert builder.build() == {"a": [1]}
    assert builder.clear().build() == {}
