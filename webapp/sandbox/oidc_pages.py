"""The page of the sandbox's OpenID provider: it asks who signs in, and believes it.

Source: OpenID Connect Core, section 3.1.2 (`login_hint` saves the question).
"""

from typing import Final

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from webapp.sandbox.backend import Backend
from webapp.sandbox.errors import ProtocolError

_PAGE: Final = Markup(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width"></head><body><main><h1>{title}</h1>{content}</main>'
    "</body></html>"
)
_HIDDEN: Final = Markup('<input type="hidden" name="{name}" value="{value}">')
_QUESTION: Final = Markup(
    '<form><p><label for="login_hint">Who are you?</label>'
    ' <input id="login_hint" name="login_hint" required maxlength="255" autocomplete="username"></p>'
    "{hidden}<p><button>Sign in</button></p></form>"
)
_REFUSAL: Final = Markup("<p>This request does not come from a client that is known here.</p>")


def provider_pages(backend: Backend) -> Blueprint:
    """`authorize`, under whatever prefix it is registered."""
    blueprint = Blueprint("sandbox_provider", __name__)

    def authorize() -> ResponseReturnValue:
        query = request.args.to_dict()
        try:
            answer = backend.authorize(query, query.get("login_hint"))
        except ProtocolError:
            return Response(_page("Not possible", _REFUSAL), 400)
        if answer is None:
            hidden = Markup().join(_HIDDEN.format(name=name, value=value) for name, value in query.items())
            return Response(_page("Sandbox sign-in", _QUESTION.format(hidden=hidden)))
        return redirect(answer, 303)

    blueprint.add_url_rule("/authorize", view_func=authorize)
    return blueprint


def _page(title: str, content: Markup) -> str:
    return str(_PAGE.format(title=title, content=content))
