"""The back office's part about decisions that the bank takes in for a person, such as a code that was typed.

The caller has checked the signature already; here it only becomes the operation's state.

Source: the operation controller of PowerAuth Server 1.9; sandbox-admin.md (codes, how failures count).
"""

from dataclasses import replace

from webapp.sandbox import operations
from webapp.sandbox.admin_operations import read_signature_types, shown_operation, stored_operation
from webapp.sandbox.errors import AdminError
from webapp.sandbox.members import Members
from webapp.sandbox.operations import Operation, OperationStatus
from webapp.sandbox.store import Transaction
from webapp.sandbox.surroundings import Json, Surroundings

_LONGEST_DATA = 100_000


def operation_approve(surroundings: Surroundings, asked: Members) -> Json:
    """PENDING → APPROVED for this user; what does not fit the operation counts as a failed approval."""
    user_id, application_id = asked.text("userId"), asked.text("applicationId")
    data = asked.text("data", longest=_LONGEST_DATA)
    (kind,) = read_signature_types((asked.text("signatureType"),))
    with surroundings.store.write() as transaction:
        operation = _waiting(surroundings, transaction, asked)
        fits = (
            operation.user_id in (None, user_id)
            and application_id in operation.applications
            and data == operation.data
            and kind in operation.signature_types
        )
        if not fits:
            return _failed(surroundings, transaction, operation)
        additional = operation.additional_data | _additional_data(asked)
        approved = replace(operation, user_id=user_id, additional_data=additional)
        now = surroundings.clock.now_ms()
        operation = operations.finish(transaction, approved, OperationStatus.APPROVED, now)
    return {"result": "APPROVED", "operation": shown_operation(surroundings, operation)}


def operation_approve_fail(surroundings: Surroundings, asked: Members) -> Json:
    """An approval was tried in vain: one failure more on the operation."""
    with surroundings.store.write() as transaction:
        operation = _waiting(surroundings, transaction, asked)
        told = replace(operation, additional_data=operation.additional_data | _additional_data(asked))
        return _failed(surroundings, transaction, told)


def _waiting(surroundings: Surroundings, transaction: Transaction, asked: Members) -> Operation:
    operation = stored_operation(surroundings, transaction, asked)
    if operation.status is not OperationStatus.PENDING:
        raise AdminError("ERR0037", "Operation cannot be approved.")
    return operation


def _failed(surroundings: Surroundings, transaction: Transaction, operation: Operation) -> Json:
    failed = operations.fail_once(transaction, operation, surroundings.clock.now_ms())
    is_last = failed.status is OperationStatus.FAILED
    return {
        "result": "OPERATION_FAILED" if is_last else "APPROVAL_FAILED",
        "operation": shown_operation(surroundings, failed),
    }


def _additional_data(asked: Members) -> dict[str, object]:
    given = asked.optional_members("additionalData")
    return {} if given is None else dict(given.values)
