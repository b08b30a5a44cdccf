"""Proximity codes: typed in any way people type, matched exactly, never sent when they cannot be right."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.flows.errors import (
    ProximityCodeForeign,
    ProximityCodeMissing,
    ProximityCodeTooOld,
    ProximityCodeUnreadable,
)
from webapp.flows.proximity import KeptCode, proximity_check
from webapp.mtoken.operation import ProximityCheck, ProximityCheckType

OID = "2c9d1f44-8a37-4d6b-b0e5-73f1c2a84e60"
JWT = (
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0."
    "eyJvaWQiOiIyYzlkMWY0NC04YTM3LTRkNmItYjBlNS03M2YxYzJhODRlNjAiLCJwb3RwIjoiNDA3MTgyNjMifQ"
)
NOW_MS = 1_790_000_000_000
FRESH = KeptCode(OID, "11112222", NOW_MS - 20_000)


def check(typed: str | None = None, kept: KeptCode | None = None, oid: str = OID) -> ProximityCheck:
    return proximity_check(oid, typed=typed, kept=kept, now_ms=NOW_MS, lifetime_s=60)


@pytest.mark.parametrize(
    "typed",
    [
        "40718263",
        "4071 8263",
        "4071-8263",
        " 40 71 82 63 ",
        "٤٠٧١٨٢٦٣",
        "４０７１８２６３",
        f"mybank://operation?oid={OID}&potp=40718263",
        JWT,
        f"mybank://login?code={JWT}",
    ],
)
def test_a_code_in_any_form(typed):
    found = check(typed)
    assert (found.totp, found.type) == ("40718263", ProximityCheckType.QR_CODE)


def test_leading_zeros_count():
    assert check("00718263").totp == "00718263"


@pytest.mark.parametrize("typed", ["12", "hello", "4071826a", "1" * 21, "mybank://hello", f"x://y?oid={OID}"])
def test_what_is_no_code(typed):
    with pytest.raises(ProximityCodeUnreadable) as refused:
        check(typed)
    assert typed not in str(refused.value)


@pytest.mark.parametrize("oid", [OID.upper(), "another"])
def test_a_code_of_another_operation(oid):
    with pytest.raises(ProximityCodeForeign):
        check(JWT, oid=oid)
    with pytest.raises(ProximityCodeForeign):
        check(kept=FRESH, oid=oid)


def test_the_code_of_a_link_goes_along_with_its_moment():
    found = check(kept=FRESH)
    assert (found.totp, found.type) == ("11112222", ProximityCheckType.DEEPLINK)
    assert found.timestamp_received.timestamp() * 1000 == FRESH.received_at_ms


def test_what_was_typed_goes_before_what_a_link_brought():
    assert check("40718263", FRESH).type is ProximityCheckType.QR_CODE


@pytest.mark.parametrize("age_ms", [60_001, 10 * 60_000, -1, -600_000])
def test_a_code_that_is_too_old_or_from_the_future_is_not_sent(age_ms):
    with pytest.raises(ProximityCodeTooOld):
        check(kept=KeptCode(OID, "11112222", NOW_MS - age_ms))


def test_an_old_code_of_a_link_does_not_stand_in_the_way_of_a_typed_one():
    assert check("40718263", KeptCode(OID, "11112222", 0)).totp == "40718263"


def test_nothing_at_all():
    with pytest.raises(ProximityCodeMissing):
        check()


def test_no_code_shows_in_a_repr():
    assert "11112222" not in repr(FRESH)
    assert "40718263" not in repr(check("40718263"))


@given(st.text())
def test_any_text_is_a_code_or_refused_in_words(typed):
    with suppress(ProximityCodeMissing, ProximityCodeUnreadable, ProximityCodeForeign):
        check(typed)
