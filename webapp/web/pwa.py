"""What makes the site an app: manifest, service worker, the page for when it cannot be reached, and a hint.

The worker keeps static files and that one page; static/sw.js says how. Nothing here depends on who asks, but
for the language: what is kept on a device holds nothing of a session.
"""

import hashlib
import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, cast

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from webapp.web import brand, i18n
from webapp.web.manifest import manifest as make_manifest
from webapp.web.session import LIFETIME_S
from webapp.web.static_files import DIGEST_LETTERS, StaticFiles

MANIFEST_LIFETIME_S: Final = 600
ICON: Final = "icons/assent.svg"

blueprint = Blueprint("pwa", __name__)


@dataclass(frozen=True, slots=True)
class _App:
    """What this room needs: `name` is the application's, `has_worker` the operator's switch."""

    name: str
    files: StaticFiles
    has_worker: bool


def configure(app: Flask, name: str, files: StaticFiles, *, has_worker: bool) -> None:
    app.extensions["pwa"] = _App(name, files, has_worker)
    prefix = "__Host-" if app.config["SESSION_COOKIE_SECURE"] else ""
    app.config["HINT_COOKIE_NAME"] = f"{prefix}hint"
    app.context_processor(lambda: {"has_worker": has_worker, "offers_app": _offers_app()})


@blueprint.get("/manifest.webmanifest")
def manifest() -> ResponseReturnValue:
    """In the visitor's language. No cookie is read: browsers ask for it without any."""
    content = json.dumps(make_manifest(_app().name, _app().files), ensure_ascii=False)
    response = Response(content, mimetype="application/manifest+json")
    response.cache_control.public = True
    response.cache_control.max_age = MANIFEST_LIFETIME_S
    response.content_language.add(i18n.current_page().locale)
    response.vary.add("Accept-Language")
    response.add_etag()
    return response.make_conditional(request)


@blueprint.get("/sw.js")
def worker() -> ResponseReturnValue:
    """The service worker; where it is turned off, one that removes what is kept, and itself.

    Browsers compare what comes with what they have, so whatever changes in a kept file changes the version.
    """
    files = _app().files
    if not _app().has_worker:
        return _script(files.content("sw-off.js"))
    page = url_for(".offline_page")
    needed = [page, brand.style_url()]
    welcome = [files.url(ICON)]
    if logo := brand.logo():
        welcome.append(logo.url)
    version = _digest(offline_page(), files.content("sw.js"), *needed, *welcome)
    facts = {"NEEDED": needed, "WELCOME": welcome, "PAGE": page, "VERSION": version}
    lines = [f"const {name} = {json.dumps(value)};\n" for name, value in facts.items()]
    return _script("".join(lines) + files.content("sw.js"))


@blueprint.get("/offline-page")
def offline_page() -> str:
    """What the worker shows while the site cannot be reached. It lies on devices, so it knows nobody."""
    return render_template("pwa/offline.html", browser_name=None)


@blueprint.post("/install-hint")
def dismiss_hint() -> ResponseReturnValue:
    """The hint is not shown again in this browser; the cookie says just that."""
    response = make_response(redirect(url_for("activation.home"), HTTPStatus.SEE_OTHER))
    response.set_cookie(
        current_app.config["HINT_COOKIE_NAME"],
        "off",
        max_age=LIFETIME_S,
        path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def _offers_app() -> bool:
    return current_app.config["HINT_COOKIE_NAME"] not in request.cookies


def _app() -> _App:
    return cast("_App", current_app.extensions["pwa"])


def _script(content: str) -> Response:
    return Response(content, mimetype="text/javascript")


def _digest(*contents: str) -> str:
    return hashlib.sha256("\n".join(contents).encode()).hexdigest()[:DIGEST_LETTERS]
