"""Operations: what waits for a person's decision, and who may decide what.

    PENDING ──person──► APPROVED, REJECTED, FAILED
            ──bank────► CANCELED
            ──time────► EXPIRED

Nothing leaves a final state. Everything that changes one runs inside `Store.write`.

Source: mobile-token-api.md, sections 5.2 and 7; powerauth.md, section 14 (point 11).
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, Self

import msgspec

from webapp.powerauth.protocol import SignatureType
from webapp.powerauth.totp import totp, totp_matches
from webapp.sandbox.activations import Activation
from webapp.sandbox.errors import MOBILE_AUTHENTICATION, EndpointError
from webapp.sandbox.settings import SandboxSettings
from webapp.sandbox.store import Transaction, save


class OperationStatus(StrEnum):
    """The states; all but PENDING are final."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"


FINISHED: Final = (400, "OPERATION_ALREADY_FINISHED", "Operation already finished")
ALREADY_FAILED: Final = (400, "OPERATION_ALREADY_FAILED", "Operation already failed")
ALREADY_CANCELED: Final = (400, "OPERATION_ALREADY_CANCELED", "Operation already canceled")
EXPIRED: Final = (400, "OPERATION_EXPIRED", "Operation expired")
INVALID_OPERATION: Final = (400, "INVALID_OPERATION", "Invalid operation")
FLAG_REQUIRED: Final = (400, "OPERATION_REQUIRES_ACTIVATION_FLAG", "Operation requires activation flag")
NOT_APPROVED: Final = (401, "OPERATION_FAILED", "Operation failed")

_NOT_PENDING = {
    OperationStatus.APPROVED: FINISHED,
    OperationStatus.REJECTED: FINISHED,
    OperationStatus.FAILED: ALREADY_FAILED,
    OperationStatus.CANCELED: ALREADY_CANCELED,
    OperationStatus.EXPIRED: EXPIRED,
}
_JSON_COLUMNS: Final = ("applications", "parameters", "additional_data", "signature_types")


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of `operation`; `proximity_seed` has 16 bytes."""

    id: str
    user_id: str | None
    applications: tuple[str, ...]
    activation_id: str | None
    activation_flag: str | None
    external_id: str | None
    operation_type: str
    template_name: str
    data: str
    parameters: dict[str, str]
    additional_data: dict[str, object]
    status: OperationStatus
    status_reason: str | None
    signature_types: tuple[str, ...]
    failure_count: int
    max_failure_count: int
    created_ms: int
    expires_ms: int
    finalized_ms: int | None
    risk_flags: str | None
    proximity_seed: bytes | None = field(repr=False)

    @classmethod
    def of(cls, row: dict[str, object]) -> Self:
        """From a row of the table."""
        values: dict[str, Any] = row | {name: msgspec.json.decode(str(row[name])) for name in _JSON_COLUMNS}
        values["applications"] = tuple(values["applications"])
        values["signature_types"] = tuple(values["signature_types"])
        values["status"] = OperationStatus(str(row["status"]))
        return cls(**values)

    def proximity_otp(self, settings: SandboxSettings, now_ms: int) -> str | None:
        """The code of this moment, if the operation asks for one."""
        if self.proximity_seed is None:
            return None
        return totp(
            self.proximity_seed,
            now_ms // 1000,
            digits=settings.proximity_digits,
            step_s=settings.proximity_step_s,
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's approval or rejection, whose signature has been verified."""

    activation: Activation
    signature_type: SignatureType
    address: str
    user_agent: str

    def trace(self) -> dict[str, object]:
        """What is kept with the operation."""
        return {
            "activationId": self.activation.id,
            "applicationId": self.activation.application_id,
            "ipAddress": self.address,
            "userAgent": self.user_agent,
            "authFactor": self.signature_type.value,
        }


def find(transaction: Transaction, operation_id: str, now_ms: int) -> Operation | None:
    """The operation as it is now: one whose time is over becomes EXPIRED."""
    row = transaction.execute("SELECT * FROM operation WHERE id = ?", (operation_id,)).fetchone()
    return None if row is None else touch(transaction, Operation.of(dict(row)), now_ms)


def touch(transaction: Transaction, operation: Operation, now_ms: int) -> Operation:
    """Let time decide before anybody else does."""
    if operation.status is not OperationStatus.PENDING or operation.expires_ms >= now_ms:
        return operation
    return finish(transaction, operation, OperationStatus.EXPIRED, now_ms)


def finish(transaction: Transaction, operation: Operation, status: OperationStatus, now_ms: int) -> Operation:
    """Put it into a final state."""
    finished = replace(operation, status=status, finalized_ms=now_ms)
    save(transaction, "operation", finished)
    return finished


def visible(
    transaction: Transaction, activation: Activation, now_ms: int, *, pending: bool, most: int
) -> list[Operation]:
    """The operations of the activation's user that this activation may see, newest first."""
    rows = transaction.execute(
        "SELECT * FROM operation WHERE user_id = ? AND (NOT ? OR status = 'PENDING')"
        " AND ? IN (SELECT value FROM json_each(applications))"
        " AND ifnull(activation_id, ?) = ? ORDER BY created_ms DESC, rowid DESC",
        (activation.user_id, pending, activation.application_id, activation.id, activation.id),
    ).fetchall()
    found = (touch(transaction, Operation.of(dict(row)), now_ms) for row in rows)
    shown = [
        operation
        for operation in found
        if _flag_shows(operation, activation) and (not pending or operation.status is OperationStatus.PENDING)
    ]
    return shown[:most]


