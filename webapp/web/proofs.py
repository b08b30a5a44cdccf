"""A bound browser proves every request that may make its activation sign: one hook in front of all views.

It is the rule for whatever is no mere question, so that a new form is protected before anybody thinks of it.
The short list below names what makes nothing sign.
"""

from typing import Final

from flask import Flask, request

from webapp.flows.proof import SentForm, demand_proof, note_for
from webapp.web import session
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


def configure(app: Flask) -> None:
    """After `security.configure`: a form of another site is refused as such."""
    app.before_request(_demand)
    app.jinja_env.globals.update(proof_key_name=session.proof_key_name, proof_note=_note)


def is_open(endpoint: str) -> bool:
    """Whether its requests need no proof."""
    return endpoint in OPEN or endpoint.partition(".")[0] in _NOT_OURS


def _demand() -> None:
    endpoint = request.endpoint
    if request.method in _HARMLESS or endpoint is None or is_open(endpoint):
        return
    demand_proof(services(), session.visitor(), _sent(), is_once=endpoint in _ONCE)


def _sent() -> SentForm:
    """As the browser sent it; a file would be no part of what it signs, and no such form has one."""
    fields = tuple(request.form.items(multi=True))
    path = f"{request.script_root}{request.path}"
    return SentForm(request.method, path, request.query_string, fields)


def _note() -> str:
    return note_for(services(), session.visitor())
