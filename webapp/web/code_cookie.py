"""What opens an approval code: a cookie that the browser keeps for as long as the code is shown.

The site keeps the code sealed and not its key, so once the browser has dropped this cookie nobody can read
the code any more. It goes to the code's own address only.
"""

from flask import Response, current_app, request, url_for

from webapp.flows.offline_codes import LIFETIME_S, CodeKey
from webapp.powerauth.encoding import from_base64url, to_base64url
from webapp.powerauth.errors import EncodingError


def keep(response: Response, place: CodeKey) -> None:
    """Give the browser the key of this code."""
    response.set_cookie(
        _name(),
        to_base64url(place.key),
        max_age=LIFETIME_S,
        path=url_for("offline.code", code_id=place.code_id),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Strict",
    )


def current() -> bytes | None:
    """The key for the address that is asked for, if the browser has one."""
    try:
        return from_base64url(request.cookies[_name()])
    except (KeyError, EncodingError):
        return None


def _name() -> str:
    return "__Secure-code" if current_app.config["SESSION_COOKIE_SECURE"] else "code"
