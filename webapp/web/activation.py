"""Pages about the activation: welcome, enrol, how it stands, forget this browser."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from webapp.custody.errors import HalfMissing, HalfWrong, NotEnrolled
from webapp.errors import AssentError
from webapp.flows.enrol import read_code
from webapp.flows.errors import AlreadyEnrolled
from webapp.flows.leave import forget_browser
from webapp.flows.standing import Standing, activation_status
from webapp.powerauth.identity import Identity
from webapp.web import enrol_words, enrolling, errors, kept_code, messages, session
from webapp.web.enrol_words import Notice
from webapp.web.field_words import FIELDS
from webapp.web.forms import MAX_CODE_LENGTH, MAX_NAME_LENGTH, EnrolForm
from webapp.web.knowledge_words import rules
from webapp.web.services import services
from webapp.web.session import Ended
from webapp.web.ways_in import ways

blueprint = Blueprint("activation", __name__)

_STATUS = {
    Standing.PENDING: HTTPStatus.OK,
    Standing.BLOCKED: HTTPStatus.FORBIDDEN,
    Standing.OUT_OF_SYNC: HTTPStatus.CONFLICT,
    Standing.UNCLEAR: HTTPStatus.BAD_GATEWAY,
}


@blueprint.get("/")
def home() -> ResponseReturnValue:
    if session.is_enrolled():
        return redirect(url_for("waiting.operations"), HTTPStatus.SEE_OTHER)
    return render_template("activation/home.html")


@blueprint.get("/activation/new")
def new() -> ResponseReturnValue:
    """The form, with the code of the link that was opened, if one was."""
    if is_enrolled():
        return redirect(url_for("waiting.operations"), HTTPStatus.SEE_OTHER)
    return _form(EnrolForm(code=request.args.get("code", "")[:MAX_CODE_LENGTH]))


def form_with(code: str) -> ResponseReturnValue:
    """The form with a code that was scanned in its field; it stood in no address, and nothing is sent yet.

    Raises:
        AlreadyEnrolled: this browser has an activation that works.
    """
    if is_enrolled():
        raise AlreadyEnrolled
    return _form(EnrolForm(code=code[:MAX_CODE_LENGTH]))


@blueprint.post("/activation/new")
def create() -> ResponseReturnValue:
    form = _typed()
    if form.errors:
        said = {name: FIELDS[key] for name, key in form.errors.items()}
        return _form(form, errors=said), HTTPStatus.UNPROCESSABLE_ENTITY
    return enrolling.carry_out(
        Identity.of_code(read_code(form.code)),
        name=form.name,
        pin=form.pin,
        otp=form.otp,
        blamed="code",
        again=partial(_form, form),
    )


@blueprint.get("/activation")
def standing() -> ResponseReturnValue:
    """How the activation stands; while the bank has not committed it, the digits to compare.

    What the bank has removed is erased here as well, and the page goes on telling so.
    """
    ended = session.ended()
    if ended is not None:
        return _over(ended)
    view = activation_status(services(), session.visitor())
    awaited = kept_code.awaited_operation()
    if view.standing is Standing.ACTIVE:
        return redirect(_way_on(awaited), HTTPStatus.SEE_OTHER)
    if view.standing is Standing.REMOVED:
        forget_browser(services(), session.visitor())
        return _over(Ended.REMOVED)
    page = "waiting" if view.standing is Standing.PENDING else "standing"
    return render_template(f"activation/{page}.html", view=view, awaited=awaited), _STATUS[view.standing]


def _over(ended: Ended) -> ResponseReturnValue:
    """There is no activation any more; the page is the same when it is loaded again."""
    response = make_response("", HTTPStatus.GONE if ended is Ended.REMOVED else HTTPStatus.OK)
    session.forget(response, because=ended)
    # Rendered afterwards, so that the frame offers nothing that only an enrolled browser has.
    response.set_data(render_template("activation/over.html", ended=ended))
    return response


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
    return _form(_typed(), notice=enrol_words.STALE), HTTPStatus.BAD_REQUEST


def _way_on(awaited: str | None) -> str:
    """Where somebody goes whose activation works now: the operation of the link they came by, or the list.

    Only this page leads there, and nobody is sent here whose activation works, so there is no circle and
    the list stays in reach.
    """
    if awaited is None:
        return url_for("waiting.operations")
    return url_for("operations.detail", operation_id=awaited)


def is_enrolled() -> bool:
    """Whether this browser has an activation that opens, or may open later.

    Raises:
        HalfMissing: a link on another site led here; one step on, the browser brings its half along.
    """
    if not session.is_enrolled():
        return False
    visitor = session.visitor()
    try:
        services().custody.open(visitor.sid, visitor.half)
    except HalfMissing:
        if errors.half_may_follow():
            raise
        return False
    except (NotEnrolled, HalfWrong):
        return False
    except AssentError:
        return True
    return True


def _typed() -> EnrolForm:
    return EnrolForm.parse(request.form, rules(), ways().otp)


def _form(
    form: EnrolForm, *, errors: Mapping[str, object] | None = None, notice: Notice | None = None
) -> str:
    """The form as typed, without the PINs; `errors` are texts per field, `notice` stands above it."""
    return render_template(
        "activation/new.html",
        form=form,
        errors=errors or {},
        notice=notice,
        awaited=kept_code.awaited_operation(),
        max_code=MAX_CODE_LENGTH,
        max_name=MAX_NAME_LENGTH,
    )
