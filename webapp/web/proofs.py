"""A bound browser proves every request that may make its activation sign: one hook in front of all views.

It is the rule for whatever is no mere question, so that a new form is protected before anybody thinks of it.
The short list below names what makes nothing sign.
"""

from contextlib import suppress
from typing import Final

import structlog
from flask import Flask, current_app, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from webapp.flows.proof import ProofError, SentForm, demand_proof, note_for
from webapp.web import session
from webapp.web.errors import STATUS, message_page
from webapp.web.services import services

OPEN: Final = frozenset(
    {
        # Enrolling: whoever is bound already is turned away there.
        "activation.create",
        "sign_in.begin",
        "sign_in.finish",
        "ways.enrol_by_credentials",
        "ways.enrol_by_recovery",
        # Forgetting is for those, too, whose key is gone. It erases here and tells nobody.
        "activation.forget",
        # Reading what was scanned or shared, and going on from screen to screen.
        "offline.show",
        "operations.screens",
        "scan.frame",
        "scan.read",
        "share.take",
        # The questions for a device; its answer comes in a form that is proven.
        "passkeys.ask",
        "passkeys.new",
        # What is kept about the pages alone.
        "language.choose",
        "pwa.dismiss_hint",
    }
)
"""Endpoints that take something and make nothing sign."""

_NOT_OURS: Final = ("sandbox", "sandbox_provider")
"""Blueprints of the other side, which the demo embeds; nobody is enrolled there."""

_ONCE: Final = frozenset({"history.answer"})
"""What its use case would sign as often as it comes."""

_HARMLESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

_log = structlog.get_logger()


def configure(app: Flask) -> None:
    """After `security.configure`: a form of another site is refused as such."""
    app.before_request(_demand)
    app.register_error_handler(ProofError, _refused)
    app.jinja_env.globals.update(proof_key_name=session.proof_key_name, proof_note=_note)


def is_open(endpoint: str) -> bool:
    """Whether its requests need no proof."""
    return endpoint in OPEN or endpoint.partition(".")[0] in _NOT_OURS


def _demand() -> None:
    endpoint = request.endpoint
    if request.method in _HARMLESS or endpoint is None or is_open(endpoint):
        return
    demand_proof(services(), session.visitor(), _sent(), is_once=endpoint in _ONCE)


def _refused(error: ProofError) -> ResponseReturnValue:
    """Somebody may have pressed before the script was there: the way back to the form is one press."""
    status = STATUS[error.message_key]
    _log.warning("refused", error=type(error).__name__, status=status.value)
    return message_page(error.message_key, status, again=_page_of_form())


def _page_of_form() -> str | None:
    """The page whose form this is: it lies at the form's own address, or above it."""
    adapter, path = current_app.create_url_adapter(request), request.path
    while adapter is not None and path:
        with suppress(HTTPException):
            endpoint, values = adapter.match(path, method="GET")
            # Not every word of an address is an id: what the form knows nothing of is no page of it.
            if values.items() <= (request.view_args or {}).items():
                return url_for(endpoint, **values)
        path = path.rpartition("/")[0]
    return None


def _sent() -> SentForm:
    """As the browser sent it; a file would be no part of what it signs, and no such form has one."""
    fields = tuple(request.form.items(multi=True))
    path = f"{request.script_root}{request.path}"
    return SentForm(request.method, path, request.query_string, fields)


def _note() -> str:
    return note_for(services(), session.visitor())
