"""The scanner: one page for everything that a camera can see, and the same for a picture or a pasted text.

What was brought is told apart and leads to the page that shows it. A scan does nothing by itself: there
somebody reads, and presses, or leaves. What is no code of ours is told without a word of what it says.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

import msgspec
from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import RequestEntityTooLarge, TooManyRequests

from webapp.custody.errors import NotEnrolled
from webapp.errors import AssentError
from webapp.flows import scan
from webapp.flows.decoding import decode_frame
from webapp.flows.errors import (
    CodeUnknown,
    NoCodeFound,
    NothingToRead,
    ProximityCodeUnreadable,
    RecoveryCodeScanned,
    ScanRefused,
)
from webapp.mtoken.errors import PacCode, PacError
from webapp.mtoken.operation import ProximityCheckType
from webapp.mtoken.pac import PACData
from webapp.powerauth.activation_code import ActivationCode
from webapp.powerauth.errors import ActivationCodeError, QROperationError
from webapp.powerauth.offline_operation import QROperation
from webapp.web import activation, kept_code, limit_words, links, offline, session
from webapp.web.errors import STATUS, wait
from webapp.web.field_words import FIELDS
from webapp.web.messages import PAGES, STALE_FORM, TOO_MANY, Message
from webapp.web.offline_words import broken_rule
from webapp.web.rate_limits import retry_after_s
from webapp.web.security import permissions_policy
from webapp.web.services import services
from webapp.web.timing import decoding

PERMISSIONS: Final = permissions_policy("camera", "screen-wake-lock")
"""Of the scanner's page, and of no other."""

blueprint = Blueprint("scan", __name__, url_prefix="/scan")

_SEEN: Final = msgspec.json.Decoder(list[str])
_OPERATION: Final = "operation"

_Refused = (
    ScanRefused,
    NothingToRead,
    CodeUnknown,
    RecoveryCodeScanned,
    ProximityCodeUnreadable,
    QROperationError,
    PacError,
    ActivationCodeError,
)
_WORDS: Final[Mapping[type[AssentError], str]] = MappingProxyType(
    {
        QROperationError: "scan.operation",
        PacError: "scan.pac",
        ProximityCodeUnreadable: "scan.no_digits",
        ActivationCodeError: "scan.activation_code",
    }
)


@blueprint.get("")
def page() -> ResponseReturnValue:
    """The scanner; `?operation=` names the operation whose code is looked for."""
    return _page(request.args.get(_OPERATION))


@blueprint.post("")
def read() -> ResponseReturnValue:
    """What was brought, in one of three ways, and on to the page that it leads to."""
    came_from, way = request.form.get(_OPERATION), _way()
    try:
        return _lead_on(_READERS[way](), came_from)
    except _Refused as error:
        status = STATUS.get(error.message_key, HTTPStatus.UNPROCESSABLE_ENTITY)
        return _page(came_from, errors={way: _said(error)}, status=status)


