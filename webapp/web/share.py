"""What another app hands over to be scanned: a picture of a code, its text, or a link.

Such a form comes from elsewhere: without a token, and without the cookies of this site where the browser
takes it for the form of another site. So it is answered with a question of ours, and nothing happens before
somebody says yes. Any site can send such a form, with any text; so the page says what kind of code it is and
repeats nothing of it. The text goes along in the page's own form: no address and no cookie ever has it.

Source: W3C Web Share Target; formats.md, section 5.
"""

from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

import msgspec
from flask import Blueprint, Flask, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from webapp.flows.decoding import MAX_BYTES, decode_picture
from webapp.flows.errors import ScanRefused
from webapp.mtoken.scanned import ScannedKind, ScanSource, classify
from webapp.web.errors import STATUS
from webapp.web.field_words import FIELDS
from webapp.web.security import MAX_REQUEST_BYTES
from webapp.web.timing import decoding

MAX_SHARED_BYTES: Final = MAX_BYTES + MAX_REQUEST_BYTES
"""A picture, and what a form needs around it."""

blueprint = Blueprint("share", __name__, url_prefix="/scan/shared")

_SEEN: Final = msgspec.json.Decoder(tuple[str])
_KINDS: Final = MappingProxyType(
    {
        ScannedKind.OFFLINE_OPERATION: _(
            "It looks like an operation to approve with a code that you retype."
        ),
        ScannedKind.PAC: _("It looks like a code that leads to a waiting operation."),
        ScannedKind.ACTIVATION_CODE: _("It looks like an activation code."),
    }
)
_NOT_USED: Final = MappingProxyType(
    {
        ScannedKind.RECOVERY_CODE: FIELDS["scan.recovery_code"],
        ScannedKind.UNKNOWN: FIELDS["scan.unknown"],
    }
)


@dataclass(frozen=True, slots=True)
class _Shared:
    """The text that was handed over, or that a picture showed."""

    text: str = field(repr=False)
    source: ScanSource

    @property
    def kind(self) -> ScannedKind:
        return classify(self.text, self.source).kind

    @property
    def fields(self) -> dict[str, str]:
        """As the scanner takes them; JSON keeps every line break of what a picture shows."""
        if self.source is ScanSource.CAMERA:
            return {"seen": msgspec.json.encode([self.text]).decode(), "reader": "site"}
        return {"text": self.text}


def configure(app: Flask) -> None:
    """After `security.configure`: only here a form may come without its token."""
    app.extensions["csrf"].exempt(blueprint)


@blueprint.get("")
def begin() -> ResponseReturnValue:
    """Nothing is kept of what was handed over; it has to be brought again."""
    return redirect(url_for("scan.page"), HTTPStatus.SEE_OTHER)


@blueprint.post("")
def take() -> ResponseReturnValue:
    """Ask whether to go on with it; if the browser kept its cookies back, our page comes here once more."""
    request.max_content_length = MAX_SHARED_BYTES
    try:
        shared = _pictured() or _written()
    except ScanRefused as error:
        return _refused(FIELDS[error.message_key], STATUS[error.message_key])
    if shared is None:
        return begin()
    if shared.kind in _NOT_USED:
        return _refused(_NOT_USED[shared.kind], HTTPStatus.UNPROCESSABLE_ENTITY)
    return render_template(
        "share/ask.html", kind=_KINDS[shared.kind], fields=shared.fields, is_ours=_is_ours()
    )


def _pictured() -> _Shared | None:
    """What the first picture shows, now or when it was taken from elsewhere.

    Raises:
        ScanRefused: no code can be read from it.
    """
    pictures = (upload.read() for upload in request.files.getlist("picture"))
    content = next(filter(None, pictures), None)
    if content is not None:
        with decoding("picture"):
            return _Shared(decode_picture(content), ScanSource.CAMERA)
    try:
        (text,) = _SEEN.decode(request.form.get("seen", ""))
    except msgspec.DecodeError:
        return None
    return _Shared(text, ScanSource.CAMERA)


def _written() -> _Shared | None:
    """The text or the link, whichever is of use: apps do not agree in which of them they put a link."""
    texts = (request.form.get(name, "").strip() for name in ("text", "url"))
    found = [_Shared(text, ScanSource.OTHER) for text in texts if text]
    known = (one for one in found if one.kind is not ScannedKind.UNKNOWN)
    return next(known, found[0] if found else None)


def _is_ours() -> bool:
    """Whether a token can be made: for want of the true session it would begin another in its place."""
    is_direct = request.headers.get("Sec-Fetch-Site") in {"same-origin", "none"}
    return is_direct or current_app.config["SESSION_COOKIE_NAME"] in request.cookies


def _refused(words: LazyString, status: int) -> ResponseReturnValue:
    return render_template("share/refused.html", words=words), status
