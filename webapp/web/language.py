"""The switch at the foot of every page: another language, the same place.

A choice is a cookie with the tag of a language and nothing else; it stands before what the browser asks for.
The switch changes nothing but this, so its form needs no token, and where it leads back to is always a page
that may be asked for again, never an answer to a form.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from babel import Locale
from flask import Blueprint, Flask, current_app, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from webapp.web import i18n
from webapp.web.session import LIFETIME_S

MAX_PLACE_LENGTH: Final = 500
_PAGED: Final = frozenset({"inbox.messages", "history.ask"})
"""Pages whose query says which part of a list they show, and nothing that anybody keeps to themselves."""

blueprint = Blueprint("language", __name__, url_prefix="/language")


@dataclass(frozen=True, slots=True)
class Language:
    """A language in its own words: `tag` is BCP 47, such as `cs`, with the name `Čeština`."""

    tag: str
    name: str
    direction: str

    @classmethod
    def of(cls, tag: str) -> "Language":
        locale = Locale.parse(tag, sep="-")
        name = locale.get_display_name() or tag
        return cls(tag, name[0].upper() + name[1:], i18n.direction_of(locale))


def configure(app: Flask, languages: Sequence[str]) -> None:
    """Offer the switch, if there is anything to choose between."""
    offered = tuple(map(Language.of, languages)) if len(languages) > 1 else ()
    app.jinja_env.globals["languages"] = offered
    app.context_processor(_place)
    app.extensions["csrf"].exempt(blueprint)


@blueprint.post("")
def choose() -> ResponseReturnValue:
    """Keep the choice and go back to the page; a language or a place that there is not changes nothing."""
    place = request.form.get("place", "")[:MAX_PLACE_LENGTH]
    known = place if _leads_to_a_page(place) else "/"
    response = redirect(request.script_root + known, HTTPStatus.SEE_OTHER)
    tag = request.form.get("language", "")
    if tag in current_app.config[i18n.OFFERED]:
        response.set_cookie(
            current_app.config[i18n.COOKIE],
            tag,
            max_age=LIFETIME_S,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return response


def _place() -> dict[str, Any]:
    """Where this page can be asked for again: its own address, or the nearest one above that is a page."""
    path = request.path
    if request.method == "GET" and request.endpoint in _PAGED and request.query_string:
        path = request.full_path
    # What was asked for and found need not be looked for again.
    is_found = request.method == "GET" and request.url_rule is not None and _is_address(request.path)
    while path and not is_found and not _leads_to_a_page(path):
        path = path.rpartition("/")[0]
    return {"place": path or "/"}


def _leads_to_a_page(place: str) -> bool:
    path = place.partition("?")[0]
    if not _is_address(path):
        return False
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return False
    try:
        adapter.match(path, method="GET")
    except HTTPException:
        return False
    return True


def _is_address(path: str) -> bool:
    """Whether it is one of this site's, and looks like one to everybody."""
    return path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
