"""Everything that people see, put into one app."""

from datetime import timedelta
from typing import Any, Final, Protocol

from flask import Flask
from flask_babel import format_timedelta

from webapp.web import activation, errors, i18n, operations, security, session, static_files
from webapp.web.visible import visible

_MINUTE_S: Final = 60
_HOUR_S: Final = 3600
_NO_COARSER: Final = 1000  # so many of a unit before Babel takes the next coarser one


class WebSettings(session.CookieSettings, Protocol):
    """What the pages need to know."""

    @property
    def languages(self) -> tuple[str, ...]: ...
    @property
    def application_name(self) -> str: ...


def install(app: Flask, settings: WebSettings) -> None:
    """Cookies, headers, languages, pages and error pages. `app.extensions["assent"]` holds the services."""
    session.configure(app, settings)
    security.configure(app)
    i18n.configure(app, settings.languages)
    static_files.configure(app, follow_changes=settings.demo)
    errors.install(app)
    app.jinja_env.filters["visible"] = visible
    app.jinja_env.filters["duration"] = _duration
    app.config["OWN_PICTURES"] = settings.demo
    app.context_processor(lambda: _names(settings))
    app.register_blueprint(activation.blueprint)
    app.register_blueprint(operations.blueprint)


def _names(settings: WebSettings) -> dict[str, Any]:
    return {"application_name": settings.application_name, "is_demo": settings.demo}


def _duration(seconds: int) -> str:
    """A time that is left in words, rounded down: "4 minutes", "45 seconds"."""
    if seconds >= 2 * _HOUR_S:
        left, unit = timedelta(hours=seconds // _HOUR_S), "hour"
    elif seconds >= 2 * _MINUTE_S:
        left, unit = timedelta(minutes=seconds // _MINUTE_S), "minute"
    else:
        left, unit = timedelta(seconds=seconds), "second"
    return str(format_timedelta(left, granularity=unit, threshold=_NO_COARSER))
