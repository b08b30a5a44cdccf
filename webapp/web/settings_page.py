"""Settings: how the activation stands, another PIN, the end of copied cookies, and the way out."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.flows.change_pin import change_pin
from webapp.flows.copies import end_copies, renew_sid
from webapp.flows.errors import AnswerRefused, FormError
from webapp.flows.leave import remove_activation
from webapp.flows.overview import overview
from webapp.flows.steps import Step
from webapp.web import session, settings_words
from webapp.web.forms import passkey_answer
from webapp.web.knowledge_words import rules
from webapp.web.services import services
from webapp.web.session import Ended, Told
from webapp.web.step_forms import ChangePinForm, Proof
from webapp.web.step_pages import StepPage, moved

blueprint = Blueprint("settings", __name__, url_prefix="/settings")

_CHANGE_PIN: Final = StepPage(Step.CHANGE_PIN, "settings/pin.html", "old")
_REMOVE: Final = StepPage(Step.REMOVE, "settings/remove.html")


@blueprint.get("")
def page() -> ResponseReturnValue:
    told = session.arriving()
    if told is not None:
        end_copies(services(), session.visitor())
    found = overview(services(), session.visitor())
    if told is not None:
        # Not before: a page that could not be shown has said nothing.
        session.has_arrived()
    return render_template(
        "settings/page.html",
        found=found,
        last_used=_moment(found.last_used_at_ms),
        told=None if told is None else settings_words.TOLD[told],
    )


@blueprint.post("/copies")
def copies() -> ResponseReturnValue:
    """Whoever copied this browser's cookies is out as soon as the browser comes with its new ones."""
    session.move_to(renew_sid(services(), session.visitor()), Told.COPIES_ENDED)
    return redirect(url_for(".page"), HTTPStatus.SEE_OTHER)


@blueprint.get("/pin")
def ask_for_pin() -> ResponseReturnValue:
    return _CHANGE_PIN.show()


@blueprint.post("/pin")
def change() -> ResponseReturnValue:
    form = ChangePinForm.parse(request.form, rules())
    if form.errors:
        return _CHANGE_PIN.refused(form.errors)
    try:
        taken = change_pin(services(), session.visitor(), note=form.note, old=form.old, new=form.new)
    except FormError as error:
        return _CHANGE_PIN.stale(error)
    if taken.verdict is not None:
        return _CHANGE_PIN.not_taken(taken.verdict, is_repeated=taken.is_repeated)
    return moved(Told.PIN_CHANGED, is_repeated=taken.is_repeated)


@blueprint.get("/remove")
def ask_to_remove() -> ResponseReturnValue:
    return _REMOVE.show()


@blueprint.post("/remove")
def remove() -> ResponseReturnValue:
    form, passkey = Proof.parse(request.form, rules()), passkey_answer(request.form)
    if form.errors and not passkey:
        return _REMOVE.refused(form.errors)
    try:
        taken = remove_activation(
            services(), session.visitor(), note=form.note, pin="" if passkey else form.pin, passkey=passkey
        )
    except AnswerRefused as error:
        return _REMOVE.refused(error.problems)
    except FormError as error:
        return _REMOVE.stale(error)
    if taken.verdict is not None:
        return _REMOVE.not_taken(taken.verdict, is_repeated=taken.is_repeated, by_passkey=bool(passkey))
    response = make_response(redirect(url_for("activation.standing"), HTTPStatus.SEE_OTHER))
    session.forget(response, because=Ended.LEFT)
    return response


def _moment(at_ms: int | None) -> datetime | None:
    return None if at_ms is None else datetime.fromtimestamp(at_ms // 1000, UTC)
