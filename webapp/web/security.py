"""What every response tells the browser it may do, and the refusal of forms that are not ours."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flask import Flask, Response, request
from flask_wtf import CSRFProtect
from werkzeug.exceptions import BadRequest

MAX_REQUEST_BYTES: Final = 64 * 1024
MAX_FORM_FIELDS: Final = 50
HSTS_SECONDS: Final = 2 * 365 * 24 * 3600

_LIFETIME_OF_THEIR_OWN: Final = frozenset({"static", "pictures.picture"})

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)

_FEATURES_OFF = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "publickey-credentials-create",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)


def permissions_policy(*allowed: str) -> str:
    """Every feature is off, but for those that a page needs for itself."""
    return ", ".join(f"{one}=({'self' if one in allowed else ''})" for one in _FEATURES_OFF)


HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": permissions_policy(),
    }
)


class ForeignForm(BadRequest):
    """The browser says that another site sent this form."""


def configure(app: Flask) -> None:
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_REQUEST_BYTES,
        MAX_FORM_PARTS=MAX_FORM_FIELDS,
        # The token lives as long as the session: a page left open over lunch still works.
        WTF_CSRF_TIME_LIMIT=None,
        # It would ask for a Referer, which our own Referrer-Policy keeps back; Sec-Fetch-Site does that work.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.before_request(_refuse_foreign_forms)
    CSRFProtect(app)
    app.after_request(_say_what_is_allowed)


def _refuse_foreign_forms() -> None:
    """Older browsers do not send Sec-Fetch-Site; the token and SameSite cookies still hold there."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise ForeignForm


def _say_what_is_allowed(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={HSTS_SECONDS}")
    if request.endpoint not in _LIFETIME_OF_THEIR_OWN:
        response.headers["Cache-Control"] = "no-store"
    response.headers.setdefault("Cache-Control", "no-store")
    return response
