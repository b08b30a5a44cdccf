"""What every error code of the server, and every failure on the way, means for an operation.

One table. What a kind of outcome says to the person, its status code and the next step are in
webapp/web/outcome_words.py; docs/errors.md shows both together, and a test holds it to them.

Source: mobile-token-api.md, sections 5.1 and 12; design.md (outcomes).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from webapp.flows.outcome import OutcomeKind
from webapp.mtoken.errors import AnswerLost, MobileTokenError, NotSent, RefusedByServer
from webapp.mtoken.response import KnownRestApiError, ResponseError


class Ask(StrEnum):
    """Who has to be asked, where an error says nothing by itself."""

    ACTIVATION = "activation"
    """The activation's status tells a wrong PIN from everything else."""
    OPERATION = "operation"
    """The decision may have been applied or not: the operation is read again."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an error says when an operation is read, and when a decision about it was sent."""

    reading: OutcomeKind | Ask
    deciding: OutcomeKind | Ask


_FAULT: Final = Meaning(OutcomeKind.UNAVAILABLE, Ask.OPERATION)
"""A fault of the server: nothing to read, and nobody knows how far a decision got."""
_NOT_APPLIED: Final = Meaning(OutcomeKind.UNAVAILABLE, OutcomeKind.UNAVAILABLE)
"""Refused before anything was done."""
_ASK_ACTIVATION: Final = Meaning(Ask.ACTIVATION, Ask.ACTIVATION)


def _settled(kind: OutcomeKind) -> Meaning:
    return Meaning(kind, kind)


_CODE: Final = KnownRestApiError
CODES: Final[Mapping[KnownRestApiError, Meaning]] = MappingProxyType(
    {
        _CODE.POWERAUTH_AUTH_FAIL: _ASK_ACTIVATION,
        _CODE.ERR_AUTHENTICATION: _ASK_ACTIVATION,
        _CODE.INVALID_ACTIVATION: _ASK_ACTIVATION,
        _CODE.OPERATION_FAILED: Meaning(OutcomeKind.UNAVAILABLE, OutcomeKind.CHECK),
        _CODE.OPERATION_ALREADY_FINISHED: _settled(OutcomeKind.ELSEWHERE),
        _CODE.OPERATION_ALREADY_FAILED: _settled(OutcomeKind.FAILED),
        _CODE.OPERATION_ALREADY_CANCELED: _settled(OutcomeKind.CANCELED),
        _CODE.OPERATION_EXPIRED: _settled(OutcomeKind.EXPIRED),
        _CODE.OPERATION_REQUIRES_ACTIVATION_FLAG: _settled(OutcomeKind.UNSUPPORTED),
        # After a decision: gone, somebody else's, or changed this very moment.
        _CODE.INVALID_OPERATION: Meaning(OutcomeKind.NOT_YOURS, Ask.OPERATION),
        _CODE.INVALID_REQUEST: Meaning(OutcomeKind.NOT_YOURS, OutcomeKind.UNAVAILABLE),
        _CODE.INVALID_APPLICATION: _NOT_APPLIED,
        _CODE.ERROR_NOT_FOUND: _NOT_APPLIED,
        _CODE.TOO_MANY_REQUESTS: _NOT_APPLIED,
        _CODE.REMOTE_COMMUNICATION_ERROR: _FAULT,
        _CODE.ERROR_GENERIC: _FAULT,
        _CODE.ERR_CONFIG: _FAULT,
        _CODE.ERR_ACTIVATION: _FAULT,
        _CODE.ERR_SECURE_VAULT: _FAULT,
        _CODE.ERR_ENCRYPTION: _FAULT,
        _CODE.INBOX_FAILED: _FAULT,
        _CODE.PUSH_REGISTRATION_FAILED: _FAULT,
    }
)
"""A code that is not known here counts as `ERROR_GENERIC`."""

FAILURES: Final[Mapping[type[MobileTokenError], Meaning]] = MappingProxyType(
    {
        NotSent: _NOT_APPLIED,
        AnswerLost: _FAULT,
        RefusedByServer: _NOT_APPLIED,
    }
)
"""Failures without an answer of the Mobile Token API. `RefusedByServer` comes before anything is signed."""

AUTHENTICATION: Final = frozenset(code for code, meaning in CODES.items() if meaning is _ASK_ACTIVATION)
"""Codes that say nothing by themselves: the activation's status decides."""


def settled_kind(error: ResponseError | None) -> OutcomeKind | None:
    """What a refused *detail* says about the operation; None if it says nothing about it."""
    kind = None if error is None else meaning_of(error).reading
    return kind if isinstance(kind, OutcomeKind) and kind is not OutcomeKind.UNAVAILABLE else None


def decided_kind(error: ResponseError) -> OutcomeKind | None:
    """What a refused *decision* says by itself; None if somebody has to be asked."""
    kind = meaning_of(error).deciding
    return kind if isinstance(kind, OutcomeKind) else None


def meaning_of(error: ResponseError) -> Meaning:
    """The row of this error."""
    return CODES[error.code] if isinstance(error.code, KnownRestApiError) else _FAULT
