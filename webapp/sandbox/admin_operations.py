"""The back office's part about operation templates and operations.

Source: sandbox-admin.md; mobile-token-api.md, sections 7.1, 7.2 and 8.1.
"""

from dataclasses import dataclass, replace
from typing import Final

import msgspec

from webapp.powerauth.protocol import SignatureType
from webapp.sandbox import operations
from webapp.sandbox.activations import find as find_activation
from webapp.sandbox.applications import application
from webapp.sandbox.errors import AdminError, malformed
from webapp.sandbox.members import Members
from webapp.sandbox.operation_data import MAX_TEMPLATE_CHARACTERS, operation_data
from webapp.sandbox.operations import Operation, OperationStatus
from webapp.sandbox.store import Transaction, save
from webapp.sandbox.surroundings import Json, Surroundings, iso_moment

_SEED_BYTES: Final = 16
_LONGEST_REASON: Final = 32
_RISK_FLAGS: Final = frozenset("XCF")
_MOST_FAILURES: Final = 64
_DAY_S: Final = 86_400
_KINDS: Final = {kind.name: kind.value for kind in SignatureType}


@dataclass(frozen=True, slots=True)
class Template:
    """One row of `operation_template`: what operations of a kind have in common."""

    template_name: str
    operation_type: str
    data_template: str
    signature_types: tuple[str, ...]
    max_failure_count: int
    expiration_s: int
    risk_flags: str | None
    proximity_check: bool


def store_template(transaction: Transaction, template: Template) -> None:
    """Keep a new template.

    Raises:
        AdminError: ERR0039, the name is taken.
    """
    if find_template(transaction, template.template_name) is not None:
        raise AdminError("ERR0039", "Operation template already exists.")
    save(transaction, "operation_template", template)


def find_template(transaction: Transaction, name: str) -> Template | None:
    row = transaction.execute("SELECT * FROM operation_template WHERE template_name = ?", (name,)).fetchone()
    if row is None:
        return None
    kinds = tuple(msgspec.json.decode(row["signature_types"], type=list[str]))
    return Template(
        **{**dict(row), "signature_types": kinds, "proximity_check": bool(row["proximity_check"])}
    )


def read_signature_types(names: tuple[str, ...]) -> tuple[str, ...]:
    """The back office's upper-case names → the protocol's.

    Raises:
        AdminError: ERR0024, none, or an unknown one.
    """
    if not names or not _KINDS.keys() >= set(names):
        raise malformed("signatureType names no known types")
    return tuple(_KINDS[name] for name in names)


def template_create(surroundings: Surroundings, asked: Members) -> Json:
    template = Template(
        template_name=asked.text("templateName"),
        operation_type=asked.text("operationType"),
        data_template=asked.text("dataTemplate", longest=MAX_TEMPLATE_CHARACTERS),
        signature_types=read_signature_types(asked.texts("signatureType")),
        max_failure_count=asked.integer("maxFailureCount", least=1, most=_MOST_FAILURES),
        expiration_s=asked.integer("expiration", least=1, most=3650 * _DAY_S),
        risk_flags=asked.optional_text("riskFlags") or None,
        proximity_check=asked.flag("proximityCheckEnabled", default=False),
    )
    if template.risk_flags is not None and not _RISK_FLAGS.issuperset(template.risk_flags):
        raise malformed("riskFlags are letters of X, C, F")
    with surroundings.store.write() as transaction:
        store_template(transaction, template)
    shown: Json = {
        "templateName": template.template_name,
        "operationType": template.operation_type,
        "dataTemplate": template.data_template,
        "signatureType": [SignatureType(kind).name for kind in template.signature_types],
        "maxFailureCount": template.max_failure_count,
        "expiration": template.expiration_s,
        "riskFlags": template.risk_flags,
        "proximityCheckEnabled": template.proximity_check,
    }
    return {name: value for name, value in shown.items() if value is not None}


def operation_create(surroundings: Surroundings, asked: Members) -> Json:
    with surroundings.store.write() as transaction:
        operation = _new_operation(surroundings, transaction, asked)
        save(transaction, "operation", operation)
    return shown_operation(surroundings, operation)


def operation_detail(surroundings: Surroundings, asked: Members) -> Json:
    """The operation; `userId` makes one that belongs to nobody that user's."""
    user_id = asked.optional_word("userId")
    with surroundings.store.write() as transaction:
        operation = stored_operation(surroundings, transaction, asked)
        waits = operation.status is OperationStatus.PENDING and operation.user_id is None
        if waits and user_id is not None:
            operation = replace(operation, user_id=user_id)
            save(transaction, "operation", operation)
    return shown_operation(surroundings, operation)


def operation_list(surroundings: Surroundings, asked: Members) -> list[Json]:
    return _listed(surroundings, asked, only_pending=False)


def operation_list_pending(surroundings: Surroundings, asked: Members) -> list[Json]:
    return _listed(surroundings, asked, only_pending=True)


