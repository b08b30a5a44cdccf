"""The history: asked for with the PIN or the passkey, shown once, kept nowhere. A reload asks again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, Self

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.flows.errors import BackendUnavailable, PinMalformed, PinMissing
from webapp.flows.history import MOST, History, attempts_left, history
from webapp.flows.outcome import OutcomeKind
from webapp.flows.passkey_errors import PasskeyError
from webapp.flows.triage import Verdict
from webapp.mtoken.errors import NetworkError
from webapp.web import outcome_words, present_history, session
from webapp.web.errors import RETRY_AFTER_S
from webapp.web.field_words import FIELDS
from webapp.web.forms import ApproveForm
from webapp.web.refused_words import not_accepted
from webapp.web.services import services

blueprint = Blueprint("history", __name__, url_prefix="/history")

MAX_ID_LENGTH: Final = 200


@dataclass(frozen=True, slots=True)
class HistoryForm:
    """The operation whose end somebody wants to know, if any, and the PIN or a passkey's answer."""

    looked_up: str | None
    pin: str | None = field(default=None, repr=False)
    passkey: str = field(default="", repr=False)

    @classmethod
    def parse(cls, fields: Mapping[str, str]) -> Self:
        # They are read as the form of an approval reads them.
        answers = ApproveForm.parse(fields)
        looked_up = fields.get("operation", "")[:MAX_ID_LENGTH] or None
        return cls(looked_up, answers.pin, answers.passkey)

    @property
    def answered_by(self) -> str:
        """The field that an error is about."""
        return "passkey" if self.passkey else "pin"


@blueprint.get("")
def ask() -> ResponseReturnValue:
    """The form; `?operation=` names the one to look up."""
    form = HistoryForm.parse(request.args)
    return _form(form, attempts_left(services(), session.visitor()))


@blueprint.post("")
def answer() -> ResponseReturnValue:
    """The list itself: what it shows belongs in no address and in no cookie."""
    form = HistoryForm.parse(request.form)
    try:
        found = history(
            services(), session.visitor(), pin=form.pin, passkey=form.passkey, looked_up=form.looked_up
        )
    except (PinMissing, PinMalformed, PasskeyError) as error:
        page = _form(form, _left(), errors={form.answered_by: FIELDS[error.message_key]})
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    return _refused(form, found) if isinstance(found, Verdict) else _list(form, found)


def _refused(form: HistoryForm, verdict: Verdict) -> ResponseReturnValue:
    status = outcome_words.STATUS[verdict.kind]
    if verdict.kind is OutcomeKind.CREDENTIAL:
        left = verdict.attempts_left
        return _form(form, left, errors={form.answered_by: not_accepted(left)}), status
    if verdict.kind is OutcomeKind.UNAVAILABLE:
        response = make_response(_form(form, _left(), is_unavailable=True), status)
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
        return response
    return redirect(url_for("activation.standing"), HTTPStatus.SEE_OTHER)


def _left() -> int | None:
    """The attempts for a form that comes again; also without them it can be filled in once more."""
    try:
        return attempts_left(services(), session.visitor())
    except (NetworkError, BackendUnavailable):
        return None


def _form(
    form: HistoryForm,
    left: int | None,
    *,
    errors: Mapping[str, object] | None = None,
    is_unavailable: bool = False,
) -> str:
    """The PIN is asked for; `is_unavailable`: it was, and the bank gave no history."""
    return render_template(
        "history/ask.html",
        looked_up=form.looked_up,
        attempts_left=left,
        errors=errors or {},
        is_unavailable=is_unavailable,
        most=MOST,
    )


def _list(form: HistoryForm, found: History) -> str:
    entries = [present_history.entry(operation, found.server_now_ms) for operation in found.operations]
    return render_template(
        "history/list.html",
        entries=entries,
        choices=present_history.choices(entries),
        unreadable=found.unreadable,
        looked_up=form.looked_up,
        wanted=next((one for one in entries if one.line.id == form.looked_up), None),
        most=MOST,
    )
