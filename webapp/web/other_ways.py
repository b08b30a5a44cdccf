"""The other ways in: credentials, and a recovery code. Each is there if the operator wants it.

Signing in at the bank has a file of its own, sign_in.py.
"""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from webapp.web import activation, enrol_words, enrolling
from webapp.web.enrol_words import Notice
from webapp.web.errors import message_page
from webapp.web.field_words import FIELDS
from webapp.web.forms import MAX_NAME_LENGTH
from webapp.web.knowledge_words import rules
from webapp.web.messages import NOT_FOUND
from webapp.web.way_forms import MAX_CREDENTIAL_LENGTH, CredentialsForm, RecoveryForm, field_name
from webapp.web.ways_in import ways

blueprint = Blueprint("ways", __name__, url_prefix="/activation")


@blueprint.before_request
def _only_newcomers() -> ResponseReturnValue | None:
    """Like the form for a code: whose activation opens needs no other one."""
    if request.method == "GET" and activation.is_enrolled():
        return redirect(url_for("waiting.operations"), HTTPStatus.SEE_OTHER)
    return None


@blueprint.get("/credentials")
def credentials() -> ResponseReturnValue:
    _only_if(ways().credentials)
    return _credentials_page(CredentialsForm())


@blueprint.post("/credentials")
def enrol_by_credentials() -> ResponseReturnValue:
    _only_if(ways().credentials)
    form = CredentialsForm.parse(request.form, ways().credentials, rules())
    if form.errors:
        return _credentials_page(form, errors=_said(form.errors)), HTTPStatus.UNPROCESSABLE_ENTITY
    return enrolling.carry_out(
        form.identity(),
        name=form.browser.name,
        pin=form.browser.pin,
        blamed=field_name(ways().credentials[0].name),
        again=partial(_credentials_page, form),
    )


@blueprint.get("/recovery")
def recovery() -> ResponseReturnValue:
    _only_if(ways().recovery)
    return _recovery_page(RecoveryForm())


@blueprint.post("/recovery")
def enrol_by_recovery() -> ResponseReturnValue:
    _only_if(ways().recovery)
    form = RecoveryForm.parse(request.form, rules())
    if form.errors or form.identity is None:
        return _recovery_page(form, errors=_said(form.errors)), HTTPStatus.UNPROCESSABLE_ENTITY
    return enrolling.carry_out(
        form.identity,
        name=form.browser.name,
        pin=form.browser.pin,
        blamed="puk",
        again=partial(_recovery_page, form),
    )


@blueprint.errorhandler(CSRFError)
def stale_form(_error: CSRFError) -> ResponseReturnValue:
    """A form of an earlier session: what is no secret stays."""
    is_recovery = request.endpoint == f"{blueprint.name}.{enrol_by_recovery.__name__}"
    if not (ways().recovery if is_recovery else ways().credentials):
        return message_page(NOT_FOUND, HTTPStatus.NOT_FOUND)
    if is_recovery:
        form = RecoveryForm.parse(request.form, rules())
        return _recovery_page(form, notice=enrol_words.STALE), HTTPStatus.BAD_REQUEST
    typed = CredentialsForm.parse(request.form, ways().credentials, rules())
    return _credentials_page(typed, notice=enrol_words.STALE), HTTPStatus.BAD_REQUEST


def _only_if(is_open: object) -> None:
    if not is_open:
        abort(HTTPStatus.NOT_FOUND)


def _said(errors: Mapping[str, str]) -> dict[str, object]:
    return {name: FIELDS[key] for name, key in errors.items()}


def _credentials_page(
    form: CredentialsForm, *, errors: Mapping[str, object] | None = None, notice: Notice | None = None
) -> str:
    return render_template(
        "activation/credentials.html",
        name=form.browser.name,
        fields=[
            (one, field_name(one.name), "" if one.is_secret else form.values.get(one.name, ""))
            for one in ways().credentials
        ],
        errors=errors or {},
        notice=notice,
        longest=MAX_CREDENTIAL_LENGTH,
        max_name=MAX_NAME_LENGTH,
    )


def _recovery_page(
    form: RecoveryForm, *, errors: Mapping[str, object] | None = None, notice: Notice | None = None
) -> str:
    return render_template(
        "activation/recovery.html",
        name=form.browser.name,
        errors=errors or {},
        notice=notice,
        max_name=MAX_NAME_LENGTH,
    )
