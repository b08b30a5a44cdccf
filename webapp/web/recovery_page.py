"""For the day on which this browser is lost: its recovery code, and the code of a printed card."""

from http import HTTPStatus
from typing import Final

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.flows.errors import FormError
from webapp.flows.outcome import OutcomeKind
from webapp.flows.recovery import confirm_recovery, has_recovery, show_recovery
from webapp.flows.steps import Step, Taken
from webapp.powerauth.errors import ActivationCodeError
from webapp.web import session
from webapp.web.field_words import FIELDS
from webapp.web.forms import MAX_CODE_LENGTH
from webapp.web.knowledge_words import rules
from webapp.web.services import services
from webapp.web.session import Told
from webapp.web.step_forms import Proof
from webapp.web.step_pages import StepPage, moved
from webapp.web.ways_in import ways

blueprint = Blueprint("recovery", __name__, url_prefix="/settings/recovery")

_SHOW: Final = StepPage(Step.SHOW_RECOVERY, "settings/recovery.html")
_CONFIRM: Final = StepPage(Step.CONFIRM_RECOVERY, "settings/recovery_card.html")
_MALFORMED: Final = "activation.recovery.code"
_NOT_THIS_ONE: Final = "recovery.not_taken"


@blueprint.get("")
def ask() -> ResponseReturnValue:
    _only_if(has_recovery(services(), session.visitor()))
    return _SHOW.show()


@blueprint.post("")
def show() -> ResponseReturnValue:
    """The code itself: it belongs in no address and in no cookie, and a reload asks again."""
    _only_if(has_recovery(services(), session.visitor()))
    form = Proof.parse(request.form, rules())
    if form.errors:
        return _SHOW.refused(form.errors)
    try:
        found = show_recovery(services(), session.visitor(), note=form.note, pin=form.pin)
    except FormError as error:
        return _SHOW.stale(error)
    if not isinstance(found, Taken):
        return render_template("settings/recovery_code.html", recovery=found)
    if found.verdict is not None:
        return _SHOW.not_taken(found.verdict, is_repeated=found.is_repeated)
    return redirect(url_for(".ask"), HTTPStatus.SEE_OTHER)


@blueprint.get("/card")
def ask_for_card() -> ResponseReturnValue:
    _only_if(ways().recovery)
    return _CONFIRM.show()


@blueprint.post("/card")
def confirm() -> ResponseReturnValue:
    _only_if(ways().recovery)
    form, code = Proof.parse(request.form, rules()), request.form.get("code", "")[:MAX_CODE_LENGTH]
    if form.errors:
        return _CONFIRM.refused(form.errors)
    try:
        taken = confirm_recovery(services(), session.visitor(), note=form.note, code=code, pin=form.pin)
    except ActivationCodeError:
        return _CONFIRM.refused({"code": _MALFORMED})
    except FormError as error:
        return _CONFIRM.stale(error)
    if taken.verdict is None:
        return moved(Told.RECOVERY_CONFIRMED, is_repeated=taken.is_repeated)
    if taken.verdict.kind is OutcomeKind.CHECK:
        return _CONFIRM.show(HTTPStatus.UNPROCESSABLE_ENTITY, errors={"code": FIELDS[_NOT_THIS_ONE]})
    return _CONFIRM.not_taken(taken.verdict, is_repeated=taken.is_repeated)


def _only_if(is_there: bool) -> None:
    if not is_there:
        abort(HTTPStatus.NOT_FOUND)
