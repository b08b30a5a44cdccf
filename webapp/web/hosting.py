"""Where the site stands: behind how many proxies, under which names, below which path.

What a proxy says in `X-Forwarded-For` and `X-Forwarded-Proto` counts only for as many proxies as the operator
has; anything before that a visitor may have written. The host is the one of the request itself: proxies pass
`Host` on. Who comes under a name that is not ours, or in the clear, gets a page that says so, nothing else.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from http import HTTPStatus
from typing import Any, Final, Protocol

import structlog
from flask import Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.errors import AssentError
from webapp.web.errors import STATUS, message_page

FOR_MACHINES: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked for by the machine itself or its neighbours: by an address in place of a name, and without TLS."""

_OUTSIDE: Final = "assent.outside"
_HARMLESS: Final = frozenset({"static"})
"""Endpoints that a page needs to look like one, whoever sees it."""

_log = structlog.get_logger()


class WrongAddress(AssentError):
    """The family of requests that did not come the way the operator has set up."""


class HostUnknown(WrongAddress):
    """The site is not called like this."""

    message_key = "address.host"


class NotSecure(WrongAddress):
    """The proxy says that this came over plain HTTP."""

    message_key = "address.not_secure"


class HostingSettings(Protocol):
    """What decides about addresses."""

    @property
    def demo(self) -> bool: ...
    @property
    def origin(self) -> str | None: ...
    @property
    def answers_to(self) -> AbstractSet[str]: ...
    @property
    def trusted_proxies(self) -> int: ...
    @property
    def prefix(self) -> str: ...


def configure(app: Flask, settings: HostingSettings) -> None:
    """Before everything else: what follows relies on the address."""
    # Outermost last: the prefix is looked for once the proxies' words are read.
    if settings.prefix:
        app.wsgi_app = _BelowPrefix(app.wsgi_app, settings.prefix)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        trusted = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=0, x_port=0, x_prefix=0
        )
    is_secure_only = settings.trusted_proxies > 0 and not settings.demo
    app.before_request(lambda: _check(settings.answers_to, is_secure_only=is_secure_only))
    app.register_error_handler(WrongAddress, lambda error: _wrong_address(error, settings.origin))


def _check(names: AbstractSet[str], *, is_secure_only: bool) -> ResponseReturnValue | None:
    if request.environ.get(_OUTSIDE):
        raise NotFound
    if request.path in FOR_MACHINES or request.endpoint in _HARMLESS:
        return None
    if names and host_name(request.host) not in names:
        raise HostUnknown
    if is_secure_only and not request.is_secure:
        raise NotSecure
    if not request.environ.get("PATH_INFO") and request.method == "GET":
        # The scope of the installed site ends with a slash, so its first page does too.
        return redirect(url_for("activation.home"), HTTPStatus.SEE_OTHER)
    return None


def host_name(host: str) -> str:
    """`Approve.bank.example:443` → `approve.bank.example`; of an IPv6 address the brackets stay."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdecimal() else host.lower()


def _wrong_address(error: WrongAddress, origin: str | None) -> ResponseReturnValue:
    _log.warning("refused", error=type(error).__name__, status=STATUS[error.message_key].value)
    home = None if origin is None else origin + url_for("activation.home")
    return message_page(error.message_key, STATUS[error.message_key], again=home)


class _BelowPrefix:
    """Moves the prefix from the path to the root of the site, where it becomes part of every address.

    A proxy passes the path as it came. What lies outside of the prefix is nowhere.
    """

    def __init__(self, inner: Any, prefix: str) -> None:
        self._inner = inner
        self._prefix = prefix

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + self._prefix
        if path == self._prefix or path.startswith(f"{self._prefix}/"):
            environ["PATH_INFO"] = path[len(self._prefix) :]
        else:
            environ[_OUTSIDE] = True
        answer: Iterable[bytes] = self._inner(environ, start_response)
        return answer
