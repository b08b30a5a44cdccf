"""Logs: one JSON line per event on standard error, made of names that carry no secret.

Nothing here ever sees a form, a query string, a cookie or a body: a request is logged by its route, not
by its address. Exceptions are logged by their type and place; their texts may quote what was typed.
"""

import logging
import sys
import traceback
import uuid
from typing import Any

import structlog
from flask import Flask, Response, g, request
from structlog.typing import EventDict, WrappedLogger

from webapp.clock import Clock

_log = structlog.get_logger()
_TRACE_FRAMES = 8


def configure() -> None:
    """Send everything, that of the libraries too, through one formatter. Safe to call again."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _exception_by_place,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    if not any(getattr(handler, "is_assents", False) for handler in root.handlers):
        handler = logging.StreamHandler(sys.stderr)
        handler.is_assents = True  # type: ignore[attr-defined]
        root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in ("urllib3", "werkzeug", "alembic", "fido2", "flask-limiter"):
        logging.getLogger(name).setLevel(logging.WARNING)


def install(app: Flask, clock: Clock) -> None:
    """Give every request an id, and log how it ended."""

    def begin() -> None:
        g.request_id = uuid.uuid4().hex
        g.began = clock.monotonic()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    def end(response: Response) -> Response:
        _log.info(
            "request",
            method=request.method,
            route=request.url_rule.rule if request.url_rule else None,
            status=response.status_code,
            ms=round((clock.monotonic() - g.began) * 1000, 1) if "began" in g else None,
        )
        return response

    app.before_request_funcs.setdefault(None, []).insert(0, begin)
    app.after_request(end)


def _exception_by_place(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Type and place of an exception and of what caused it, never their texts."""
    error: Any = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-_TRACE_FRAMES:]
        event["error"] = type(error).__name__
        event["cause"] = type(error.__cause__).__name__ if error.__cause__ else None
        event["place"] = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames]
    return event
