"""Logs: one JSON line per event on standard error, made of names that carry no secret.

Nothing here ever sees a form, a query string, a cookie or a body: a request is logged by its route, not
by its address. Exceptions are logged by their type and place; their texts may quote what was typed. Only
fields of a short list are written, and of a library's message only what stands in its source.
"""

import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from flask import Flask, Response, g, request
from structlog.typing import EventDict, WrappedLogger

from webapp.clock import Clock
from webapp.mtoken.exchanges import ExchangeNote
from webapp.web import action

_log = structlog.get_logger()
_TRACE_FRAMES = 8
_OURS: Final = "is_assents"
FIELDS: Final = frozenset(
    {
        *("event", "level", "timestamp", "action"),
        *("method", "route", "status", "ms"),
        *("endpoint", "result"),
        *("act", "outcome", "error", "cause", "place", "reason", "problem", "logger"),
        *("record_id", "chain", "ordinal", "link", "limits"),
    }
)
"""All that a line can hold. A new field is put here by whoever has thought about what may stand in it."""

_NOT_LOGGED: Final = frozenset({"health.alive", "health.ready", "metrics"})
"""Asked every few seconds by machines; they are worth a line only when something is wrong."""


def configure() -> None:
    """Send everything, that of the libraries too, through one formatter. Safe to call again."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _exception_by_place,
            _known_fields,
            structlog.processors.JSONRenderer(),
            _marked,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    if not any(getattr(handler, _OURS, False) for handler in root.handlers):
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(Lines())
        setattr(handler, _OURS, True)
        root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in ("urllib3", "werkzeug", "alembic", "fido2", "flask-limiter"):
        logging.getLogger(name).setLevel(logging.WARNING)


def install(app: Flask, clock: Clock) -> None:
    """Give every request its name, and log how it ended."""

    def begin() -> None:
        g.began = clock.monotonic()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(action=action.reference())

    def end(response: Response) -> Response:
        if request.endpoint in _NOT_LOGGED and response.status_code < 400:  # noqa: PLR2004 - an error's first
            return response
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


def exchange(note: ExchangeNote) -> None:
    """Log an exchange that failed; of one that was answered the act tells what came of it."""
    if not note.result.is_sound:
        _log.warning(
            "exchange",
            endpoint=note.endpoint,
            result=note.result.value,
            error=note.error,
            ms=round(note.seconds * 1000, 1),
        )


class Lines(logging.Formatter):
    """Our events are lines already. Of what a library says, its words remain, without what it filled in."""

    def format(self, record: logging.LogRecord) -> str:
        if getattr(record, _OURS, False):
            return record.getMessage()
        event: EventDict = {
            "event": str(record.msg),
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
        }
        if record.exc_info:
            event["exc_info"] = record.exc_info
        return str(structlog.processors.JSONRenderer()(None, "", _exception_by_place(None, "", event)))


def _known_fields(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {name: value for name, value in event.items() if name in FIELDS}


def _marked(_logger: WrappedLogger, _method: str, line: Any) -> tuple[tuple[str], dict[str, Any]]:
    """Percent signs in a line are no places to fill in: nothing is given to fill in with."""
    return (line,), {"extra": {_OURS: True}}


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
