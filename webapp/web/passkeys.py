"""Passkeys: the page to add and remove one, and what script asks before it turns to the device.

The two questions answer with JSON, `{"note": …, "options": …, "salt": …}`. They change nothing
and keep nothing, and are good for two minutes. The answers come in the ordinary forms, as `passkey`.
"""

from datetime import UTC, datetime
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from webapp.flows.errors import AnswerRefused, FormError
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
from webapp.flows.steps import Step
from webapp.web import session
from webapp.web.forms import MAX_NAME_LENGTH, MAX_SNAPSHOT_LENGTH, passkey_answer, typed_pin
from webapp.web.security import permissions_policy
from webapp.web.services import services
from webapp.web.session import Told
from webapp.web.step_pages import StepPage, moved
from webapp.web.visible import one_line

FEATURES: Final = MappingProxyType(
    {"get": "publickey-credentials-get", "create": "publickey-credentials-create"}
)
"""What pages may do that offer a passkey, and its name in Permissions-Policy."""

blueprint = Blueprint("passkeys", __name__, url_prefix="/passkey")

_SIGNED: Final = {
    purpose.value: purpose for purpose in (Purpose.APPROVE, Purpose.OFFLINE, Purpose.HISTORY, Purpose.LEAVE)
}
_ADD: Final = StepPage(Step.ADD_PASSKEY, "settings/add_passkey.html")
_OFFERED: Final = "OFFERS_PASSKEYS"


def configure(app: Flask, *, is_offered: bool) -> None:
    """Templates say with `offers_passkey` that the page turns to the device, and learn whether it may."""
    app.config[_OFFERED] = is_offered
    app.jinja_env.globals.update(offers_passkey=_offers_passkey, has_passkey=_has_passkey)
    app.after_request(_allow)


@blueprint.get("")
def page() -> ResponseReturnValue:
    """The passkey that is there, or the form to add one."""
    view = passkey_view(services(), session.visitor())
    if view is None:
        return _ADD.show()
    added_at = datetime.fromtimestamp(view.added_at_ms // 1000, UTC)
    return render_template("settings/passkey.html", passkey=view, added_at=added_at)


@blueprint.post("/add")
def add() -> ResponseReturnValue:
    if passkey_view(services(), session.visitor()) is not None:
        return redirect(url_for(".page"), HTTPStatus.SEE_OTHER)
    note = request.form.get("note", "")[:MAX_SNAPSHOT_LENGTH]
    answer, pin = passkey_answer(request.form), typed_pin(request.form)
    try:
        taken = add_passkey(services(), session.visitor(), note=note, answer=answer, pin=pin)
    except AnswerRefused as error:
        return _ADD.refused(error.problems)
    except FormError as error:
        return _ADD.stale(error)
    if taken.verdict is not None:
        return _ADD.not_taken(taken.verdict, is_repeated=taken.is_repeated)
    return moved(Told.PASSKEY_ADDED)


@blueprint.post("/remove")
def remove() -> ResponseReturnValue:
    remove_passkey(services(), session.visitor())
    return moved(Told.PASSKEY_REMOVED)


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
    return jsonify(note=question.note, options=question.options, salt=question.salt)


def _offers_passkey(*uses: str) -> bool:
    """Whether the site offers passkeys; this page may then turn to the device for these uses."""
    if not current_app.config[_OFFERED]:
        return False
    g.passkey_features = {*g.get("passkey_features", ()), *(FEATURES[use] for use in uses)}
    return True


def _has_passkey() -> bool:
    """Whether this browser's activation can sign with one; for pages that only an enrolled browser sees."""
    return current_app.config[_OFFERED] and passkey_view(services(), session.visitor()) is not None


def _allow(response: Response) -> Response:
    features = g.get("passkey_features")
    if features:
        response.headers["Permissions-Policy"] = permissions_policy(*features)
    return response