@blueprint.post("/frame")
def frame() -> ResponseReturnValue:
    """The text of the QR code in one frame of the camera: `{"text": …}`, or 204 without any.

    `?width=&height=` and as many bytes, as `decode_frame` takes them; the body is of no form's type. The
    token of the form goes along as `X-CSRFToken`.
    """
    width, height = (request.args.get(name, 0, int) for name in ("width", "height"))
    try:
        with decoding("frame"):
            text = decode_frame(width, height, request.get_data())
        return jsonify(text=text)
    except NoCodeFound:
        return Response(status=HTTPStatus.NO_CONTENT, mimetype="application/json")


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Nothing of the form was read, so only its type tells which one it is."""
    is_picture = request.mimetype == "multipart/form-data"
    way, key = ("picture", "scan.too_large") if is_picture else ("text", CodeUnknown.message_key)
    return _page(None, errors={way: FIELDS[key]}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


@blueprint.errorhandler(TooManyRequests)
def too_many(_error: TooManyRequests) -> ResponseReturnValue:
    seconds = retry_after_s()
    return wait(_page(None, message=limit_words.above_a_form(TOO_MANY, seconds)), seconds)


@blueprint.errorhandler(CSRFError)
def stale_form(_error: CSRFError) -> ResponseReturnValue:
    return _page(request.form.get(_OPERATION), message=PAGES[STALE_FORM], status=HTTPStatus.BAD_REQUEST)


def _way() -> str:
    """Which part of the page it came by; also the field beside which an error is told."""
    if "seen" in request.form:
        return "camera"
    return "text" if "text" in request.form else "picture"


def _read_seen() -> scan.Target:
    """JSON and not bare text, because forms change line breaks, and every one of them is signed."""
    try:
        texts = _SEEN.decode(request.form["seen"])
    except msgspec.DecodeError:
        raise CodeUnknown from None
    return scan.seen(texts, by_browser=request.form.get("reader") == "browser")


def _read_picture() -> scan.Target:
    """The page has two fields of this name, because one of them only takes photos."""
    pictures = (upload.read() for upload in request.files.getlist("picture"))
    content = next(filter(None, pictures), b"")
    with decoding("picture"):
        return scan.pictured(content)


_READERS: Final[Mapping[str, Callable[[], scan.Target]]] = MappingProxyType(
    {
        "camera": _read_seen,
        "picture": _read_picture,
        "text": lambda: scan.pasted(request.form["text"]),
    }
)


def _lead_on(target: scan.Target, came_from: str | None) -> ResponseReturnValue:
    match target:
        case QROperation():
            return offline.page(target.signed_data + target.signature.signature)
        case ActivationCode(code, signature):
            return activation.form_with(code if signature is None else f"{code}#{signature}")
        case PACData():
            return _to_operation(target, came_from)


def _to_operation(found: PACData, came_from: str | None) -> ResponseReturnValue:
    """Back to the operation whose page asked for this code; to any other one only after a press.

    Raises:
        NotEnrolled: there is nobody to whom an operation could be shown.
        PacError: an identifier or a code that no operation here has.
        ProximityCodeUnreadable: it only names the operation, whose code was asked for.
    """
    if not session.is_enrolled():
        raise NotEnrolled
    is_expected = found.oid == came_from
    if not links.can_be_opened(found):
        raise PacError(PacCode.OID)
    if is_expected and found.potp is None:
        raise ProximityCodeUnreadable("no code")
    if is_expected:
        response = make_response(redirect(_address(found.oid), HTTPStatus.SEE_OTHER))
    else:
        asked_at = _known(came_from)
        page = render_template("scan/found.html", found=_address(found.oid), asked_at=asked_at)
        response = make_response(page)
    now_ms = services().clock.now_ms()
    kept_code.keep(response, found, now_ms=now_ms, came_by=ProximityCheckType.QR_CODE)
    return response


def _page(
    came_from: str | None,
    *,
    errors: Mapping[str, object] | None = None,
    message: Message | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    """The scanner, which may use the camera; `message` says why it is shown again."""
    html = render_template(
        "scan/page.html",
        asked_at=_known(came_from),
        operation_id=came_from,
        is_enrolled=session.is_enrolled(),
        errors=errors or {},
        message=message,
    )
    response = make_response(html, status)
    if request.endpoint != f"{blueprint.name}.{frame.__name__}":
        response.headers["Permissions-Policy"] = PERMISSIONS
    return response


def _known(operation_id: str | None) -> str | None:
    """The address of the operation whose page led here, if one did."""
    can = operation_id and links.can_be_opened(PACData(operation_id))
    return _address(operation_id) if operation_id and can else None


def _address(operation_id: str) -> str:
    return url_for("operations.detail", operation_id=operation_id)


def _said(error: AssentError) -> str:
    """What was wrong; of an operation, which line and why, too."""
    words = str(FIELDS[_WORDS.get(type(error), error.message_key)])
    return f"{words} {broken_rule(error)}" if isinstance(error, QROperationError) else words
