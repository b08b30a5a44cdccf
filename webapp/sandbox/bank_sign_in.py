"""The page at which customers of the demo's bank sign in: whoever says who they are is believed.

Source: OpenID Connect Core, section 3.1.2 (`login_hint` says who it is).
"""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from webapp.sandbox import bank_words as words
from webapp.sandbox.bank_forms import USERS, as_typed, is_user
from webapp.sandbox.demo_ways import SIGN_IN_PATH
from webapp.sandbox.errors import ProtocolError

_WHO: Final = "login_hint"
_CANCEL: Final = "cancel"
_NOBODY: Final = ""


class Provider(Protocol):
    """Who answers those that have signed in; `webapp.sandbox.backend.Backend` does."""

    def authorize(self, query: Mapping[str, str], user_id: str | None) -> str | None:
        """Where to send the browser; None, where nobody has signed in yet.

        Raises:
            ProtocolError: nobody may be sent anywhere.
        """
        ...


def sign_in(provider: Provider) -> Blueprint:
    """`authorize` of the sandbox's OpenID provider, in the frame of the bank's pages."""
    blueprint = Blueprint("sandbox_sign_in", __name__, url_prefix=SIGN_IN_PATH)

    def authorize() -> ResponseReturnValue:
        query = request.args.to_dict()
        typed, cancels = query.pop(_WHO, None), query.pop(_CANCEL, None) is not None
        try:
            if cancels:
                return _sent_back(provider, query, _NOBODY)
            if typed is not None and is_user(typed.strip()):
                return _sent_back(provider, query, typed.strip())
            # Whoever asks has to be known before the page shows anything of it.
            provider.authorize(query, None)
        except ProtocolError:
            heading, text = words.FOREIGN_SIGN_IN
            return render_template("sandbox/refused.html", heading=heading, text=text), 400
        if typed is None:
            return _page(query)
        return _page(query, typed, {_WHO: words.BAD_USER}), 422

    blueprint.add_url_rule("/authorize", view_func=authorize)
    return blueprint


def _sent_back(provider: Provider, query: Mapping[str, str], user_id: str) -> ResponseReturnValue:
    address = provider.authorize(query, user_id)
    if address is None:
        raise ProtocolError("a sign-in that leads nowhere")
    return redirect(address, 303)


def _page(query: Mapping[str, str], typed: str = "", errors: Mapping[str, Any] | None = None) -> str:
    return render_template(
        "sandbox/sign_in.html",
        query={name: as_typed(value) for name, value in query.items()},
        users=USERS,
        typed=as_typed(typed),
        errors=errors or {},
    )
