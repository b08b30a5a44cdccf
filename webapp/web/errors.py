"""Every error → its page and its status code. No page shows an exception's own text.

An error's `message_key` finds the words in messages.py; the table here says the status.
"""

from http import HTTPStatus
from typing import Any, Final

import structlog
from flask import Flask, Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from webapp.custody.errors import HalfMissing, NotEnrolled, TooManyTries
from webapp.errors import AssentError
from webapp.flows.errors import OperationGone, StandingError
from webapp.flows.outcome import Outcome
from webapp.web import action, limit_words, messages, outcome_words, present, rate_limits, session
from webapp.web.messages import Message
from webapp.web.security import ForeignForm

RETRY_AFTER_S: Final = 5
CONTINUED: Final = "continued"
"""In the query of an address that a page went on to by itself, so that it does so only once."""

_log = structlog.get_logger()

STATUS: Final = {
    "custody.not_enrolled": HTTPStatus.FORBIDDEN,
    "custody.half_missing": HTTPStatus.FORBIDDEN,
    "custody.half_wrong": HTTPStatus.FORBIDDEN,
    "custody.record_damaged": HTTPStatus.FORBIDDEN,
    "custody.server_key_unknown": HTTPStatus.FORBIDDEN,
    "custody.busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "custody.lease_lost": HTTPStatus.SERVICE_UNAVAILABLE,
    "tries.too_many": HTTPStatus.TOO_MANY_REQUESTS,
    "custody.audit_damaged": HTTPStatus.SERVICE_UNAVAILABLE,
    "custody.store_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "network.not_sent": HTTPStatus.SERVICE_UNAVAILABLE,
    "network.answer_lost": HTTPStatus.GATEWAY_TIMEOUT,
    "server.refused": HTTPStatus.SERVICE_UNAVAILABLE,
    "server.unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "server.not_trusted": HTTPStatus.BAD_GATEWAY,
    "powerauth.encoding": HTTPStatus.BAD_GATEWAY,
    "powerauth.public_key": HTTPStatus.BAD_GATEWAY,
    "powerauth.signature": HTTPStatus.BAD_GATEWAY,
    "powerauth.padding": HTTPStatus.BAD_GATEWAY,
    "powerauth.envelope": HTTPStatus.BAD_GATEWAY,
    "powerauth.temporary_key": HTTPStatus.BAD_GATEWAY,
    "powerauth.activation": HTTPStatus.BAD_GATEWAY,
    "powerauth.header": HTTPStatus.BAD_GATEWAY,
    "powerauth.status": HTTPStatus.BAD_GATEWAY,
    "powerauth.counter": HTTPStatus.CONFLICT,
    "powerauth.factor": HTTPStatus.UNPROCESSABLE_ENTITY,
    "powerauth.state": HTTPStatus.FORBIDDEN,
    "activation.invalid": HTTPStatus.CONFLICT,
    "activation.already": HTTPStatus.CONFLICT,
    "activation.not_active": HTTPStatus.CONFLICT,
    "operation.not_approvable": HTTPStatus.UNPROCESSABLE_ENTITY,
    "operation.data": HTTPStatus.BAD_GATEWAY,
    "operation.changed": HTTPStatus.CONFLICT,
    "operation.gone": HTTPStatus.GONE,
    "screen.skipped": HTTPStatus.CONFLICT,
    "screen.too_early": HTTPStatus.CONFLICT,
    "offline.malformed": HTTPStatus.UNPROCESSABLE_ENTITY,
    "offline.not_genuine": HTTPStatus.UNPROCESSABLE_ENTITY,
    "offline.codes_used_up": HTTPStatus.CONFLICT,
    "picture.unavailable": HTTPStatus.NOT_FOUND,
    "inbox.unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "inbox.message_gone": HTTPStatus.NOT_FOUND,
    "scan.too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "scan.unreadable": HTTPStatus.UNPROCESSABLE_ENTITY,
    "scan.too_hard": HTTPStatus.UNPROCESSABLE_ENTITY,
    "scan.no_code": HTTPStatus.UNPROCESSABLE_ENTITY,
    "proximity.time": HTTPStatus.CONFLICT,
    "proximity.code": HTTPStatus.UNPROCESSABLE_ENTITY,
    "link.foreign": HTTPStatus.UNPROCESSABLE_ENTITY,
    "link.damaged": HTTPStatus.UNPROCESSABLE_ENTITY,
    "link.ambiguous": HTTPStatus.BAD_REQUEST,
    "authentication.unavailable": HTTPStatus.CONFLICT,
    "passkey.off": HTTPStatus.NOT_FOUND,
    "passkey.unknown": HTTPStatus.CONFLICT,
    "form.forged": HTTPStatus.BAD_REQUEST,
    "form.expired": HTTPStatus.CONFLICT,
    "form.foreign": HTTPStatus.CONFLICT,
    "address.host": HTTPStatus.BAD_REQUEST,
    "address.not_secure": HTTPStatus.BAD_REQUEST,
    "proof.missing": HTTPStatus.FORBIDDEN,
    "proof.wrong": HTTPStatus.FORBIDDEN,
    "proof.stale": HTTPStatus.CONFLICT,
    "proof.key": HTTPStatus.UNPROCESSABLE_ENTITY,
}
"""Errors that are not listed are ours: 500."""

