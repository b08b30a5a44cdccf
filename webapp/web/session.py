"""The two cookies of an enrolled browser: who it is, and its half of the key.

`__Host-sid` is Flask's signed session (SameSite=Lax); `__Host-key` carries the half (SameSite=Strict) and
nothing else. Over plain HTTP, which only the demo allows, browsers refuse the prefix and Secure, so both go.

Source: design.md, "Custody".
"""

from enum import StrEnum
from typing import Any, Final, Protocol, TypeVar

from flask import Flask, Response, current_app, request, session
from flask.sessions import SecureCookieSessionInterface

from webapp.flows.enrol import Enrolled
from webapp.flows.proof import name_of
from webapp.flows.visitor import Visitor
from webapp.web.action import reference
from webapp.web.i18n import bank_languages
from webapp.web.networks import network_of

LIFETIME_S: Final = 400 * 24 * 3600  # the longest that browsers keep a cookie
RENEWAL_MS: Final = 30 * 24 * 3600 * 1000
MAX_HALF_LENGTH: Final = 100

W = TypeVar("W", bound=StrEnum)

_SIGNER: Final = "assent_signer"
_SID = "sid"
_NAME = "name"
_PROOF_KEY = "proof"
_RENEWED = "renewed"
_ARRIVING = "arriving"
_ENDED = "ended"


class Told(StrEnum):
    """What a page says once, after a step that led there; no address can claim it."""

    PIN_CHANGED = "pin_changed"
    COPIES_ENDED = "copies_ended"
    RECOVERY_CONFIRMED = "recovery_confirmed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"


class Ended(StrEnum):
    """Why this browser has no activation any more; nothing else is left of it."""

    REMOVED = "removed"
    """The bank's server said so."""
    LEFT = "left"
    """The person had it removed from here."""


class _Sessions(SecureCookieSessionInterface):
    """Flask's, but what signs the cookie is made once for each secret, and not twice in a request."""

    def get_signing_serializer(self, app: Flask) -> Any:
        kept: tuple[Any, Any] = app.extensions.get(_SIGNER, (None, None))
        if kept[0] != app.secret_key:
            kept = app.extensions[_SIGNER] = app.secret_key, super().get_signing_serializer(app)
        return kept[1]


class CookieSettings(Protocol):
    """What decides about the cookies."""

    @property
    def demo(self) -> bool: ...
    @property
    def secret_key(self) -> str | bytes: ...


def configure(app: Flask, settings: CookieSettings) -> None:
    app.session_interface = _Sessions()
    prefix = "" if settings.demo else "__Host-"
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME=f"{prefix}sid",
        SESSION_COOKIE_SECURE=not settings.demo,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        # A late answer to an old request must not bring back the cookie of an old session.
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=LIFETIME_S,
        HALF_COOKIE_NAME=f"{prefix}key",
    )
    app.context_processor(_browser_name)


def visitor() -> Visitor:
    """Who sends this request, as far as the cookies say."""
    half = request.cookies.get(current_app.config["HALF_COOKIE_NAME"])
    if half is not None and len(half) > MAX_HALF_LENGTH:
        half = None
    return Visitor(
        sid=session.get(_SID),
        half=half,
        languages=bank_languages(),
        address=network_of(request.remote_addr),
        reference=reference(),
    )


def admit(response: Response, enrolled: Enrolled, *, name: str, proof_key: str = "") -> None:
    """Start the session of a newly enrolled browser; nothing of the one before remains.

    Args:
        proof_key: the key by which it proves its requests, as it wrote it; empty: it has none.
    """
    session.clear()
    session.permanent = True
    session[_SID] = enrolled.sid
    session[_NAME] = name
    if proof_key:
        session[_PROOF_KEY] = name_of(proof_key)
    _set_half(response, enrolled.half)


def renew(response: Response, *, now_ms: int) -> None:
    """Give both cookies another year, once a month."""
    half = visitor().half
    if half is None or _SID not in session or now_ms - session.get(_RENEWED, 0) < RENEWAL_MS:
        return
    session[_RENEWED] = now_ms
    _set_half(response, half)


def move_to(sid: str | None, told: Told) -> None:
    """Go on, under another sid if there is one; `arriving` says when the browser comes with it."""
    if sid is not None:
        session[_SID] = sid
    session[_ARRIVING] = told.value


def arriving() -> Told | None:
    """What there is to say to a browser that comes for the first time since it moved."""
    return _one_of(Told, session.get(_ARRIVING))


def has_arrived() -> None:
    """It was said."""
    session.pop(_ARRIVING, None)


def is_enrolled() -> bool:
    """Whether this browser says that it has an activation; only custody knows for sure."""
    return _SID in session


def proof_key_name() -> str | None:
    """The key that the pages of this browser sign with, for its script to find; custody knows it for sure."""
    return session.get(_PROOF_KEY)


def ended() -> Ended | None:
    """How this browser's activation ended, until it gets another one."""
    return _one_of(Ended, session.get(_ENDED))


def forget(response: Response, *, because: Ended | None = None) -> None:
    """Both cookies go; of the activation remains why it ended, if that is to be told again."""
    session.clear()
    if because is not None:
        session[_ENDED] = because.value
    response.delete_cookie(
        current_app.config["HALF_COOKIE_NAME"],
        path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Strict",
    )


def _one_of(words: type[W], text: str | None) -> W | None:
    """A word that an earlier version wrote may have lost its meaning."""
    return next((word for word in words if word.value == text), None)


def _set_half(response: Response, half: str) -> None:
    response.set_cookie(
        current_app.config["HALF_COOKIE_NAME"],
        half,
        max_age=LIFETIME_S,
        path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Strict",
    )


def _browser_name() -> dict[str, Any]:
    return {"browser_name": session.get(_NAME)}
