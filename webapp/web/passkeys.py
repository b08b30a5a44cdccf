"""Passkeys: the page to add and remove one, and what script asks before it turns to the device.

The two questions answer with JSON, `{"note": …, "options": …}`. They change nothing and keep nothing, and
the options are good for two minutes. The answers come in the ordinary forms, in the field `passkey`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from flask import Blueprint, Flask, Response, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from webapp.flows.copies import renew_sid
from webapp.flows.errors import AnswerRefused, BackendUnavailable, FormError
from webapp.flows.outcome import OutcomeKind
from webapp.flows.passkey_notes import Purpose
from webapp.flows.passkey_setup import (
    add_passkey,
    ask_for_new,
    ask_newcomer,
    ask_to_sign,
    passkey_view,
    remove_passkey,
)
from webapp.flows.passkeys import Question
from webapp.flows.steps import Step, StepForm, Taken, ask_for
from webapp.flows.triage import Verdict
from webapp.mtoken.errors import NetworkError
from webapp.web import outcome_words, passkey_words, session, settings_words
from webapp.web.enrol_words import Notice
from webapp.web.errors import RETRY_AFTER_S, STATUS
from webapp.web.forms import MAX_NAME_LENGTH, MAX_SNAPSHOT_LENGTH, passkey_answer, typed_pin
from webapp.web.messages import FIELDS
from webapp.web.refused_words import not_accepted
from webapp.web.security import permissions_policy
from webapp.web.services import services
from webapp.web.session import Told
from webapp.web.visible import one_line

FEATURES: Final = MappingProxyType(
    {"get": "publickey-credentials-get", "create": "publickey-credentials-create"}
)
"""What pages may do that offer a passkey, and its name in Permissions-Policy."""

blueprint = Blueprint("passkeys", __name__, url_prefix="/passkey")

_SIGNED: Final = {purpose.value: purpose for purpose in (Purpose.APPROVE, Purpose.OFFLINE, Purpose.HISTORY)}
_FIELDS_IN_ORDER = ("passkey", "pin")


def configure(app: Flask) -> None:
    """Templates say with `offers_passkey` that the page may turn to the device, and learn whether it can."""
    app.jinja_env.globals.update(offers_passkey=_offers_passkey, has_passkey=_has_passkey)
    app.after_request(_allow)


@blueprint.get("")
def page() -> ResponseReturnValue:
    return _page()


@blueprint.post("/add")
def add() -> ResponseReturnValue:
    answer = passkey_answer(request.form)
    note = request.form.get("note", "")[:MAX_SNAPSHOT_LENGTH]
    try:
        taken = add_passkey(
            services(), session.visitor(), note=note, answer=answer, pin=typed_pin(request.form)
        )
    except AnswerRefused as error:
        errors = {name: FIELDS[error.problems[name]] for name in _FIELDS_IN_ORDER if name in error.problems}
        return _page(HTTPStatus.UNPROCESSABLE_ENTITY, errors=errors)
    except FormError as error:
        return _page(STATUS[error.message_key], notice=settings_words.STALE)
    if taken.verdict is not None:
        return _not_taken(taken, taken.verdict)
    return _moved(Told.PASSKEY_ADDED)


@blueprint.post("/remove")
def remove() -> ResponseReturnValue:
    remove_passkey(services(), session.visitor())
    return _moved(Told.PASSKEY_REMOVED)


@blueprint.post("/new")
def new() -> ResponseReturnValue:
    """The question for a device that makes a passkey, for this activation or for one to come."""
    if request.form.get("purpose") == Purpose.ENROL:
        name = one_line(request.form.get("name", ""), MAX_NAME_LENGTH)
        return _question(ask_newcomer(services(), name))
    return _question(ask_for_new(services(), session.visitor()))


@blueprint.post("/ask")
def ask() -> ResponseReturnValue:
    """The question for a passkey, for exactly the form with this snapshot."""
    purpose = _SIGNED.get(request.form.get("purpose", ""))
    if purpose is None:
        raise BadRequest
    snapshot = request.form.get("snapshot", "")[:MAX_SNAPSHOT_LENGTH]
    return _question(ask_to_sign(services(), session.visitor(), purpose, snapshot))


def _question(question: Question) -> Response:
    return jsonify(note=question.note, options=question.options)


def _moved(told: Told) -> ResponseReturnValue:
    """The activation has changed, so the browser goes on under a new sid."""
    session.move_to(renew_sid(services(), session.visitor()), told)
    return redirect(url_for("settings.page"), HTTPStatus.SEE_OTHER)


def _not_taken(taken: Taken, verdict: Verdict) -> ResponseReturnValue:
    status = outcome_words.STATUS[verdict.kind]
    if verdict.kind is OutcomeKind.CREDENTIAL:
        said = not_accepted(verdict.attempts_left, passkey_words.NOT_ADDED)
        return _page(status, errors={"pin": settings_words.REPEATED if taken.is_repeated else said})
    if verdict.kind is OutcomeKind.UNAVAILABLE:
        return _page(status, notice=passkey_words.UNAVAILABLE)
    return redirect(url_for("activation.standing"), HTTPStatus.SEE_OTHER)


def _page(
    status: int = HTTPStatus.OK,
    *,
    errors: Mapping[str, object] | None = None,
    notice: Notice | None = None,
) -> Response:
    """The passkey that is there, or the form to add one; without the bank, the page says what is possible."""
    view = passkey_view(services(), session.visitor())
    asked = _asked() if view is None else None
    html = render_template(
        "settings/passkey.html",
        passkey=view,
        added_at=None if view is None else datetime.fromtimestamp(view.added_at_ms // 1000, UTC),
        asked=asked,
        errors=errors or {},
        notice=notice,
    )
    if view is None and asked is None and status == HTTPStatus.OK:
        status = HTTPStatus.SERVICE_UNAVAILABLE
    response = Response(html, status)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _asked() -> StepForm | None:
    try:
        return ask_for(services(), session.visitor(), Step.ADD_PASSKEY)
    except (NetworkError, BackendUnavailable):
        return None


def _offers_passkey(*uses: str) -> bool:
    """Whether the site offers passkeys; this page may then turn to the device for these uses."""
    if services().passkeys is None:
        return False
    g.passkey_features = {*g.get("passkey_features", ()), *(FEATURES[use] for use in uses)}
    return True


def _has_passkey() -> bool:
    """Whether this browser's activation can sign with one; for pages that only an enrolled browser sees."""
    return services().passkeys is not None and passkey_view(services(), session.visitor()) is not None


def _allow(response: Response) -> Response:
    features = g.get("passkey_features")
    if features:
        response.headers["Permissions-Policy"] = permissions_policy(*features)
    return response
