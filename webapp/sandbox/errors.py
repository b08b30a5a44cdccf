"""How the sandbox says no.

    RefusedError
     ├─ EndpointError   an answer of the enrollment server's endpoints, /pa/v3 and /api
     ├─ AdminError      an answer of the back office, /rest/v3
     └─ ProtocolError   a rule of the protocol was broken; every endpoint has its own answer for that

A refusal is an answer, not an accident: what was counted or expired on the way to it stays (see
`store.Store.write`). The functions below make the answers that several endpoints share.

Source: powerauth.md, section 12; mobile-token-api.md, section 5; sandbox-admin.md.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from webapp.errors import AssentError


class RefusedError(AssentError):
    """The family of refusals."""


class EndpointError(RefusedError):
    """An HTTP status and the members of an ERROR envelope. The note is for the log only."""

    message_key = "sandbox.refused"

    def __init__(
        self, status: int, code: str, message: str, note: str = "", *, more: Mapping[str, int] | None = None
    ) -> None:
        super().__init__(note)
        self.status = status
        self.code = code
        self.message = message
        self.more = more or {}


class AdminError(RefusedError):
    """A code `ERR…` of the back office and an English message."""

    message_key = "sandbox.back_office"

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message


class ProtocolError(RefusedError):
    """A request that breaks a rule; carries the reason for the log, which no answer repeats."""

    message_key = "sandbox.protocol"


@contextmanager
def answered_with(answer: tuple[int, str, str]) -> Iterator[None]:
    """Whatever rule of the protocol is broken inside, the client sees `answer` and nothing else."""
    try:
        yield
    except (EndpointError, AdminError):
        raise
    except AssentError as cause:
        raise EndpointError(*answer, note=str(cause)) from cause


# One body for every failed authentication: it must not tell which part of it failed.
AUTHENTICATION: Final = (401, "ERR_AUTHENTICATION", "POWER_AUTH_SIGNATURE_INVALID")
MOBILE_AUTHENTICATION: Final = (401, "POWERAUTH_AUTH_FAIL", "Authentication failed")
ACTIVATION: Final = (400, "ERR_ACTIVATION", "POWER_AUTH_ACTIVATION_INVALID")
RECOVERY: Final = (400, "INVALID_RECOVERY_CODE", "POWER_AUTH_RECOVERY_INVALID")
APPLICATION_CONFIGURATION: Final = (400, "APPLICATION_CONFIGURATION_ERROR", "Application configuration error")
ENCRYPTION_FAILED: Final = (400, "ERR_ENCRYPTION", "POWER_AUTH_ENCRYPTION_FAILED")
TEMPORARY_KEY: Final = (400, "ERR_TEMPORARY_KEY", "POWER_AUTH_TEMPORARY_KEY_FAILURE")
SECURE_VAULT: Final = (400, "ERR_SECURE_VAULT", "POWER_AUTH_SECURE_VAULT_INVALID")
USER_INFO: Final = (400, "ERR_USER_INFO", "POWER_AUTH_USER_INFO_INVALID")
UPGRADE: Final = (400, "ERR_UPGRADE", "POWER_AUTH_UPGRADE_FAILED")
INVALID_REQUEST: Final = (400, "INVALID_REQUEST", "Invalid request object")
NOT_FOUND: Final = (404, "ERROR_NOT_FOUND", "No such path")


def invalid_request(note: str) -> EndpointError:
    """A request object of the Mobile Token API that is missing or malformed."""
    return EndpointError(*INVALID_REQUEST, note=note)


def malformed(note: str) -> AdminError:
    """A request object of the back office that is missing or malformed."""
    return AdminError("ERR0024", f"Invalid request: {note}.")
