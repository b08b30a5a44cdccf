"""What a link or a scan has brought, on its way to the approval: one short-lived cookie, sealed.

`__Host-pac` holds the operation that the last of them named, its proximity code if it brought one, and the
moment. SameSite=Lax, because such links stand on other sites. The browser keeps it for ten minutes: so
long somebody may take to enrol and still arrive at the operation. The code is worth sending for a minute
only; `KeptCode.is_fresh` tells, and afterwards the page asks for the code that is shown now.

The cookie is AES-256-GCM under a key of its own, so that a code can be read neither out of the browser's
files nor out of what logs a header by mistake.
"""

from dataclasses import dataclass, field
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from flask import Flask, Response, current_app, request

from webapp.custody.errors import RecordDamaged
from webapp.custody.sealing import Envelope, derive, seal
from webapp.flows.proximity import KeptCode
from webapp.mtoken.operation import ProximityCheckType
from webapp.mtoken.pac import PACData
from webapp.powerauth.encoding import from_base64url, to_base64url
from webapp.powerauth.errors import EncodingError
from webapp.randomness import system_random

LIFETIME_S: Final = 600
MAX_LENGTH: Final = 2048

_KEY_INFO: Final = b"assent/web/kept-code/1"
_KEY_ID: Final = b"1"
_PURPOSE: Final = b"kept code"


@dataclass(frozen=True, slots=True)
class _Arrival:
    """One link or scan: the operation, its code, and when it came by this machine's clock, in ms."""

    operation_id: str
    code: str | None = field(repr=False)
    received_at_ms: int
    came_by: ProximityCheckType = ProximityCheckType.DEEPLINK


def configure(app: Flask) -> None:
    """Name the cookie as session.py names the others."""
    prefix = "__Host-" if app.config["SESSION_COOKIE_SECURE"] else ""
    app.config["KEPT_CODE_COOKIE_NAME"] = f"{prefix}pac"


def keep(
    response: Response,
    found: PACData,
    *,
    now_ms: int,
    came_by: ProximityCheckType = ProximityCheckType.DEEPLINK,
) -> None:
    """Remember what a link or a scan said; what an earlier one said is forgotten."""
    content = msgspec.json.encode(_Arrival(found.oid, found.potp, now_ms, came_by))
    sealed = seal(_key(), _KEY_ID, content, _PURPOSE, random=system_random)
    response.set_cookie(
        current_app.config["KEPT_CODE_COOKIE_NAME"],
        to_base64url(sealed),
        max_age=LIFETIME_S,
        path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def current(operation_id: str) -> KeptCode | None:
    """The code that a link or a scan has brought for exactly this operation, however old it is."""
    arrival = _arrival()
    if arrival is None or arrival.code is None or arrival.operation_id != operation_id:
        return None
    return KeptCode(operation_id, arrival.code, arrival.received_at_ms, arrival.came_by)


def awaited_operation() -> str | None:
    """The operation that the last link named, for somebody who had to enrol first."""
    arrival = _arrival()
    return None if arrival is None else arrival.operation_id


def forget(response: Response) -> None:
    """The code has done its work."""
    response.delete_cookie(
        current_app.config["KEPT_CODE_COOKIE_NAME"],
        path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _arrival() -> _Arrival | None:
    """What the cookie says; None for one that is missing, cut, altered or of another secret."""
    text = request.cookies.get(current_app.config["KEPT_CODE_COOKIE_NAME"], "")
    if not text or len(text) > MAX_LENGTH:
        return None
    try:
        content = Envelope.read(from_base64url(text)).open(_key(), _PURPOSE)
        return msgspec.json.decode(content, type=_Arrival)
    except (EncodingError, RecordDamaged, InvalidTag, msgspec.DecodeError):
        return None


def _key() -> bytes:
    secret = current_app.config["SECRET_KEY"]
    return derive(secret if isinstance(secret, bytes) else secret.encode(), _KEY_INFO)
