"""The bank's messages: how many are unread, pages of them, one of them, and marking them as read.

Opening a message marks nothing: what the bank sees as read, somebody has said to have read, by a press.

The header of every page has a link with the number of unread messages. A script asks for it after the page
has come (static/js/unread.js), so a slow inbox holds no page up; without script only the list says it.

HTML is shown in a frame of its own, sanitised (message_body.py), with a policy under which nothing runs,
loads, is sent or leads anywhere.
"""

from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final, Self

import structlog
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from webapp.flows import inbox
from webapp.flows.background import Background
from webapp.flows.inbox import InboxError, InboxUnavailable
from webapp.mtoken.inbox import InboxContentType, InboxMessage
from webapp.mtoken.pac import PACData
from webapp.web import links, session
from webapp.web.errors import RETRY_AFTER_S, STATUS
from webapp.web.message_body import harmless, has_marks
from webapp.web.messages import PAGES
from webapp.web.present_history import Moment
from webapp.web.services import services
from webapp.web.visible import has_hidden

FRAME_HEADERS: Final = MappingProxyType(
    {
        "Content-Security-Policy": "; ".join(
            (
                "default-src 'none'",
                "style-src 'none'",
                "img-src 'none'",
                "form-action 'none'",
                "base-uri 'none'",
                "frame-ancestors 'self'",
                "sandbox",
            )
        ),
        "X-Frame-Options": "SAMEORIGIN",
    }
)
MAX_PAGE: Final = 10_000

_UNREAD: Final = "unread"
_BACKGROUND: Final = "assent_unread_count"
_log = structlog.get_logger()

blueprint = Blueprint("inbox", __name__, url_prefix="/inbox")


def configure(app: Flask) -> None:
    """The count is asked for in the background, for all visitors of this process together."""
    app.extensions[_BACKGROUND] = Background()


@dataclass(frozen=True, slots=True)
class View:
    """Which part of the messages somebody looks at; it stays in the address from page to page."""

    page: int = 1
    only_unread: bool = False

    @classmethod
    def of_request(cls) -> Self:
        page = request.args.get("page", 1, int)
        return cls(min(max(page, 1), MAX_PAGE), request.args.get("only") == _UNREAD)

    def query(self, page: int | None = None) -> dict[str, Any]:
        """The query of this view, or of another page of it; what needs not be said is left out."""
        shown = self.page if page is None else page
        return {
            "page": shown if shown > 1 else None,
            "only": _UNREAD if self.only_unread else None,
        }


@dataclass(frozen=True, slots=True)
class Line:
    """A message in the list."""

    message: InboxMessage
    moment: Moment | None

    @classmethod
    def of(cls, message: InboxMessage) -> Self:
        created = message.timestamp_created
        return cls(message, None if created is None else Moment.of(created))


@blueprint.get("")
def messages() -> ResponseReturnValue:
    view = View.of_request()
    found = inbox.inbox(services(), session.visitor(), page=view.page - 1, only_unread=view.only_unread)
    lines = [Line.of(one) for one in found.messages if _has_address(one)]
    return render_template(
        "inbox/list.html",
        view=view,
        lines=lines,
        unreadable=found.unreadable + len(found.messages) - len(lines),
        is_last=found.is_last or view.page == MAX_PAGE,
        unread_messages=found.unread,
    )


@blueprint.get("/count")
def count() -> ResponseReturnValue:
    """`{"unread": 2}` for the script, or 204 if nobody can say. It sets no cookie: it may arrive late."""
    if request.headers.get("Sec-Fetch-Mode") == "navigate":
        return redirect(url_for(".messages"), HTTPStatus.SEE_OTHER)
    visitor, clock = session.visitor(), services().clock
    background: Background = current_app.extensions[_BACKGROUND]
    unread = background.ask(lambda: inbox.unread_count(services(), visitor), clock, tires=InboxUnavailable)
    return ("", HTTPStatus.NO_CONTENT) if unread is None else jsonify(unread=unread)


@blueprint.post("/read-all")
def mark_all_read() -> ResponseReturnValue:
    inbox.mark_all_read(services(), session.visitor())
    return redirect(url_for(".messages"), HTTPStatus.SEE_OTHER)


@blueprint.get("/<message_id>")
def message(message_id: str) -> ResponseReturnValue:
    found = inbox.message(services(), session.visitor(), message_id)
    is_html = found.type is InboxContentType.HTML
    texts = (found.subject, found.summary, "" if is_html else found.body)
    return render_template(
        "inbox/message.html",
        view=View.of_request(),
        line=Line.of(found),
        body=None if is_html else found.body,
        has_hidden=any(map(has_hidden, texts)),
    )


@blueprint.get("/<message_id>/body")
def body(message_id: str) -> ResponseReturnValue:
    """The HTML of a message, for the frame on its page; alone in a window, that page comes instead."""
    if request.headers.get("Sec-Fetch-Dest", "iframe") != "iframe":
        return redirect(url_for(".message", message_id=message_id), HTTPStatus.SEE_OTHER)
    try:
        found = inbox.message(services(), session.visitor(), message_id)
    except InboxError as error:
        page = render_template("inbox/body.html", body=None, problem=PAGES[error.message_key].happened)
        return _framed(page, STATUS[error.message_key])
    if found.type is not InboxContentType.HTML:
        abort(HTTPStatus.NOT_FOUND)
    shown = harmless(found.body)
    page = render_template("inbox/body.html", body=shown, has_hidden=shown is not None and has_marks(shown))
    return _framed(page, HTTPStatus.OK)


@blueprint.post("/<message_id>/read")
def mark_read(message_id: str) -> ResponseReturnValue:
    inbox.mark_read(services(), session.visitor(), message_id)
    return redirect(url_for(".messages", **View.of_request().query()), HTTPStatus.SEE_OTHER)


@blueprint.errorhandler(InboxError)
def trouble(error: InboxError) -> ResponseReturnValue:
    """The page of a broken inbox: what waits for an answer is one press away."""
    status = STATUS[error.message_key]
    _log.warning("inbox", error=type(error).__name__, reason=str(error), status=status.value)
    is_broken = isinstance(error, InboxUnavailable)
    page = render_template("inbox/trouble.html", message=PAGES[error.message_key], is_broken=is_broken)
    response = make_response(page, status)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _has_address(message: InboxMessage) -> bool:
    """Whether its identifier can stand in an address of ours, and names nothing else there."""
    is_ours = message.id in {"count", "read-all"}
    return not is_ours and links.can_be_opened(PACData(message.id))


def _framed(page: str, status: int) -> Response:
    response = make_response(page, status)
    response.headers.update(FRAME_HEADERS)
    return response
