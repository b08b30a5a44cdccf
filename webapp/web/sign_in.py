"""Enrol by signing in at the bank: away to its provider, and back to choose a PIN.

What came back stands in no address for longer than one step. A form may not lead to another site (see
security.py), so a link does.
"""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Final

import msgspec
from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from webapp.flows.errors import BackendUnavailable, ServerNotTrusted, SignInDenied, SignInOver
from webapp.flows.sign_in import LIFETIME_S, SignIn, begin_sign_in, identity_of, returned
from webapp.mtoken.errors import AnswerLost, NotSent
from webapp.web import activation, enrol_words, enrolling
from webapp.web.enrol_words import Notice
from webapp.web.errors import STATUS
from webapp.web.field_words import FIELDS
from webapp.web.forms import MAX_NAME_LENGTH, NAME_MISSING, NewBrowser
from webapp.web.knowledge_words import rules
from webapp.web.sealed_cookie import SealedCookie
from webapp.web.services import services
from webapp.web.visible import one_line
from webapp.web.ways_in import ways

COOKIE: Final = SealedCookie("sign-in", "sign in", LIFETIME_S, 3900)
"""What ties the way back to the way there."""

_REFUSED: Final = "sign_in"
"""Stands for a field where the sign-in itself is to blame."""

blueprint = Blueprint("sign_in", __name__, url_prefix="/activation/sign-in")


@blueprint.before_request
def _only_newcomers() -> ResponseReturnValue | None:
    """Not where the operator has no provider, nor for somebody whose activation opens."""
    if not ways().oidc_provider:
        abort(HTTPStatus.NOT_FOUND)
    if request.method == "GET" and activation.is_enrolled():
        return redirect(url_for("waiting.operations"), HTTPStatus.SEE_OTHER)
    return None


@blueprint.get("")
def ask() -> ResponseReturnValue:
    return _start()


@blueprint.post("")
def begin() -> ResponseReturnValue:
    """The link to the provider, and the secrets that belong to it for this browser alone."""
    name = one_line(request.form.get("name", ""), MAX_NAME_LENGTH)
    if not name:
        return _start(errors={"name": FIELDS[NAME_MISSING]}), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        sign_in = begin_sign_in(services(), name=name)
    except (NotSent, AnswerLost, BackendUnavailable, ServerNotTrusted) as error:
        return _start(name, notice=enrol_words.no_sign_in(error)), STATUS[error.message_key]
    page = render_template("activation/sign_in_leave.html", address=sign_in.question.authorization_url)
    response = make_response(page)
    COOKIE.keep(response, msgspec.json.encode(sign_in))
    return response


@blueprint.get("/return")
def come_back() -> ResponseReturnValue:
    """The provider sends the browser here; the code goes out of the address at once."""
    try:
        sign_in = returned(services(), _kept(), request.args)
    except (SignInOver, SignInDenied) as error:
        return _over(error)
    response = make_response(redirect(url_for(".choose"), HTTPStatus.SEE_OTHER))
    COOKIE.keep(response, msgspec.json.encode(sign_in))
    return response


@blueprint.get("/finish")
def choose() -> ResponseReturnValue:
    sign_in = _kept()
    try:
        identity_of(services(), sign_in)
    except SignInOver as error:
        return _over(error)
    return _finish(NewBrowser(name=sign_in.name if sign_in else ""))


@blueprint.post("/finish")
def finish() -> ResponseReturnValue:
    form = NewBrowser.parse(request.form, rules())
    try:
        identity = identity_of(services(), _kept())
    except SignInOver as error:
        return _over(error)
    if form.errors:
        said = {name: FIELDS[key] for name, key in form.errors.items()}
        return _finish(form, errors=said), HTTPStatus.UNPROCESSABLE_ENTITY
    answer = make_response(
        enrolling.carry_out(
            identity, name=form.name, pin=form.pin, blamed=_REFUSED, again=partial(_finish, form)
        )
    )
    if answer.status_code == HTTPStatus.SEE_OTHER:
        COOKIE.forget(answer)
    return answer


def _kept() -> SignIn | None:
    content = COOKIE.read()
    try:
        return None if content is None else msgspec.json.decode(content, type=SignIn)
    except msgspec.DecodeError:
        return None


def _over(error: SignInOver | SignInDenied) -> ResponseReturnValue:
    return _start(notice=_again(FIELDS[error.message_key])), HTTPStatus.BAD_REQUEST


def _again(text: object) -> Notice:
    return Notice("warning", _("Sign in again"), text)


def _start(
    name: str = "", *, errors: Mapping[str, object] | None = None, notice: Notice | None = None
) -> str:
    return render_template(
        "activation/sign_in.html", name=name, errors=errors or {}, notice=notice, max_name=MAX_NAME_LENGTH
    )


def _finish(
    form: NewBrowser, *, errors: Mapping[str, object] | None = None, notice: Notice | None = None
) -> str:
    """The form for name and PIN; a sign-in that the bank does not take has to be done again first."""
    if errors and _REFUSED in errors:
        return _start(form.name, notice=_again(errors[_REFUSED]))
    return render_template(
        "activation/sign_in_finish.html",
        name=form.name,
        errors=errors or {},
        notice=notice,
        max_name=MAX_NAME_LENGTH,
    )
