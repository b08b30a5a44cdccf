"""The list of the operations that wait, and the small answer that keeps it fresh.

The page carries the version of its list. `/operations/fresh` answers with the list alone, or with 304 and
no body while the version is the same. The tag is weak: two lists of one version differ in the seconds left.

Source: mobile-token-api.md, section 10; RFC 9110, section 13 (conditional requests).
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

import msgspec
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.flows.visitor import Visitor
from webapp.flows.waiting import MANY, Waiting, similar_to, waiting_operations
from webapp.mtoken.operation import UserOperation
from webapp.web import i18n, session
from webapp.web.present_list import Line, line
from webapp.web.services import services

blueprint = Blueprint("waiting", __name__, url_prefix="/operations")

VERSION_LETTERS: Final = 16


@dataclass(frozen=True, slots=True)
class Entry:
    """An operation in the list; `version` changes with everything it shows, but for the seconds left."""

    line: Line
    version: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The list as it is printed."""

    entries: tuple[Entry, ...]
    unreadable: int
    many: int
    """The largest number of similar operations that began within minutes; 0: nothing to point out."""
    frame: str
    """Changes with the session and the language: then the whole page is another one."""

    @property
    def version(self) -> str:
        return _digest([[one.version for one in self.entries], self.unreadable, self.many, self.frame])

    @property
    def count(self) -> int:
        """How many wait, those that cannot be shown included."""
        return len(self.entries) + self.unreadable


@blueprint.get("")
def operations() -> ResponseReturnValue:
    visitor = session.visitor()
    found = waiting_operations(services(), visitor)
    loaded_at = datetime.fromtimestamp(found.server_now_ms // 1000, UTC)
    response = make_response(
        render_template("operations/list.html", shown=_shown(found, visitor), loaded_at=loaded_at)
    )
    session.renew(response, now_ms=found.server_now_ms)
    return response


@blueprint.get("/fresh")
def fresh() -> ResponseReturnValue:
    """The list alone, if it is another one than the browser has. It sets no cookie: it may arrive late."""
    if request.headers.get("Sec-Fetch-Mode") == "navigate":
        return redirect(url_for(".operations"), HTTPStatus.SEE_OTHER)
    visitor = session.visitor()
    shown = _shown(waiting_operations(services(), visitor), visitor)
    is_known = request.if_none_match.contains_weak(shown.version)
    response = make_response("" if is_known else render_template("operations/_list.html", shown=shown))
    response.set_etag(shown.version, weak=True)
    response.vary.update(("Accept-Language", "Cookie"))
    return response.make_conditional(request)


def _shown(found: Waiting, visitor: Visitor) -> Shown:
    similar = max((len(similar_to(one, found.operations)) for one in found.operations), default=0)
    return Shown(
        entries=tuple(_entry(one, found.server_now_ms) for one in found.operations),
        unreadable=found.unreadable,
        many=similar if similar >= MANY else 0,
        frame=_digest(["frame", visitor.sid, i18n.current_page()]),
    )


def _entry(operation: UserOperation, now_ms: int) -> Entry:
    shown = line(operation, now_ms)
    # The end stands for the seconds that are left; whether there are any decides about the words.
    lasting = replace(shown, seconds_left=int(shown.seconds_left > 0))
    return Entry(shown, _digest([lasting, operation.operation_expires]))


def _digest(value: Any) -> str:
    content = msgspec.json.encode(value, enc_hook=str)  # the site's own words are lazy until they are printed
    return hashlib.sha256(content).hexdigest()[:VERSION_LETTERS]
