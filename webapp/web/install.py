"""Everything that people see, put into one app."""

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Final, Protocol
from urllib.parse import urlsplit

from flask import Flask
from flask_babel import format_timedelta, get_locale

from webapp.custody.tries import Rate
from webapp.flows.policy import Policy
from webapp.web import (
    activation,
    addresses,
    brand,
    claims,
    errors,
    history,
    hosting,
    i18n,
    inbox,
    knowledge_words,
    language,
    links,
    offline,
    once,
    operations,
    other_ways,
    passkeys,
    pictures,
    proofs,
    pwa,
    rate_limits,
    recovery_page,
    said,
    scan,
    security,
    session,
    settings_page,
    share,
    sign_in,
    static_files,
    styleguide,
    templates,
    texts,
    uploads,
    waiting,
    ways_in,
)
from webapp.web.present_passage import passage
from webapp.web.visible import visible

_MINUTE_S: Final = 60
_HOUR_S: Final = 3600
_NO_COARSER: Final = 1000  # so many of a unit before Babel takes the next coarser one


class WebSettings(session.CookieSettings, hosting.HostingSettings, Protocol):
    """What the pages need to know."""

    @property
    def languages(self) -> tuple[str, ...]: ...
    @property
    def application_name(self) -> str: ...
    @property
    def support_phone(self) -> str | None: ...
    @property
    def service_worker(self) -> bool: ...
    @property
    def branding(self) -> brand.BrandSettings: ...
    @property
    def offers_passkeys(self) -> bool: ...
    @property
    def policy(self) -> Policy: ...
    @property
    def origin(self) -> str | None: ...
    @property
    def rates(self) -> Mapping[str, Rate]: ...
    @property
    def rates_storage(self) -> str | None: ...


def install(app: Flask, settings: WebSettings) -> None:
    """Cookies, headers, languages, pages and error pages. `app.extensions["assent"]` holds the services."""
    hosting.configure(app, settings)
    session.configure(app, settings)
    uploads.configure(app)
    templates.configure(app)
    once.configure(app, keeps=not settings.demo)
    addresses.configure(app)
    files = static_files.configure(app, follow_changes=settings.demo)
    security.configure(app, static_files.script_hashes, origin=settings.origin)
    proofs.configure(app)
    i18n.configure(app, settings.languages, cookie="language" if settings.demo else "__Host-language")
    texts.configure(app)
    said.configure(app)
    language.configure(app, settings.languages)
    knowledge_words.configure(app, settings.policy.knowledge)
    ways_in.configure(app, settings.policy.ways)
    share.configure(app)
    brand.configure(app, settings.branding, files)
    pwa.configure(app, settings.application_name, files, has_worker=settings.service_worker)
    errors.install(app)
    inbox.configure(app)
    passkeys.configure(app, is_offered=settings.offers_passkeys)
    app.jinja_env.filters["visible"] = visible
    app.jinja_env.filters["passage"] = passage
    app.jinja_env.filters["duration"] = _duration
    app.jinja_env.filters["host"] = lambda address: urlsplit(address).hostname or address
    app.jinja_env.filters["tel"] = lambda number: "tel:" + re.sub("[^+0-9]", "", number)
    app.config["OWN_PICTURES"] = settings.demo
    app.jinja_env.globals.update(
        application_name=settings.application_name,
        is_demo=settings.demo,
        support_phone=settings.support_phone,
    )
    app.register_blueprint(language.blueprint)
    app.register_blueprint(activation.blueprint)
    app.register_blueprint(other_ways.blueprint)
    app.register_blueprint(sign_in.blueprint)
    app.register_blueprint(settings_page.blueprint)
    app.register_blueprint(recovery_page.blueprint)
    app.register_blueprint(waiting.blueprint)
    app.register_blueprint(operations.blueprint)
    app.register_blueprint(links.blueprint)
    app.register_blueprint(pictures.blueprint)
    app.register_blueprint(claims.blueprint)
    app.register_blueprint(history.blueprint)
    app.register_blueprint(inbox.blueprint)
    app.register_blueprint(scan.blueprint)
    app.register_blueprint(share.blueprint)
    app.register_blueprint(pwa.blueprint)
    app.register_blueprint(offline.blueprint)
    app.register_blueprint(passkeys.blueprint)
    if settings.demo:
        app.register_blueprint(styleguide.blueprint)
    rate_limits.configure(app, settings.rates, settings.rates_storage)


def _duration(seconds: int) -> str:
    """A time that is left in words, rounded down: "4 minutes", "45 seconds"."""
    if seconds >= 2 * _HOUR_S:
        left, unit = timedelta(hours=seconds // _HOUR_S), "hour"
    elif seconds >= 2 * _MINUTE_S:
        left, unit = timedelta(minutes=seconds // _MINUTE_S), "minute"
    else:
        left, unit = timedelta(seconds=seconds), "second"
    return _in_words(str(get_locale()), left, unit)


# The times that are left are few, once they are rounded, and each entry of a list has one.
@lru_cache(maxsize=1024)
def _in_words(_language: str, left: timedelta, unit: str) -> str:
    """In the language of the page; that is named only so that each has its own words."""
    return str(format_timedelta(left, granularity=unit, threshold=_NO_COARSER))
