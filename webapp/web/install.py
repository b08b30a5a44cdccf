"""Everything that people see, put into one app."""

from typing import Any, Protocol

from flask import Flask
from flask_babel import format_timedelta

from webapp.web import activation, errors, i18n, operations, security, session, static_files
from webapp.web.visible import visible


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
    """A time to wait in words, such as "4 minutes"."""
    return str(format_timedelta(seconds, threshold=1.2))
