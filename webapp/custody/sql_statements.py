"""What the store asks and writes with every request and every signature: each statement is built once.

Building one out of its parts takes longer than carrying it out. Names that are no columns are `bindparam`s of
conditions; what is named like a column is what is written there.
"""

from typing import Any, Final

from sqlalchemy import Select, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.custody.schema import activations, browsers, leases, receipts

# One statement, so that record and wrap are of one moment at any isolation level.
FIND: Final = (
    select(
        activations.c.id,
        activations.c.revision,
        activations.c.sealed_state,
        browsers.c.sid_hash,
        browsers.c.record_id,
        browsers.c.expires_at_ms,
        browsers.c.wrap,
    )
    .join_from(browsers, activations)
    .where(browsers.c.sid_hash == bindparam("sid"))
)
LOCK_RECORD: Final = select(activations.c.id).where(activations.c.id == bindparam("record")).with_for_update()
NEXT_STATE: Final = update(activations).where(
    activations.c.id == bindparam("record"), activations.c.revision == bindparam("revision_before")
)

_OURS: Final = leases.c.record_id == bindparam("record"), leases.c.holder == bindparam("ours")

FIND_LEASE: Final = select(leases.c.record_id, leases.c.holder, leases.c.expires_at_ms).where(
    leases.c.record_id == bindparam("record")
)
PROLONG_LEASE: Final = update(leases).where(*_OURS, leases.c.expires_at_ms > bindparam("now_ms"))
RELEASE_LEASE: Final = delete(leases).where(*_OURS)


def _take_lease(insert_of: Any) -> Any:
    new = insert_of(leases)
    # Nobody is called NULL: without a dead holder, only a lease that is over is free.
    free = (leases.c.expires_at_ms <= bindparam("now_ms")) | (leases.c.holder == bindparam("dead"))
    return new.on_conflict_do_update(
        index_elements=[leases.c.record_id],
        set_={"holder": new.excluded.holder, "expires_at_ms": new.excluded.expires_at_ms},
        where=free,
    ).returning(leases.c.holder)


TAKE_LEASE: Final = {
    "postgresql": _take_lease(postgresql.insert),
    "sqlite": _take_lease(sqlite.insert),
}

LAST_ORDINAL: Final = select(func.max(receipts.c.ordinal)).where(receipts.c.record_id == bindparam("record"))
ADD_RECEIPT: Final = insert(receipts)


def _newest(*, by_form: bool, by_operation: bool) -> Select[Any]:
    found = (
        select(
            receipts.c.record_id,
            receipts.c.ordinal,
            receipts.c.form_tag,
            receipts.c.operation_tag,
            receipts.c.kept_at_ms,
            receipts.c.sealed_content,
        )
        .where(receipts.c.record_id == bindparam("record"))
        .order_by(receipts.c.ordinal.desc())
        .limit(1)
    )
    if by_form:
        found = found.where(receipts.c.form_tag == bindparam("form"))
    if by_operation:
        found = found.where(receipts.c.operation_tag == bindparam("operation"))
    return found


NEWEST: Final = {
    (form, operation): _newest(by_form=form, by_operation=operation)
    for form in (False, True)
    for operation in (False, True)
}
"""The newest receipt, by whether it is to be of one form, and of one operation."""