_PAGES = {
    HTTPStatus.FORBIDDEN: messages.FORBIDDEN,
    HTTPStatus.NOT_FOUND: messages.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: messages.METHOD,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: messages.TOO_LARGE,
    HTTPStatus.REQUEST_URI_TOO_LONG: messages.TOO_LARGE,
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: messages.TOO_LARGE,
}


def install(app: Flask) -> None:
    app.register_error_handler(StandingError, _standing)
    app.register_error_handler(OperationGone, _gone)
    app.register_error_handler(HalfMissing, _half_missing)
    app.register_error_handler(NotEnrolled, _not_enrolled)
    app.register_error_handler(TooManyTries, _too_many_tries)
    app.register_error_handler(AssentError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unknown)


def outcome_page(outcome: Outcome) -> Response:
    """The page of an outcome, with the status code of its kind."""
    afterwards = outcome.afterwards.attributes if outcome.afterwards else ()
    page = render_template(
        "operations/result.html",
        outcome=outcome,
        review=present.blocks(afterwards, own_pictures=current_app.config["OWN_PICTURES"]),
        words=outcome_words.words(outcome),
        answer=outcome_words.about_the_answer(outcome),
    )
    return make_response(page, outcome_words.STATUS[outcome.kind])


def message_page(
    key: str, status: int, *, again: str | None = None, message: Message | None = None
) -> Response:
    """The page with the words for this key, or with `message`, where that says more.

    `again` is where to try again, if that is not this address.
    """
    operation_id = (request.view_args or {}).get("operation_id")
    # A form cannot be sent again by a link, so only a page that was asked for can be asked for again.
    if again is None and request.method == "GET" and request.url_rule:
        again = _this_address()
    page = render_template(
        "errors/error.html",
        message=message or messages.PAGES[key],
        operation_id=operation_id,
        again=again,
        reference=action.reference(),
    )
    response = make_response(page, status)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def wait(response: ResponseReturnValue, seconds: int) -> Response:
    """The same answer as a refusal that says when to come again."""
    _log.warning("limited", route=request.url_rule.rule if request.url_rule else None)
    refusal = make_response(response)
    refusal.status_code = HTTPStatus.TOO_MANY_REQUESTS
    refusal.headers["Retry-After"] = str(seconds)
    return refusal


def _too_many_tries(error: TooManyTries) -> ResponseReturnValue:
    return _come_again(error.message_key, error.retry_after_s)


def _come_again(key: str, seconds: int) -> Response:
    page = message_page(key, HTTPStatus.TOO_MANY_REQUESTS, message=limit_words.page(key, seconds))
    return wait(page, seconds)


def half_may_follow() -> bool:
    """Whether a browser without its half comes from another site, or may do so, and has it one step on."""
    site = request.headers.get("Sec-Fetch-Site")
    return request.method == "GET" and CONTINUED not in request.args and site in {None, "cross-site"}


def _standing(_error: StandingError) -> ResponseReturnValue:
    return redirect(url_for("activation.standing"), HTTPStatus.SEE_OTHER)


def _gone(error: OperationGone) -> ResponseReturnValue:
    return outcome_page(error.outcome)


def _half_missing(error: HalfMissing) -> ResponseReturnValue:
    """A link on another site brings the browser here without its Strict cookie; one step on it has it.

    The page goes on by itself, once: the browser says that it comes from another site, or, where it says
    nothing, the address remembers that this was tried.
    """
    if not half_may_follow():
        return _known(error)
    says_where_from = "Sec-Fetch-Site" in request.headers
    target = _this_address() if says_where_from else _this_address(**{CONTINUED: "1"})
    return render_template("errors/continue.html", target=target)


def _not_enrolled(error: NotEnrolled) -> ResponseReturnValue:
    """Whose activation has ended here learns how, whatever page they ask for."""
    if session.ended() is None:
        return _known(error)
    return redirect(url_for("activation.standing"), HTTPStatus.SEE_OTHER)


def _this_address(**query: str) -> str:
    """The address of this page, to ask for it again; written anew, for what was sent may hold anything."""
    parts: dict[str, Any] = {**(request.view_args or {}), **query}
    return url_for(str(request.endpoint), **parts)


def _known(error: AssentError) -> ResponseReturnValue:
    status = STATUS.get(error.message_key, HTTPStatus.INTERNAL_SERVER_ERROR)
    _log.warning("refused", error=type(error).__name__, status=status.value)
    key = error.message_key if error.message_key in messages.PAGES else messages.BROKEN
    return message_page(key, status)


def _http(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, CSRFError):
        return message_page(messages.STALE_FORM, HTTPStatus.BAD_REQUEST)
    if isinstance(error, ForeignForm):
        return message_page(messages.FOREIGN_SITE, HTTPStatus.BAD_REQUEST)
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if status < HTTPStatus.BAD_REQUEST or error.response is not None:
        return error.get_response()
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return _come_again(messages.TOO_MANY, rate_limits.retry_after_s())
    fallback = messages.BROKEN if status >= HTTPStatus.INTERNAL_SERVER_ERROR else messages.BAD_REQUEST
    response = message_page(_PAGES.get(status, fallback), status)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _unknown(error: Exception) -> ResponseReturnValue:
    _log.error("failed", exc_info=error)
    return message_page(messages.BROKEN, HTTPStatus.INTERNAL_SERVER_ERROR)
