"""Approve without the bank being reached: the operation of a QR code, and the code to retype at the bank.

The text of a QR code travels in forms only, never in an address or a cookie. Every page here works while
nobody answers behind this site.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.errors import AssentError
from webapp.flows.errors import AnswerRefused, SnapshotExpired, SnapshotForeign, SnapshotForged
from webapp.flows.offline import CodesUsedUp, OfflineDetail, offline_code, read_offline, sign_offline
from webapp.powerauth.errors import QROperationError, QROperationNotGenuine
from webapp.web import code_cookie, offline_words, present_offline, session
from webapp.web.errors import STATUS
from webapp.web.field_words import FIELDS
from webapp.web.forms import OfflineForm, carried, scanned_text
from webapp.web.messages import PAGES, Message
from webapp.web.operation_words import RETYPES
from webapp.web.security import permissions_policy
from webapp.web.services import services

PERMISSIONS: Final = permissions_policy("screen-wake-lock")
"""Of a page with a code: somebody reads it off."""

blueprint = Blueprint("offline", __name__, url_prefix="/offline")

_FIELDS_IN_ORDER = ("read", "on_call", "retyped", "passkey", "pin")
_FEW: Final = 5
"""So many codes left are few: the page says so with emphasis."""


def page(text: str) -> ResponseReturnValue:
    """The operation that a scanned text holds, or why there is none to show; for the scanner too."""
    try:
        return _page(read_offline(services(), session.visitor(), text))
    except (QROperationError, QROperationNotGenuine) as error:
        return _refused(error)


@blueprint.get("")
@blueprint.get("/code")
def begin() -> ResponseReturnValue:
    """Somebody asks for the address of a form: every such operation begins with its QR code."""
    return redirect(url_for("scan.page"), HTTPStatus.SEE_OTHER)


@blueprint.post("")
def show() -> ResponseReturnValue:
    return page(scanned_text(request.form))


@blueprint.post("/code")
def sign() -> ResponseReturnValue:
    form = OfflineForm.parse(request.form)
    try:
        signed = sign_offline(
            services(), session.visitor(), form.text, note=form.answers.snapshot, answer=form.answer()
        )
    except AnswerRefused as error:
        problems = {name: FIELDS[error.problems[name]] for name in _FIELDS_IN_ORDER if name in error.problems}
        return _again(form, errors=problems), HTTPStatus.UNPROCESSABLE_ENTITY
    except CodesUsedUp as error:
        return _again(form), STATUS[error.message_key]
    except (SnapshotExpired, SnapshotForeign) as error:
        return _again(form, message=PAGES[error.message_key]), STATUS[error.message_key]
    except (SnapshotForged, QROperationError, QROperationNotGenuine) as error:
        return _refused(error)
    again = "yes" if signed.is_repeated else None
    address = url_for(".code", code_id=signed.place.code_id, again=again)
    response = make_response(redirect(address, HTTPStatus.SEE_OTHER))
    code_cookie.keep(response, signed.place)
    return response


@blueprint.get("/code/<code_id>")
def code(code_id: str) -> ResponseReturnValue:
    """The code for two minutes; then the page says that it is over."""
    found = offline_code(services(), session.visitor(), code_id, code_cookie.current())
    if found is None:
        return render_template("offline/over.html"), HTTPStatus.GONE
    html = render_template(
        "offline/code.html",
        code=found.code,
        groups=[_halves(group) for group in found.code.split("-")],
        seconds_left=found.seconds_left,
        codes=found.codes,
        few=_FEW,
        is_repeated="again" in request.args,
    )
    response = make_response(html)
    response.headers["Permissions-Policy"] = PERMISSIONS
    return response


def _halves(group: str) -> tuple[str, str]:
    """A group in two parts, to be read one at a time: 4 + 4, or 3 + 2."""
    middle = (len(group) + 1) // 2
    return group[:middle], group[middle:]


def _again(
    form: OfflineForm, *, errors: Mapping[str, object] | None = None, message: Message | None = None
) -> str:
    """The operation once more; of what was typed nothing secret is repeated."""
    shown = read_offline(services(), session.visitor(), form.text)
    return _page(shown, errors=errors, message=message, form=form)


def _page(
    shown: OfflineDetail,
    *,
    errors: Mapping[str, object] | None = None,
    message: Message | None = None,
    form: OfflineForm | None = None,
) -> str:
    operation, demands = shown.operation, shown.demands
    return render_template(
        "offline/operation.html",
        shown=shown,
        payload=carried(shown.text),
        operation=operation,
        name=present_offline.name(operation),
        rows=present_offline.rows(operation),
        has_hidden=present_offline.has_hidden(operation),
        is_newer=present_offline.is_newer(operation),
        retype=RETYPES[demands.retype.kind] if demands.retype else None,
        few=_FEW,
        used_up=None if shown.codes.left else PAGES[CodesUsedUp.message_key],
        errors=errors or {},
        message=message,
        on_call=form.answers.on_call if form else None,
        retyped=form.answers.retyped if form else None,
    )


def _refused(error: AssentError) -> ResponseReturnValue:
    """Nothing of the text is shown; the way on is to scan again."""
    html = render_template(
        "offline/refused.html",
        message=PAGES[error.message_key],
        rule=offline_words.broken_rule(error) if isinstance(error, QROperationError) else None,
    )
    return html, STATUS[error.message_key]
