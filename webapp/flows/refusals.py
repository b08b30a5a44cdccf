"""What the server's error codes mean for an operation.

Source: mobile-token-api.md, sections 5.1 and 12.
"""

from typing import Final

from webapp.flows.outcome import OutcomeKind
from webapp.mtoken.response import KnownRestApiError, ResponseError

AUTHENTICATION: Final = frozenset(
    {
        KnownRestApiError.POWERAUTH_AUTH_FAIL,
        KnownRestApiError.ERR_AUTHENTICATION,
        KnownRestApiError.INVALID_ACTIVATION,
    }
)
"""Codes that say nothing by themselves: the activation's status decides."""

NOT_APPLIED: Final = frozenset(
    {
        KnownRestApiError.INVALID_REQUEST,
        KnownRestApiError.INVALID_APPLICATION,
        KnownRestApiError.TOO_MANY_REQUESTS,
        KnownRestApiError.ERROR_NOT_FOUND,
    }
)
"""Codes with which the server refused before it did anything."""

_SETTLED = {
    KnownRestApiError.OPERATION_ALREADY_FINISHED: OutcomeKind.ELSEWHERE,
    KnownRestApiError.OPERATION_ALREADY_FAILED: OutcomeKind.FAILED,
    KnownRestApiError.OPERATION_ALREADY_CANCELED: OutcomeKind.CANCELED,
    KnownRestApiError.OPERATION_EXPIRED: OutcomeKind.EXPIRED,
    KnownRestApiError.INVALID_OPERATION: OutcomeKind.NOT_YOURS,
    KnownRestApiError.INVALID_REQUEST: OutcomeKind.NOT_YOURS,
    KnownRestApiError.OPERATION_REQUIRES_ACTIVATION_FLAG: OutcomeKind.UNSUPPORTED,
}


def settled_kind(error: ResponseError | None) -> OutcomeKind | None:
    """What a refused *detail* says about the operation; None if it says nothing about it."""
    return None if error is None else _known(error, _SETTLED)


def decided_kind(error: ResponseError) -> OutcomeKind | None:
    """What a refused *decision* says by itself; None if somebody has to be asked."""
    if error.code == KnownRestApiError.OPERATION_FAILED:
        return OutcomeKind.CHECK
    if error.code in NOT_APPLIED:
        return OutcomeKind.UNAVAILABLE
    if error.code == KnownRestApiError.INVALID_OPERATION:
        # Gone, somebody else's, or changed this very moment: the detail tells.
        return None
    return _known(error, _SETTLED)


def _known(error: ResponseError, meanings: dict[KnownRestApiError, OutcomeKind]) -> OutcomeKind | None:
    return meanings.get(error.code) if isinstance(error.code, KnownRestApiError) else None
