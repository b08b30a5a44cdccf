"""What the server answered: a result, or an error that has a code.

Source: mobile-token-api.md, sections 1.2, 5.1 and 11.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Literal, TypeVar

T = TypeVar("T")


class KnownRestApiError(StrEnum):
    """The codes that servers are known to send. Another code stays a text, treated like `ERROR_GENERIC`."""

    ERROR_GENERIC = "ERROR_GENERIC"
    POWERAUTH_AUTH_FAIL = "POWERAUTH_AUTH_FAIL"
    INVALID_REQUEST = "INVALID_REQUEST"
    INVALID_ACTIVATION = "INVALID_ACTIVATION"
    INVALID_APPLICATION = "INVALID_APPLICATION"
    INVALID_OPERATION = "INVALID_OPERATION"
    ERR_ACTIVATION = "ERR_ACTIVATION"
    ERR_AUTHENTICATION = "ERR_AUTHENTICATION"
    ERR_SECURE_VAULT = "ERR_SECURE_VAULT"
    ERR_ENCRYPTION = "ERR_ENCRYPTION"
    PUSH_REGISTRATION_FAILED = "PUSH_REGISTRATION_FAILED"
    OPERATION_ALREADY_FINISHED = "OPERATION_ALREADY_FINISHED"
    OPERATION_ALREADY_FAILED = "OPERATION_ALREADY_FAILED"
    OPERATION_ALREADY_CANCELED = "OPERATION_ALREADY_CANCELED"
    OPERATION_EXPIRED = "OPERATION_EXPIRED"
    OPERATION_FAILED = "OPERATION_FAILED"
    # The libraries stop here; the servers also send these.
    OPERATION_REQUIRES_ACTIVATION_FLAG = "OPERATION_REQUIRES_ACTIVATION_FLAG"
    INBOX_FAILED = "INBOX_FAILED"
    REMOTE_COMMUNICATION_ERROR = "REMOTE_COMMUNICATION_ERROR"
    ERROR_NOT_FOUND = "ERROR_NOT_FOUND"
    TOO_MANY_REQUESTS = "TOO_MANY_REQUESTS"
    ERR_CONFIG = "ERR_CONFIG"


_KNOWN = {error.value: error for error in KnownRestApiError}


@dataclass(frozen=True, slots=True)
class ResponseError:
    """Why the server said no."""

    code: KnownRestApiError | str
    """For programs; compares equal to its text either way."""
    message: str = ""
    """Free text for logs, in English: never for the person and never compared."""

    @classmethod
    def from_wire(cls, code: str, message: str) -> "ResponseError":
        return cls(_KNOWN.get(code, code), message)


@dataclass(frozen=True, slots=True)
class Response(Generic[T]):
    """The server's answer to one call: `OK` and perhaps an object, or `ERROR` and the error."""

    status: Literal["OK", "ERROR"]
    response_object: T | None = None
    response_error: ResponseError | None = None

    @classmethod
    def ok(cls, response_object: T | None = None) -> "Response[T]":
        return cls("OK", response_object)

    @classmethod
    def error(cls, response_error: ResponseError) -> "Response[T]":
        return cls("ERROR", None, response_error)
