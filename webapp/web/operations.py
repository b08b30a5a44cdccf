"""Pages about one operation: its screens, what will be signed, approve, reject, and how it ended."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.custody.errors import StoreUnavailable, TooManyTries
from webapp.flows.approve import approve
from webapp.flows.demands import Factors
from webapp.flows.errors import (
    AnswerRefused,
    BackendUnavailable,
    NotApprovable,
    OperationChanged,
    ScreenNotRead,
    ShownAgain,
    SnapshotExpired,
)
from webapp.flows.outcome import Outcome, OutcomeKind
from webapp.flows.receipts import outcome_of
from webapp.flows.reject import reject
from webapp.flows.screens import needs_gesture, pass_screen, waits_s
from webapp.flows.waiting import MANY, Detail, operation_detail
from webapp.mtoken.errors import NetworkError
from webapp.mtoken.screens import PreApprovalScreen
from webapp.web import kept_code, limit_words, outcome_words, present, present_signed, session
from webapp.web.errors import outcome_page, wait
from webapp.web.facts import facts
from webapp.web.field_words import FIELDS
from webapp.web.forms import ApproveForm, RejectForm, ScreenForm
from webapp.web.messages import PAGES, Message
from webapp.web.operation_words import ANSWERED_BEFORE, OBSTACLES, REASONS, RETYPES
from webapp.web.refused_words import not_accepted
from webapp.web.services import services

blueprint = Blueprint("operations", __name__, url_prefix="/operations")

_FIELDS_IN_ORDER = ("on_call", "retyped", "passkey", "pin", "code")
# After these the same proximity code may still be sent.
_CODE_STAYS = {OutcomeKind.CREDENTIAL, OutcomeKind.UNAVAILABLE}


@blueprint.get("/<operation_id>")
def detail(operation_id: str) -> ResponseReturnValue:
    return _page(operation_detail(services(), session.visitor(), operation_id))


@blueprint.post("/<operation_id>/screens")
def screens(operation_id: str) -> ResponseReturnValue:
    """One screen further. Nothing changes at the bank, so the page comes at once and may be reloaded."""
    form = ScreenForm.parse(request.form)
    try:
        shown = pass_screen(
            services(), session.visitor(), operation_id, snapshot=form.snapshot, is_read=form.is_read
        )
    except ScreenNotRead as error:
        errors = {"read": FIELDS[error.message_key]}
        return _page(error.detail, errors=errors), HTTPStatus.UNPROCESSABLE_ENTITY
    except (ShownAgain, SnapshotExpired) as error:
        return _again(operation_id, error)
    return _page(shown)


@blueprint.post("/<operation_id>/approve")
def approve_operation(operation_id: str) -> ResponseReturnValue:
    form = ApproveForm.parse(request.form)
    answer = form.answer(kept_code.current(operation_id))
    try:
        outcome = approve(services(), session.visitor(), operation_id, snapshot=form.snapshot, answer=answer)
    except AnswerRefused as error:
        problems = {name: FIELDS[error.problems[name]] for name in _FIELDS_IN_ORDER if name in error.problems}
        shown = _detail(operation_id, form.snapshot)
        if shown.screen is not None:
            return _again(operation_id, OperationChanged(shown))
        return _page(shown, errors=problems, form=form), HTTPStatus.UNPROCESSABLE_ENTITY
    except TooManyTries as error:
        said = limit_words.above_a_form(limit_words.TRIES, error.retry_after_s)
        page = _page(_detail(operation_id, form.snapshot), message=said, form=form)
        return wait(page, error.retry_after_s)
    except NotApprovable:
        return _page(_detail(operation_id, form.snapshot)), HTTPStatus.UNPROCESSABLE_ENTITY
    except (ShownAgain, SnapshotExpired) as error:
        return _again(operation_id, error)
    if outcome.kind is OutcomeKind.CREDENTIAL:
        return _not_accepted(operation_id, outcome, form)
    return _to_result(operation_id, outcome)


@blueprint.get("/<operation_id>/reject")
def ask_to_reject(operation_id: str) -> ResponseReturnValue:
    return _reject_page(_detail(operation_id))


@blueprint.post("/<operation_id>/reject")
def reject_operation(operation_id: str) -> ResponseReturnValue:
    form = RejectForm.parse(request.form)
    try:
        outcome = reject(
            services(), session.visitor(), operation_id, snapshot=form.snapshot, reason=form.reason
        )
    except SnapshotExpired as error:
        return _reject_page(_detail(operation_id), PAGES[error.message_key]), HTTPStatus.CONFLICT
    except OperationChanged as changed:
        return _reject_page(changed.detail, PAGES[changed.message_key]), HTTPStatus.CONFLICT
    return _to_result(operation_id, outcome)


@blueprint.get("/<operation_id>/result")
def result(operation_id: str) -> ResponseReturnValue:
    outcome = outcome_of(services(), session.visitor(), operation_id)
    if outcome is None:
        return redirect(url_for(".detail", operation_id=operation_id), HTTPStatus.SEE_OTHER)
    return outcome_page(outcome)


def _detail(operation_id: str, after: str | None = None) -> Detail:
    return operation_detail(services(), session.visitor(), operation_id, after=after)


def _to_result(operation_id: str, outcome: Outcome) -> ResponseReturnValue:
    """The page of the result can be opened again; without a receipt it is shown here and now."""
    result_page = redirect(url_for(".result", operation_id=operation_id), HTTPStatus.SEE_OTHER)
    response = make_response(result_page if outcome.is_kept else outcome_page(outcome))
    if outcome.kind not in _CODE_STAYS and kept_code.current(operation_id):
        kept_code.forget(response)
    return response


def _again(operation_id: str, error: ShownAgain | SnapshotExpired) -> ResponseReturnValue:
    """The operation from its beginning, and why it is shown once more."""
    shown = error.detail if isinstance(error, ShownAgain) else _detail(operation_id)
    return _page(shown, message=PAGES[error.message_key]), HTTPStatus.CONFLICT


def _not_accepted(operation_id: str, outcome: Outcome, form: ApproveForm) -> ResponseReturnValue:
    """The operation again with the attempts that are left; if it cannot be had now, the outcome alone."""
    try:
        shown = _detail(operation_id, form.snapshot)
    except (NetworkError, BackendUnavailable, StoreUnavailable):
        return _to_result(operation_id, outcome)
    if shown.screen is not None:
        # Its screens begin anew, in another language perhaps, and none has a field to say it at.
        return _to_result(operation_id, outcome)
    answered_by = "passkey" if form.passkey else "pin"
    field = "approve" if shown.demands.factors is Factors.ONE else answered_by
    # What is in a form that comes again was not even looked at: nobody may say that it was wrong.
    said = ANSWERED_BEFORE[answered_by] if outcome.is_repeated else not_accepted(outcome.attempts_left)
    return _page(shown, errors={field: said}, form=form), outcome_words.STATUS[outcome.kind]


def _page(
    shown: Detail,
    *,
    errors: Mapping[str, object] | None = None,
    message: Message | None = None,
    form: ApproveForm | None = None,
) -> str:
    """The next screen before the operation, or the operation and the form to approve it.

    `message` says why it is shown again; `form` is what was typed, of which nothing secret is repeated.
    """
    if shown.screen is not None:
        return _screen_page(shown, shown.screen, errors or {}, message)
    demands = shown.demands
    kept = kept_code.current(shown.operation.id)
    policy, now_ms = services().policy, services().clock.now_ms()
    return render_template(
        "operations/detail.html",
        **_facts(shown),
        errors=errors or {},
        message=message,
        on_call=form.on_call if form else None,
        retyped=form.retyped if form else None,
        obstacle=OBSTACLES[demands.obstacle] if demands.obstacle else None,
        retype=RETYPES[demands.retype.kind] if demands.retype else None,
        scan=present.screen(demands.scan) if demands.scan else None,
        has_code=kept is not None and kept.is_fresh(now_ms, policy.proximity_lifetime_s),
    )


def _screen_page(
    shown: Detail, screen: PreApprovalScreen, errors: Mapping[str, object], message: Message | None
) -> str:
    return render_template(
        "operations/screen.html",
        shown=shown,
        operation=shown.operation,
        screen=present.screen(screen),
        controls=screen.controls,
        needs_gesture=needs_gesture(screen),
        waits=waits_s(screen),
        seconds_left=present.seconds_left(shown.operation, shown.server_now_ms),
        errors=errors,
        message=message,
    )


def _reject_page(shown: Detail, message: Message | None = None) -> str:
    return render_template("operations/reject.html", **_facts(shown), message=message, reasons=REASONS)


def _facts(shown: Detail) -> dict[str, object]:
    """What both pages of an operation that can be answered print of it."""
    return {
        **facts(shown.operation, shown.server_now_ms),
        "shown": shown,
        "disagreements": present_signed.disagreements(shown.demands.disagreements),
        "many": shown.similar if shown.similar >= MANY else 0,
    }
