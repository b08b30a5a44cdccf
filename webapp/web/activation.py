"""Pages about the activation: welcome, enrol, how it stands, forget this browser."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from webapp.custody.errors import HalfMissing, HalfWrong, NotEnrolled
from webapp.errors import AssentError
from webapp.flows.enrol import enrol
from webapp.flows.errors import BackendUnavailable, CodeNotGenuine, CodeRefused, ServerNotTrusted
from webapp.flows.leave import forget_browser
from webapp.flows.standing import Standing, activation_status
from webapp.mtoken.errors import AnswerLost, NotSent
from webapp.web import enrol_words, errors, kept_code, messages, session
from webapp.web.enrol_words import Notice
from webapp.web.forms import MAX_CODE_LENGTH, MAX_NAME_LENGTH, EnrolForm
from webapp.web.services import services

blueprint = Blueprint("activation", __name__)

_STATUS = {
    Standing.PENDING: HTTPStatus.OK,
    Standing.BLOCKED: HTTPStatus.FORBIDDEN,
    Standing.REMOVED: HTTPStatus.GONE,
    Standing.OUT_OF_SYNC: HTTPStatus.CONFLICT,
    Standing.UNCLEAR: HTTPStatus.BAD_GATEWAY,
}


_FAILURES = {
    NotSent: enrol_words.NOT_SENT,
    AnswerLost: enrol_words.ANSWER_LOST,
    BackendUnavailable: enrol_words.UNAVAILABLE,
    ServerNotTrusted: enrol_words.NOT_TRUSTED,
}


@blueprint.get("/")
def home() -> ResponseReturnValue:
    if session.is_enrolled():
        return redirect(url_for("waiting.operations"), HTTPStatus.SEE_OTHER)
    return render_template("activation/home.html")


@blueprint.get("/activation/new")
def new() -> ResponseReturnValue:
    """The form, with the code of the link that was opened, if one was."""
    if session.is_enrolled() and _is_open():
        return redirect(url_for("waiting.operations"), HTTPStatus.SEE_OTHER)
    return _form(EnrolForm(code=request.args.get("code", "")[:MAX_CODE_LENGTH]))


@blueprint.post("/activation/new")
def create() -> ResponseReturnValue:
    form = EnrolForm.parse(request.form)
    if form.errors:
        return _form(form, errors=form.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        enrolled = enrol(services(), session.visitor(), code=form.code, name=form.name, pin=form.pin)
    except (CodeRefused, CodeNotGenuine) as error:
        return _form(form, errors={"code": error.message_key}), HTTPStatus.UNPROCESSABLE_ENTITY
    except (NotSent, AnswerLost, BackendUnavailable, ServerNotTrusted) as error:
        return _form(form, notice=_FAILURES[type(error)]), errors.STATUS[error.message_key]
    response = make_response(redirect(url_for(".standing"), HTTPStatus.SEE_OTHER))
    session.admit(response, enrolled, name=form.name)
    return response


@blueprint.get("/activation")
def standing() -> ResponseReturnValue:
    """How the activation stands; while the bank has not committed it, the digits to compare."""
    view = activation_status(services(), session.visitor())
    awaited = kept_code.awaited_operation()
    if view.standing is Standing.ACTIVE:
        return redirect(_way_on(awaited), HTTPStatus.SEE_OTHER)
    page = "waiting" if view.standing is Standing.PENDING else "standing"
    return render_template(f"activation/{page}.html", view=view, awaited=awaited), _STATUS[view.standing]


@blueprint.get("/activation/forget")
def ask_to_forget() -> ResponseReturnValue:
    return render_template("activation/forget.html")


@blueprint.post("/activation/forget")
def forget() -> ResponseReturnValue:
    forget_browser(services(), session.visitor())
    response = make_response(redirect(url_for(".home"), HTTPStatus.SEE_OTHER))
    session.forget(response)
    return response


@blueprint.errorhandler(CSRFError)
def stale_form(_error: CSRFError) -> ResponseReturnValue:
    """A form of an earlier session: what was typed stays, but for the PINs."""
    if request.endpoint != f"{blueprint.name}.{create.__name__}":
        return errors.message_page(messages.STALE_FORM, HTTPStatus.BAD_REQUEST)
    return _form(EnrolForm.parse(request.form), notice=enrol_words.STALE), HTTPStatus.BAD_REQUEST


def _way_on(awaited: str | None) -> str:
    """Where somebody goes whose activation works now: the operation of the link they came by, or the list.

    Only this page leads there, and nobody is sent here whose activation works, so there is no circle and
    the list stays in reach.
    """
    if awaited is None:
        return url_for("waiting.operations")
    return url_for("operations.detail", operation_id=awaited)


def _is_open() -> bool:
    visitor = session.visitor()
    try:
        services().custody.open(visitor.sid, visitor.half)
    except (NotEnrolled, HalfMissing, HalfWrong):
        return False
    except AssentError:
        return True
    return True


def _form(form: EnrolForm, *, errors: Mapping[str, str] | None = None, notice: Notice | None = None) -> str:
    """The form as typed, without the PINs; `errors` are keys per field, `notice` stands above it."""
    return render_template(
        "activation/new.html",
        form=form,
        errors={name: messages.FIELDS[key] for name, key in (errors or {}).items()},
        notice=notice,
        awaited=kept_code.awaited_operation(),
        max_code=MAX_CODE_LENGTH,
        max_name=MAX_NAME_LENGTH,
    )
