"""The bank's page on which somebody writes a message to a customer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.sandbox import bank_words as words
from webapp.sandbox.back_office import Office
from webapp.sandbox.bank_forms import check_user
from webapp.sandbox.inbox import TYPES, Letter

LONGEST: Final = MappingProxyType({"subject": 200, "summary": 500, "body": 5000})
"""Characters that a field takes; together they fit into one form."""

_NEEDED: Final = ("subject", "body")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def messages(office: Office) -> Blueprint:
    """The page below `/sandbox/users/…/messages`, for one backend."""
    blueprint = Blueprint("messages", __name__, url_prefix="/users/<user_id>/messages")
    pages = _Pages(office)
    blueprint.add_url_rule("", view_func=pages.new, methods=["GET"])
    blueprint.add_url_rule("", view_func=pages.send, methods=["POST"])
    return blueprint


@dataclass(frozen=True, slots=True)
class _Form:
    """What was typed; line breaks are LF, and a tab is a space."""

    type: str
    texts: Mapping[str, str]

    @classmethod
    def read(cls) -> "_Form":
        sent = {name: request.form.get(name, "") for name in LONGEST}
        texts = {name: text.replace("\r\n", "\n").replace("\t", " ") for name, text in sent.items()}
        return cls(request.form.get("type", ""), texts)

    def errors(self) -> dict[str, Any]:
        """Field → error, in the order of the page."""
        found = {} if self.type in TYPES else {"type": words.MESSAGE_TYPE}
        return found | {name: error for name in LONGEST if (error := self._error(name))}

    def _error(self, name: str) -> Any:
        text, most = self.texts[name], LONGEST[name]
        if name in _NEEDED and not text.strip():
            return words.MESSAGE_EMPTY
        if len(text) > most:
            return words.MESSAGE_TOO_LONG % {"most": most}
        return words.NOT_PRINTABLE if _CONTROL.search(text) else None

    def letter(self) -> Letter:
        return Letter(self.type, **self.texts)


class _Pages:
    def __init__(self, office: Office) -> None:
        self._office = office

    def new(self, user_id: str) -> ResponseReturnValue:
        check_user(user_id)
        return _page(user_id, _Form(TYPES[0], {name: str(text) for name, text in words.EXAMPLE.items()}))

    def send(self, user_id: str) -> ResponseReturnValue:
        check_user(user_id)
        form = _Form.read()
        if errors := form.errors():
            return _page(user_id, form, errors), 422
        self._office.write_to(user_id, form.letter())
        return redirect(url_for("sandbox.user", user_id=user_id, _anchor="messages"), 303)


def _page(user_id: str, form: _Form, errors: Mapping[str, Any] | None = None) -> str:
    """The form; what was refused stays, but for characters that HTML cannot hold."""
    texts = {name: _CONTROL.sub("\ufffd", text[: LONGEST[name]]) for name, text in form.texts.items()}
    return render_template(
        "sandbox/new_message.html",
        user_id=user_id,
        chosen=form.type,
        texts=texts,
        longest=LONGEST,
        errors=errors or {},
    )
