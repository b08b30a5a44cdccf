"""Links that lead to an operation, from a bank's page, a message or a QR code.

A link may carry a proximity code, which is a secret for as long as it is valid. So nothing is shown at the
link's own address: the code goes into a cookie (kept_code.py), and the browser to the clean address of the
operation. Nothing is fetched, claimed or used up here; opening a link twice, or a browser that opens it
beforehand, does no harm.

Source: formats.md, section 3; docs/links.md says how a bank makes such links.
"""

from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

from flask import Blueprint, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.errors import AssentError
from webapp.mtoken.errors import PacCode, PacError
from webapp.mtoken.pac import PACData, read_qr_code
from webapp.web import kept_code
from webapp.web.services import services

MAX_ID_LENGTH: Final = 128
MAX_CODE_LENGTH: Final = 32

blueprint = Blueprint("links", __name__)

# The items of a query read like any link; which scheme stands before them makes no difference.
_OURS: Final = "web+assent://operation?"
_WHOLE_LINK: Final = "url"
_ITEMS: Final = frozenset({"oid", "potp", "totp", "code"})


class LinkRefused(AssentError):
    """The family of links that lead nowhere. None carries the text: it may hold a valid code."""


class LinkForeign(LinkRefused):
    """No link to an operation at all."""

    message_key = "link.foreign"


class LinkDamaged(LinkRefused):
    """Meant to be one, but cut off, altered, or of an identifier or code that cannot be."""

    message_key = "link.damaged"


class LinkAmbiguous(LinkRefused):
    """Says the same thing twice: another reader might see another operation."""

    message_key = "link.ambiguous"


_PROBLEMS: Final[dict[PacCode, type[LinkRefused]]] = {
    PacCode.NO_SCHEME: LinkForeign,
    PacCode.NO_DATA: LinkForeign,
    PacCode.JWT_PARTS: LinkForeign,
    PacCode.DUPLICATE: LinkAmbiguous,
}
"""Every other rule that a link breaks means that it was damaged."""


@blueprint.get("/deeplink")
def deeplink() -> ResponseReturnValue:
    """A whole link, or a JWT alone, as `url`; or the items of a link as they are, such as `code`."""
    return _lead_on(_whole_link(_query()))


@blueprint.get("/operation")
def operation() -> ResponseReturnValue:
    """The items of a link as they are: `oid` and `potp` (or `totp`), or a JWT as `code`."""
    return _lead_on(_OURS + _query())


def _lead_on(text: str) -> ResponseReturnValue:
    """To the operation that the text names, with its code in the cookie."""
    try:
        found = read_qr_code(text)
    except PacError as error:
        raise _PROBLEMS.get(error.code, LinkDamaged)(error.code) from None
    if not can_be_opened(found):
        raise LinkDamaged("an identifier or a code that no operation here has")
    response = make_response(
        redirect(url_for("operations.detail", operation_id=found.oid), HTTPStatus.SEE_OTHER)
    )
    kept_code.keep(response, found, now_ms=services().clock.now_ms())
    return response


def _query() -> str:
    """The query as it was sent, because the parser decodes it itself, once."""
    try:
        return request.query_string.decode()
    except UnicodeDecodeError:
        raise LinkDamaged("not UTF-8") from None


def _whole_link(query: str) -> str:
    """The link in the item `url`. A plus stays a plus, as in the link itself."""
    try:
        items = parse_qsl(query.replace("+", "%2B"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise LinkDamaged("not UTF-8") from None
    links = [value for name, value in items if name == _WHOLE_LINK]
    if not links:
        return _OURS + query
    if len(links) > 1 or any(name in _ITEMS for name, _value in items):
        raise LinkAmbiguous("two links in one address")
    return links[0].strip()


def can_be_opened(found: PACData) -> bool:
    """Whether the identifier can stand in an address of ours and lead nowhere else, and the code is one."""
    is_address = len(found.oid) <= MAX_ID_LENGTH and "/" not in found.oid and found.oid not in {".", ".."}
    return is_address and len(found.potp or "") <= MAX_CODE_LENGTH
