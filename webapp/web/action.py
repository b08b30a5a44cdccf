"""The one name of everything that happens for one request, and on whose behalf that is.

It stands in every line of the log, goes to the bank as `X-Correlation-ID`, into the audit trail, and onto
pages about what went wrong. It is made here: what a stranger sends under that name is not looked at.
"""

from typing import Final

from flask import g, has_request_context, request

from webapp.mtoken.announced import Origin
from webapp.randomness import system_random

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUPS: Final = 3
_IN_A_GROUP: Final = 4
_BITS: Final = 5


def reference() -> str:
    """The name of this request: 60 random bits as a person can read them out, such as `7KQ3-9FXM-2B4T`."""
    if "reference" not in g:
        g.reference = _new()
    name: str = g.reference
    return name


def origin() -> Origin | None:
    """Who is to be named to the bank; nobody where no request is being answered, as in a thread of ours."""
    if not has_request_context():
        return None
    return Origin(reference(), request.remote_addr, request.headers.get("User-Agent"))


def _new() -> str:
    number = int.from_bytes(system_random(8))
    letters = [_ALPHABET[number >> _BITS * place & 31] for place in range(_GROUPS * _IN_A_GROUP)]
    return "-".join("".join(letters[at : at + _IN_A_GROUP]) for at in range(0, len(letters), _IN_A_GROUP))
