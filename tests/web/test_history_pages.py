"""The pages of the history and of an unclaimed operation print whatever can be read."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, render_template
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from tests.mtoken.documents import everything, payment, places, replaced
from tests.mtoken.test_any_json import JSON
from tests.support.pages import check_page
from webapp.flows.errors import OperationUnclaimed
from webapp.flows.waiting import Unclaimed
from webapp.mtoken.operation import OperationStatus, UserOperation
from webapp.mtoken.wire import read_operation, read_operation_list
from webapp.web import claims, present_history
from webapp.web.history_words import STATUSES

EVERYTHING = everything()
NOW_MS = 1_790_000_000_000


def operation(**members) -> UserOperation:
    return read_operation(payment(**members))


@pytest.fixture
def page(app: Flask):
    """Shows these operations as the history, or the first one as nobody's, and checks the page."""
    shown: list[UserOperation] = []

    def history() -> str:
        entries = [present_history.entry(one, NOW_MS) for one in shown]
        return render_template(
            "history/list.html",
            entries=entries,
            choices=present_history.choices(entries),
            unreadable=1,
            looked_up="x",
            wanted=entries[0] if entries else None,
            most=100,
        )

    def unclaimed() -> object:
        return claims.unclaimed(OperationUnclaimed(Unclaimed(shown[0], NOW_MS)))

    app.add_url_rule("/as/history", view_func=history)
    app.add_url_rule("/as/unclaimed", view_func=unclaimed)
    client = app.test_client()

    def page(operations, *, of: str = "history") -> str:
        shown[:] = operations
        response = client.get(f"/as/{of}", base_url="https://localhost")
        assert response.status_code == 200
        check_page(response)
        return response.get_data(as_text=True)

    return page


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.sampled_from(places(EVERYTHING)), value=JSON)
def test_any_json_in_any_place_makes_a_page(page, place, value):
    with capture_logs():
        found = read_operation_list([replaced(EVERYTHING, place, value), payment()])
    page(found)
    page(found, of="unclaimed")


@pytest.mark.parametrize("year", [1, 1900, 9999])
def test_every_moment_that_can_be_told_has_words(app, year):
    with app.test_request_context():
        assert str(year) in present_history.Moment.of(datetime(year, 12, 31, tzinfo=UTC)).text


def test_moments_are_shown_in_utc(app):
    moment = datetime.fromisoformat("2026-03-02T08:15:02+01:00")
    with app.test_request_context():
        shown = present_history.Moment.of(moment)
    assert shown.iso == "2026-03-02T07:15:02+00:00"
    assert "7:15:02" in shown.text


def test_the_end_of_an_operation_is_shown_where_time_ended_it(app):
    with app.test_request_context():
        expired = present_history.entry(operation(status="EXPIRED"), NOW_MS)
        rejected = present_history.entry(operation(status="REJECTED"), NOW_MS)
    assert expired.ended is not None
    assert rejected.ended is None


def test_the_filter_offers_what_is_there_in_the_order_of_the_words(app):
    statuses = [OperationStatus.FAILED, OperationStatus.APPROVED, OperationStatus.FAILED]
    with app.test_request_context():
        entries = [present_history.entry(operation(status=status.value), NOW_MS) for status in statuses]
        found = present_history.choices(entries)
    assert [(one.status, one.count) for one in found] == [
        (OperationStatus.APPROVED, 1),
        (OperationStatus.FAILED, 2),
    ]
    assert set(STATUSES) == set(OperationStatus)


def test_a_very_long_reason_does_not_fill_the_page(page):
    assert len(page([operation(status="CANCELED", statusReason="x" * 20_000)])) < 20_000


def test_an_operation_that_began_in_the_future_is_no_matter(page):
    later = datetime.fromtimestamp(NOW_MS / 1000, UTC) + timedelta(days=1)
    assert "Payment" in page([operation(operationCreated=later.isoformat())])
