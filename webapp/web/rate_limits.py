"""How often one address, and one enrolled browser, may ask for what costs this site or the bank much.

These limits keep the site in working order and guard no secret: each worker counts for itself, unless a
shared storage is set. Guesses at secrets are counted in the database (flows/guard.py).

A form that is refused here was not looked at; what a page shows instead says when to send it again.
"""

import hmac
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from flask import Flask, current_app, request
from flask_limiter import Limiter

from webapp.clock import SystemClock
from webapp.custody.sealing import derive
from webapp.custody.tries import Rate
from webapp.web.networks import network_of
from webapp.web.session import is_enrolled, visitor

MEMORY: Final = "memory://"

_LIMITER: Final = "assent_limiter"
_BY_BROWSER: Final = ".browser"
_KEY_INFO: Final = b"assent/web/rate-limits/1"

_MINUTE_S: Final = 60
RATES: Final[Mapping[str, Rate]] = MappingProxyType(
    {
        "scan.address": Rate(120, _MINUTE_S),
        "scan.browser": Rate(30, _MINUTE_S),
        "frames.address": Rate(2400, _MINUTE_S),
        "frames.browser": Rate(600, _MINUTE_S),
        "shared.address": Rate(120, _MINUTE_S),
        "pictures.address": Rate(1200, _MINUTE_S),
        "pictures.browser": Rate(120, _MINUTE_S),
        "sign_in.address": Rate(60, _MINUTE_S),
    }
)
"""A camera asks four times a second; everything else is more than people do by hand."""

LIMITED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "scan.read": ("scan.address", "scan.browser"),
        "scan.frame": ("frames.address", "frames.browser"),
        "share.take": ("shared.address",),
        "pictures.picture": ("pictures.address", "pictures.browser"),
        "sign_in.begin": ("sign_in.address",),
        "sign_in.come_back": ("sign_in.address",),
    }
)
"""The limits of every endpoint that has some."""


def configure(app: Flask, rates: Mapping[str, Rate], storage: str | None) -> None:
    """After the pages are registered: from now on the endpoints in LIMITED are counted."""
    all_hooks = app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs
    ours = [list(hooks.get(None, ())) for hooks in all_hooks]
    limiter = Limiter(
        _address,
        app=app,
        storage_uri=storage or MEMORY,
        strategy="fixed-window",
        key_prefix="assent",
        # A site that cannot reach the shared storage goes on counting, each worker for itself.
        in_memory_fallback_enabled=storage is not None,
    )
    # It would look at every request for limits that hold everywhere, and at every answer for headers to
    # write; there are none. A view that has limits looks by itself.
    for hooks, without in zip(all_hooks, ours, strict=True):
        hooks[None] = without  # type: ignore[index]
    app.extensions[_LIMITER] = limiter
    for endpoint, names in LIMITED.items():
        for name in names:
            if name in rates:
                view = app.view_functions[endpoint]
                app.view_functions[endpoint] = _shared(limiter, name, rates[name])(view)


def retry_after_s() -> int:
    """When the limit that refused this request counts anew."""
    limit = current_app.extensions[_LIMITER].current_limit
    if limit is None:
        return _MINUTE_S
    # The storage reads the machine's clock itself, and rounds.
    left_s = int(limit.reset_at) - SystemClock().now_ms() // 1000
    return max(1, min(left_s, int(limit.limit.get_expiry())))


def _shared(limiter: Limiter, name: str, rate: Rate) -> Callable[[Any], Any]:
    """The same count for all endpoints with this name."""
    is_by_browser = name.endswith(_BY_BROWSER)
    return limiter.shared_limit(
        f"{rate.tries} per {rate.period_s} second",
        scope=name,
        key_func=_browser if is_by_browser else _address,
        exempt_when=_is_stranger if is_by_browser else None,
    )


def _address() -> str:
    return _hidden(f"address {network_of(request.remote_addr)}")


def _browser() -> str:
    return _hidden(f"browser {visitor().sid}")


def _is_stranger() -> bool:
    return not is_enrolled()


def _hidden(text: str) -> str:
    """Keys are logged and lie in the storage: nobody learns from them who it was."""
    key = derive(current_app.config["SECRET_KEY"].encode(), _KEY_INFO)
    return hmac.digest(key, text.encode(), "sha256").hex()
