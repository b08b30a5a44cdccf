"""What every response tells the browser it may do, and the refusal of forms that are not ours."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from flask import Flask, Response, request
from flask_wtf import CSRFProtect
from werkzeug.exceptions import BadRequest

MAX_REQUEST_BYTES: Final = 64 * 1024
MAX_FORM_FIELDS: Final = 50
HSTS_SECONDS: Final = 2 * 365 * 24 * 3600

_LIFETIME_OF_THEIR_OWN: Final = frozenset(
    {"static", "pictures.picture", "pwa.manifest", "brand.style", "brand.picture"}
)
_OPEN_TO_OTHERS: Final = frozenset({"share.take"})
"""Takes what apps and other sites hand over, and changes nothing."""

_FRAMES_ITS_OWN: Final = frozenset({"inbox.message"})
"""Shows another page of this site within itself."""

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


STRICT_TRANSPORT: Final = f"max-age={HSTS_SECONDS}; includeSubDomains"

HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        # Never an address; and unlike with "no-referrer", older browsers name the origin of a form.
        "Referrer-Policy": "strict-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Permitted-Cross-Domain-Policies": "none",
        "Permissions-Policy": permissions_policy(),
    }
)


class ForeignForm(BadRequest):
    """The browser says that another site sent this form."""


@lru_cache(maxsize=64)
def content_security_policy(scripts: tuple[str, ...]) -> str:
    """Nothing from elsewhere, and no script but the page's own, by hashes such as `sha256-…`.

    A page names the same hash as `integrity`, without which the script does not run. The policy `worker`
    makes the address of the service worker, the only thing that wants a trusted type.
    """
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(["script-src", *(f"'{one}'" for one in scripts or ["none"])]),
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types worker",
        )
    )


def configure(app: Flask, script_hashes: Callable[[], tuple[str, ...]], *, origin: str | None = None) -> None:
    """Headers and refusals for every response.

    Args:
        script_hashes: those of the page that is answered with.
        origin: where people reach the site, if that is not what the request says.
    """
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_REQUEST_BYTES,
        MAX_FORM_PARTS=MAX_FORM_FIELDS,
        # The token lives as long as the session: a page left open over lunch still works.
        WTF_CSRF_TIME_LIMIT=None,
        # It would ask for a Referer, which some browsers keep back; Sec-Fetch-Site and Origin do that work.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.before_request(lambda: _refuse_foreign_forms(origin))
    CSRFProtect(app)
    app.after_request(lambda response: _say_what_is_allowed(response, script_hashes()))


def _refuse_foreign_forms(origin: str | None) -> None:
    """Browsers from before 2023 do not send Sec-Fetch-Site; they say in Origin where a form comes from.

    Whoever sends neither is no browser of a victim; the token and SameSite cookies still hold there.
    """
    if request.method in {"GET", "HEAD", "OPTIONS"} or request.endpoint in _OPEN_TO_OTHERS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is None:
        is_ours = request.headers.get("Origin") in {None, origin or _own_origin(), _own_origin()}
    else:
        is_ours = site in {"same-origin", "none"}
    if not is_ours:
        raise ForeignForm


def _own_origin() -> str:
    return f"{request.scheme}://{request.host}"


def _say_what_is_allowed(response: Response, scripts: tuple[str, ...]) -> Response:
    endpoint = request.endpoint
    policy = content_security_policy(scripts)
    if endpoint in _FRAMES_ITS_OWN:
        policy = f"{policy}; frame-src 'self'"
    said = {**HEADERS, "Content-Security-Policy": policy, "Cache-Control": "no-store"}
    if request.is_secure:
        said["Strict-Transport-Security"] = STRICT_TRANSPORT
    if endpoint not in _LIFETIME_OF_THEIR_OWN:
        response.headers.remove("Cache-Control")
    known = {name.title() for name in response.headers.keys()}  # noqa: SIM118 - without it, pairs come
    response.headers.extend({name: value for name, value in said.items() if name not in known})
    return response
