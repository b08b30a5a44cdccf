"""What can prevent an answer, as exceptions. What a server answers, `ERROR` included, is a response.

    MobileTokenError
    ├── NetworkError
    │   ├── NotSent                 network.not_sent
    │   └── AnswerLost              network.answer_lost
    ├── RefusedByServer             server.refused
    ├── InvalidActivationError      activation.invalid
    ├── AuthenticationError         authentication.unavailable
    ├── ProximityTimeError          proximity.time
    └── PacError                    proximity.code

Arguments that can never be right (an empty identifier, an empty reason) are a `ValueError`.

Source: mobile-token-api.md, sections 1.2, 4.8 and 11; formats.md, section 3.
"""

from enum import StrEnum
from typing import ClassVar

from webapp.errors import AssentError


class MobileTokenError(AssentError):
    """The call has no answer from the server; a family."""


class NetworkError(MobileTokenError):
    """No connection or no usable answer; a family, because what may have happened differs."""


class NotSent(NetworkError):
    """Nothing left this machine: name not found, connection refused, no connection in time, TLS not agreed.

    Nothing was applied on the other side; trying again is safe.
    """

    message_key: ClassVar[str] = "network.not_sent"


class AnswerLost(NetworkError):
    """The request was sent, or may have been, and no usable answer came.

    Silence, a broken connection, a redirect, HTML, too many bytes, JSON of another shape. The server may
    have applied the request: the outcome is unknown until it is asked.
    """

    message_key: ClassVar[str] = "network.answer_lost"


class RefusedByServer(MobileTokenError):
    """One of the `/pa/v3/*` endpoints answered with an error.

    `http_status` decides, `code` (may be empty) refines; the server's message is never looked at.
    `recovery_puk_index` says which PUK of a recovery code is expected, counted from 1, where it is told.
    """

    message_key: ClassVar[str] = "server.refused"

    def __init__(self, http_status: int, code: str | None, *, recovery_puk_index: int | None = None) -> None:
        super().__init__(f"HTTP {http_status} {code or ''}".rstrip())
        self.http_status = http_status
        self.code = code or ""
        self.recovery_puk_index = recovery_puk_index


class InvalidActivationError(MobileTokenError):
    """There is no activation, or it is in a state in which the call cannot be made."""

    message_key: ClassVar[str] = "activation.invalid"


class AuthenticationError(MobileTokenError):
    """The factor asked for is not set up here, or the person cancelled it. Nothing was signed."""

    message_key: ClassVar[str] = "authentication.unavailable"


class ProximityTimeError(MobileTokenError):
    """The proximity code would have been received after it is sent: the clock moved. Scan again."""

    message_key: ClassVar[str] = "proximity.time"


class PacCode(StrEnum):
    """Which rule of formats.md section 3 a proximity code breaks; the first one that does."""

    TOO_LONG = "TOO_LONG"
    NO_SCHEME = "NO_SCHEME"
    CHARACTER = "CHARACTER"
    PERCENT_ENCODING = "PERCENT_ENCODING"
    NO_DATA = "NO_DATA"
    DUPLICATE = "DUPLICATE"
    JWT_PARTS = "JWT_PARTS"
    JWT_BASE64 = "JWT_BASE64"
    JWT_JSON = "JWT_JSON"
    OID = "OID"
    POTP = "POTP"


class PacError(MobileTokenError):
    """The text is not a proximity code. Carries the rule, never the text: it may hold a valid code."""

    message_key: ClassVar[str] = "proximity.code"

    def __init__(self, code: PacCode) -> None:
        super().__init__(code)
        self.code = code
