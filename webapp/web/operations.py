"""Pages about operations: the list, one operation, approve, reject, result."""

import hashlib
from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.flows.approve import approve
from webapp.flows.errors import (
    BackendUnavailable,
    NotApprovable,
    OperationChanged,
    PinMalformed,
    PinMissing,
    ReasonUnknown,
    SnapshotExpired,
)
from webapp.flows.outcome import Outcome, OutcomeKind
from webapp.flows.receipts import outcome_of
from webapp.flows.reject import reject
from webapp.flows.waiting import Detail, Factors, Waiting, operation_detail, waiting_operations
from webapp.mtoken.errors import NetworkError
from webapp.web import outcome_words, present, session
from webapp.web.errors import outcome_page
from webapp.web.forms import ApproveForm, RejectForm
from webapp.web.messages import FIELDS, PAGES, Message
from webapp.web.operation_words import ANSWERED_BEFORE, OBSTACLES, REASONS, not_accepted
from webapp.web.services import services

blueprint = Blueprint("operations", __name__, url_prefix="/operations")


@blueprint.get("")
def waiting() -> ResponseReturnValue:
    found = waiting_operations(services(), session.visitor())
    lines = [present.line(operation, found.server_now_ms) for operation in found.operations]
    page = render_template(
        "operations/list.html", lines=lines, unreadable=found.unreadable, version=_version(found)
    )
    response = make_response(page)
    session.renew(response, now_ms=found.server_now_ms)
    return response


@blueprint.get("/<operation_id>")
def detail(operation_id: str) -> ResponseReturnValue:
    return _detail_page(_detail(operation_id))


@blueprint.post("/<operation_id>/approve")
def approve_operation(operation_id: str) -> ResponseReturnValue:
    form = ApproveForm.parse(request.form)
    try:
        outcome = approve(services(), session.visitor(), operation_id, snapshot=form.snapshot, pin=form.pin)
    except (PinMissing, PinMalformed) as error:
        errors = {"pin": FIELDS[error.message_key]}
        return _detail_page(_detail(operation_id), errors=errors), HTTPStatus.UNPROCESSABLE_ENTITY
    except NotApprovable:
        return _detail_page(_detail(operation_id)), HTTPStatus.UNPROCESSABLE_ENTITY
    except SnapshotExpired as error:
        return _detail_page(_detail(operation_id), message=PAGES[error.message_key]), HTTPStatus.CONFLICT
    except OperationChanged as changed:
        return _detail_page(changed.detail, message=PAGES[changed.message_key]), HTTPStatus.CONFLICT
    if outcome.kind is OutcomeKind.CREDENTIAL:
        return _not_accepted(operation_id, outcome)
    return _to_result(operation_id)


@blueprint.get("/<operation_id>/reject")
def ask_to_reject(operation_id: str) -> ResponseReturnValue:
    return _reject_page(_detail(operation_id))


@blueprint.post("/<operation_id>/reject")
def reject_operation(operation_id: str) -> ResponseReturnValue:
    form = RejectForm.parse(request.form)
    try:
        reject(services(), session.visitor(), operation_id, snapshot=form.snapshot, reason=form.reason)
    except ReasonUnknown as error:
        errors = {"reason": FIELDS[error.message_key]}
        return _reject_page(_detail(operation_id), errors=errors), HTTPStatus.UNPROCESSABLE_ENTITY
    except SnapshotExpired as error:
        return _reject_page(_detail(operation_id), message=PAGES[error.message_key]), HTTPStatus.CONFLICT
    except OperationChanged as changed:
        return _reject_page(changed.detail, message=PAGES[changed.message_key]), HTTPStatus.CONFLICT
    return _to_result(operation_id)


@blueprint.get("/<operation_id>/result")
def result(operation_id: str) -> ResponseReturnValue:
    outcome = outcome_of(services(), session.visitor(), operation_id)
    if outcome is None:
        return redirect(url_for(".detail", operation_id=operation_id), HTTPStatus.SEE_OTHER)
    return outcome_page(outcome)


def _detail(operation_id: str) -> Detail:
    return operation_detail(services(), session.visitor(), operation_id)


def _to_result(operation_id: str) -> ResponseReturnValue:
    return redirect(url_for(".result", operation_id=operation_id), HTTPStatus.SEE_OTHER)


def _not_accepted(operation_id: str, outcome: Outcome) -> ResponseReturnValue:
    """The operation again with the attempts that are left; if it cannot be had now, the outcome alone."""
    try:
        shown = _detail(operation_id)
    except (NetworkError, BackendUnavailable):
        return _to_result(operation_id)
    field = "pin" if shown.factors is Factors.PIN else "approve"
    # The PIN in a form that comes again was not even looked at: nobody may say that it was wrong.
    said = ANSWERED_BEFORE if outcome.is_repeated else not_accepted(outcome.attempts_left)
    page = _detail_page(shown, errors={field: said})
    return page, outcome_words.STATUS[outcome.kind]


def _detail_page(
    shown: Detail, *, errors: Mapping[str, object] | None = None, message: Message | None = None
) -> str:
    """The operation and the form to approve it; `message` says why it is shown again."""
    return render_template(
        "operations/detail.html",
        **_shown(shown),
        errors=errors or {},
        message=message,
        obstacle=OBSTACLES[shown.obstacle] if shown.obstacle else None,
    )


def _reject_page(
    shown: Detail, *, errors: Mapping[str, object] | None = None, message: Message | None = None
) -> str:
    return render_template(
        "operations/reject.html", **_shown(shown), errors=errors or {}, message=message, reasons=REASONS
    )


def _shown(shown: Detail) -> dict[str, object]:
    """What both pages of an operation print of it."""
    operation = shown.operation
    return {
        "shown": shown,
        "operation": operation,
        "seconds_left": present.seconds_left(operation, shown.server_now_ms),
        "screens": present.screens(operation),
        "blocks": present.blocks(
            operation.form_data.attributes, own_pictures=current_app.config["OWN_PICTURES"]
        ),
    }


def _version(found: Waiting) -> str:
    """Changes when the list does, so that a page that looks again knows whether to take it over."""
    names = "\n".join(f"{one.id} {one.form_data.title}" for one in found.operations)
    return hashlib.sha256(f"{found.unreadable}\n{names}".encode(errors="replace")).hexdigest()[:16]