def operation_cancel(surroundings: Surroundings, asked: Members) -> Json:
    """The bank withdraws a pending operation."""
    reason = asked.optional_word("statusReason", longest=_LONGEST_REASON)
    with surroundings.store.write() as transaction:
        operation = stored_operation(surroundings, transaction, asked)
        if operation.status is not OperationStatus.PENDING:
            raise AdminError("ERR0036", "Operation is in a wrong state.")
        withdrawn = replace(operation, status_reason=reason)
        now = surroundings.clock.now_ms()
        operation = operations.finish(transaction, withdrawn, OperationStatus.CANCELED, now)
    return shown_operation(surroundings, operation)


def _new_operation(surroundings: Surroundings, transaction: Transaction, asked: Members) -> Operation:
    template = find_template(transaction, asked.text("templateName"))
    if template is None:
        raise AdminError("ERR0033", "No such operation template.")
    parameters = asked.text_map("parameters")
    now = surroundings.clock.now_ms()
    expires = asked.moment_ms("timestampExpires")
    if expires is not None and expires <= now:
        raise malformed("timestampExpires is over")
    additional = asked.optional_members("additionalData")
    nearby = asked.flag("proximityCheckEnabled", default=template.proximity_check)
    return Operation(
        id=surroundings.new_id(),
        user_id=asked.optional_word("userId"),
        applications=_applications(transaction, asked),
        activation_id=_activation_id(transaction, asked),
        activation_flag=asked.optional_word("activationFlag"),
        external_id=asked.optional_word("externalId"),
        operation_type=template.operation_type,
        template_name=template.template_name,
        data=operation_data(template.data_template, parameters),
        parameters=parameters,
        additional_data={} if additional is None else dict(additional.values),
        status=OperationStatus.PENDING,
        status_reason=None,
        signature_types=template.signature_types,
        failure_count=0,
        max_failure_count=template.max_failure_count,
        created_ms=now,
        expires_ms=now + template.expiration_s * 1000 if expires is None else expires,
        finalized_ms=None,
        risk_flags=template.risk_flags,
        proximity_seed=surroundings.random(_SEED_BYTES) if nearby else None,
    )


def _applications(transaction: Transaction, asked: Members) -> tuple[str, ...]:
    names = asked.texts("applications")
    if not names:
        raise malformed("applications is missing")
    return tuple(application(transaction, name).id for name in names)


def _activation_id(transaction: Transaction, asked: Members) -> str | None:
    activation_id = asked.optional_word("activationId")
    if activation_id is None:
        return None
    activation = find_activation(transaction, activation_id)
    if activation is None:
        raise AdminError("ERR0009", "No such activation.")
    return activation.id


def stored_operation(surroundings: Surroundings, transaction: Transaction, asked: Members) -> Operation:
    """The operation that `operationId` names, as it is now.

    Raises:
        AdminError: ERR0034, there is none.
    """
    now = surroundings.clock.now_ms()
    found = operations.find(transaction, asked.text("operationId"), now)
    if found is None:
        raise AdminError("ERR0034", "No such operation.")
    return found


def _listed(surroundings: Surroundings, asked: Members, *, only_pending: bool) -> list[Json]:
    """Newest first, page by page."""
    user_id, names = asked.text("userId"), asked.texts("applications")
    activation_id = asked.optional_word("activationId")
    page = asked.optional_integer("pageNumber") or 0
    size = asked.optional_integer("pageSize", least=1, most=1000) or surroundings.settings.list_size
    with surroundings.store.write() as transaction:
        now = surroundings.clock.now_ms()
        rows = transaction.execute(
            "SELECT * FROM operation WHERE user_id = ? ORDER BY created_ms DESC, rowid DESC", (user_id,)
        ).fetchall()
        found = [operations.touch(transaction, Operation.of(dict(row)), now) for row in rows]
    wanted = [
        operation
        for operation in found
        if (not names or set(names).intersection(operation.applications))
        and (activation_id is None or operation.activation_id in (None, activation_id))
        and (not only_pending or operation.status is OperationStatus.PENDING)
    ]
    return [shown_operation(surroundings, operation) for operation in wanted[page * size : (page + 1) * size]]


def shown_operation(surroundings: Surroundings, operation: Operation) -> Json:
    """The operation as the bank sees it."""
    pending = operation.status is OperationStatus.PENDING
    finalized = operation.finalized_ms
    otp = operation.proximity_otp(surroundings.settings, surroundings.clock.now_ms()) if pending else None
    shown: Json = {
        "id": operation.id,
        "userId": operation.user_id,
        "applications": list(operation.applications),
        "externalId": operation.external_id,
        "activationFlag": operation.activation_flag,
        "activationId": operation.activation_id,
        "operationType": operation.operation_type,
        "templateName": operation.template_name,
        "data": operation.data,
        "parameters": operation.parameters,
        "additionalData": operation.additional_data,
        "status": operation.status.value,
        "statusReason": operation.status_reason,
        "signatureType": [SignatureType(kind).name for kind in operation.signature_types],
        "failureCount": operation.failure_count,
        "maxFailureCount": operation.max_failure_count,
        "timestampCreated": iso_moment(operation.created_ms),
        "timestampExpires": iso_moment(operation.expires_ms),
        "timestampFinalized": None if finalized is None else iso_moment(finalized),
        "riskFlags": operation.risk_flags,
        "proximityOtp": otp,
    }
    return {name: value for name, value in shown.items() if value is not None}
