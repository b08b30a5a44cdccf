"""Why a server could not be asked, in words, out of the chain of errors below `NotSent`.

The kinds are told by the names of their classes: only `mtoken/http.py` knows the library they come from.
"""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from webapp.mtoken.errors import AnswerLost, RefusedByServer


class Trouble(Enum):
    NAME = auto()
    CONNECTION = auto()
    PROXY = auto()
    CERTIFICATE = auto()
    TLS = auto()
    SILENCE = auto()
    ANSWER = auto()


@dataclass(frozen=True, slots=True)
class Cause:
    kind: Trouble
    told: str


_BY_NAME: Final = (
    (Trouble.PROXY, "the proxy does not open the way", {"ProxyError"}),
    (Trouble.NAME, "the name is not known", {"NameResolutionError", "gaierror"}),
    (Trouble.TLS, "TLS is not agreed", {"SSLError"}),
    (Trouble.CONNECTION, "no connection", {"NewConnectionError", "ConnectTimeoutError", "ConnectTimeout"}),
    (Trouble.SILENCE, "no answer in time", {"ReadTimeout", "ReadTimeoutError", "TimeoutError"}),
)


def trouble(error: BaseException) -> Cause:
    """The most telling cause of all. No text of the library is repeated: it may hold a password."""
    chain = tuple(_chain(error))
    for one in chain:
        if isinstance(one, ssl.SSLCertVerificationError):
            return Cause(Trouble.CERTIFICATE, f"its certificate is not accepted ({one.verify_message})")
    names = {type(one).__name__ for one in chain}
    for kind, told, of_kind in _BY_NAME:
        if names & of_kind:
            return Cause(kind, told)
    for one in chain:
        if isinstance(one, RefusedByServer):
            return Cause(Trouble.ANSWER, f"it answers HTTP {one.http_status} {one.code}".rstrip())
    for one in chain:
        if isinstance(one, AnswerLost) and str(one).startswith("HTTP "):
            return Cause(Trouble.ANSWER, f"it answers {one}")
    return Cause(Trouble.ANSWER, "its answer cannot be used")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what caused it, and what its causes carry along."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        carried = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        waiting += [other for other in carried if isinstance(other, BaseException)]