def pending(transaction: Transaction, operation_id: str, now_ms: int) -> Operation:
    """The operation, if it still waits for a decision.

    Raises:
        EndpointError: unknown, or the code of its final state.
    """
    operation = find(transaction, operation_id, now_ms)
    if operation is None:
        raise EndpointError(*INVALID_OPERATION)
    if operation.status is not OperationStatus.PENDING:
        raise EndpointError(*_NOT_PENDING[operation.status])
    return operation


def claim(transaction: Transaction, operation_id: str, user_id: str, now_ms: int) -> Operation:
    """Nobody's operation becomes the user's; one's own stays as it is.

    Raises:
        EndpointError: unknown, no longer pending, or somebody else's.
    """
    operation = pending(transaction, operation_id, now_ms)
    if operation.user_id == user_id:
        return operation
    if operation.user_id is not None:
        raise EndpointError(*INVALID_OPERATION, note="of another user")
    claimed = replace(operation, user_id=user_id)
    save(transaction, "operation", claimed)
    return claimed


def approve(
    transaction: Transaction,
    operation: Operation,
    decision: Decision,
    *,
    data: str,
    proximity_otp: str | None,
    settings: SandboxSettings,
    now_ms: int,
) -> None:
    """PENDING → APPROVED, if everything that was agreed on holds; otherwise a failed attempt.

    Raises:
        EndpointError: flag missing, or not approved.
    """
    _check_flag(operation, decision.activation)
    if not _may_approve(operation, decision, data) or not _is_near(
        operation, proximity_otp, settings, now_ms
    ):
        raise count_failure(transaction, operation, NOT_APPROVED, now_ms)
    approved = replace(
        operation,
        user_id=decision.activation.user_id,
        additional_data=operation.additional_data | decision.trace(),
    )
    finish(transaction, approved, OperationStatus.APPROVED, now_ms)


def reject(
    transaction: Transaction, operation: Operation, decision: Decision, reason: str | None, now_ms: int
) -> None:
    """PENDING → REJECTED, with the reason the person gave. Never counts.

    Raises:
        EndpointError: flag missing, another user's or another application's.
    """
    _check_flag(operation, decision.activation)
    if not _concerns(operation, decision.activation):
        raise EndpointError(*NOT_APPROVED, note="another user or application")
    trace = decision.trace() if reason is None else decision.trace() | {"rejectReason": reason}
    rejected = replace(
        operation,
        user_id=decision.activation.user_id,
        additional_data=operation.additional_data | trace,
    )
    finish(transaction, rejected, OperationStatus.REJECTED, now_ms)


def count_failure(
    transaction: Transaction, operation: Operation, answer: tuple[int, str, str], now_ms: int
) -> EndpointError:
    """One failed approval more → the error to raise: `answer`, or that this was the last try."""
    failed = fail_once(transaction, operation, now_ms)
    return EndpointError(*(ALREADY_FAILED if failed.status is OperationStatus.FAILED else answer))


def fail_once(transaction: Transaction, operation: Operation, now_ms: int) -> Operation:
    """One failed approval more; the last one that is allowed makes it FAILED."""
    failed = replace(operation, failure_count=operation.failure_count + 1)
    if failed.failure_count >= failed.max_failure_count:
        return finish(transaction, failed, OperationStatus.FAILED, now_ms)
    save(transaction, "operation", failed)
    return failed


def signature_refused(transaction: Transaction, operation_id: str, now_ms: int) -> EndpointError:
    """What a wrong signature on an approval does to the operation → the error to raise."""
    operation = find(transaction, operation_id, now_ms)
    if operation is None or operation.status is not OperationStatus.PENDING:
        return EndpointError(*INVALID_OPERATION)
    return count_failure(transaction, operation, MOBILE_AUTHENTICATION, now_ms)


def _concerns(operation: Operation, activation: Activation) -> bool:
    return (
        operation.user_id in (None, activation.user_id)
        and activation.application_id in operation.applications
    )


def _may_approve(operation: Operation, decision: Decision, data: str) -> bool:
    return (
        _concerns(operation, decision.activation)
        and data == operation.data
        and decision.signature_type.value in operation.signature_types
        and operation.activation_id in (None, decision.activation.id)
    )


def _is_near(operation: Operation, otp: str | None, settings: SandboxSettings, now_ms: int) -> bool:
    """The proximity check; a code for an operation that asks for none is ignored."""
    if operation.proximity_seed is None:
        return True
    return otp is not None and totp_matches(
        operation.proximity_seed,
        now_ms // 1000,
        otp,
        digits=settings.proximity_digits,
        step_s=settings.proximity_step_s,
        back_steps=settings.proximity_back_steps,
    )


def _check_flag(operation: Operation, activation: Activation) -> None:
    if operation.activation_flag is not None and operation.activation_flag not in activation.flags:
        raise EndpointError(*FLAG_REQUIRED)


def _flag_shows(operation: Operation, activation: Activation) -> bool:
    # Like the real server: an activation without any flag sees everything, though it cannot approve it.
    return not activation.flags or operation.activation_flag in (None, *activation.flags)
