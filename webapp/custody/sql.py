"""The store in SQL: SQLAlchemy Core in words that SQLite and PostgreSQL share."""

from collections.abc import Callable
from typing import Any, Self

from sqlalchemy import (
    Connection,
    Engine,
    Insert,
    Select,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from webapp.custody.engine import make_engine, transaction, writing
from webapp.custody.errors import NotEnrolled
from webapp.custody.record import Lease, SealedBrowser, SealedReceipt, SealedRecord
from webapp.custody.schema import activations, browsers, leases, lookups, receipts

# Asked with every request, so it is written once. One statement, so that record and wrap are of one moment at
# any isolation level.
_FIND = (
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


_NEWEST = {
    (form, operation): _newest(by_form=form, by_operation=operation)
    for form in (False, True)
    for operation in (False, True)
}


def open_store(database_url: str) -> "SqlStore":
    """A store on this database, whose tables `migrate` has made.

    Args:
        database_url: as SQLAlchemy writes it, such as `sqlite:///instance/assent.sqlite`.
    """
    return SqlStore(make_engine(database_url))


class SqlStore:
    """An ActivationStore; threads may share it. Its docstrings are in `store.py`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = writing(engine)

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def add(self, record: SealedRecord, browser: SealedBrowser, *, lookup: bytes | None = None) -> None:
        with transaction(self._writing) as connection:
            connection.execute(
                insert(activations).values(
                    id=record.id, revision=record.revision, sealed_state=record.sealed_state
                )
            )
            connection.execute(_new(browser))
            if lookup is not None:
                connection.execute(insert(lookups).values(record_id=record.id, tag=lookup))

    def find(self, sid_hash: bytes) -> tuple[SealedRecord, SealedBrowser] | None:
        with transaction(self._engine) as connection:
            row = connection.execute(_FIND, {"sid": sid_hash}).one_or_none()
        return None if row is None else (SealedRecord(*row[:3]), SealedBrowser(*row[3:]))

    def renew_browser(self, old: SealedBrowser, new: SealedBrowser, *, lookup: bytes | None = None) -> None:
        renewed = (
            update(browsers)
            .where(browsers.c.sid_hash == old.sid_hash, browsers.c.wrap == old.wrap)
            .values(expires_at_ms=new.expires_at_ms, wrap=new.wrap)
        )
        with transaction(self._writing) as connection:
            if not _lock_record(connection, old.record_id):
                return
            connection.execute(renewed)
            if lookup is not None:
                connection.execute(delete(lookups).where(lookups.c.record_id == old.record_id))
                connection.execute(insert(lookups).values(record_id=old.record_id, tag=lookup))

    def add_browser(self, browser: SealedBrowser) -> None:
        with transaction(self._writing) as connection:
            if not _lock_record(connection, browser.record_id):
                raise NotEnrolled("the record was forgotten before it got another wrap")
            connection.execute(_new(browser))

    def forget_others(self, record_id: str, sid_hash: bytes) -> int:
        own = select(browsers.c.sid_hash).where(browsers.c.sid_hash == sid_hash)
        others = browsers.c.record_id == record_id, browsers.c.sid_hash != sid_hash
        with transaction(self._writing) as connection:
            # Two browsers may end each other at once: whoever is too late is gone and ends nobody.
            if not _lock_record(connection, record_id) or connection.execute(own).one_or_none() is None:
                return 0
            return connection.execute(delete(browsers).where(*others)).rowcount

    def forget_browser(self, sid_hash: bytes) -> None:
        record_of = select(browsers.c.record_id).where(browsers.c.sid_hash == sid_hash)
        with transaction(self._writing) as connection:
            record_id = connection.execute(record_of).scalar_one_or_none()
            if record_id is None:
                return
            _lock_record(connection, record_id)
            connection.execute(delete(browsers).where(browsers.c.sid_hash == sid_hash))
            others = exists().where(browsers.c.record_id == record_id)
            connection.execute(delete(activations).where(activations.c.id == record_id, ~others))

    def advance(self, record: SealedRecord, lease: Lease, *, now_ms: int) -> bool:
        ours = (
            update(leases)
            .where(
                leases.c.record_id == lease.record_id,
                leases.c.holder == lease.holder,
                leases.c.expires_at_ms > now_ms,
            )
            .values(expires_at_ms=lease.expires_at_ms)
        )
        next_state = (
            update(activations)
            .where(activations.c.id == record.id, activations.c.revision == record.revision - 1)
            .values(revision=record.revision, sealed_state=record.sealed_state)
        )
        with transaction(self._writing) as connection:
            # The record before what belongs to it, as everywhere: no two transactions wait for each other.
            if connection.execute(next_state).rowcount == 1 and connection.execute(ours).rowcount == 1:
                return True
            connection.rollback()
            return False

    def take_lease(self, lease: Lease, *, now_ms: int, dead: str | None) -> bool:
        upsert = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        new = upsert(leases).values(
            record_id=lease.record_id, holder=lease.holder, expires_at_ms=lease.expires_at_ms
        )
        free = leases.c.expires_at_ms <= now_ms
        taken = new.on_conflict_do_update(
            index_elements=[leases.c.record_id],
            set_={"holder": new.excluded.holder, "expires_at_ms": new.excluded.expires_at_ms},
            where=free if dead is None else free | (leases.c.holder == dead),
        ).returning(leases.c.holder)
        with transaction(self._writing) as connection:
            try:
                return connection.execute(taken).one_or_none() is not None
            except IntegrityError as error:
                raise NotEnrolled("the record was forgotten before its lease was taken") from error

    def find_lease(self, record_id: str) -> Lease | None:
        found = select(leases.c.record_id, leases.c.holder, leases.c.expires_at_ms)
        with transaction(self._engine) as connection:
            row = connection.execute(found.where(leases.c.record_id == record_id)).one_or_none()
        return None if row is None else Lease(*row)

    def release_lease(self, lease: Lease) -> None:
        ours = (leases.c.record_id == lease.record_id, leases.c.holder == lease.holder)
        with transaction(self._writing) as connection:
            connection.execute(delete(leases).where(*ours))

    def append_receipt(self, record_id: str, make: Callable[[int], SealedReceipt]) -> bool:
        last = select(func.max(receipts.c.ordinal)).where(receipts.c.record_id == record_id)
        with transaction(self._writing) as connection:
            if not _lock_record(connection, record_id):
                return False
            receipt = make((connection.execute(last).scalar_one() or 0) + 1)
            connection.execute(
                insert(receipts).values(
                    record_id=receipt.record_id,
                    ordinal=receipt.ordinal,
                    form_tag=receipt.form_tag,
                    operation_tag=receipt.operation_tag,
                    kept_at_ms=receipt.kept_at_ms,
                    sealed_content=receipt.sealed_content,
                )
            )
            return True

    def newest_receipt(
        self, record_id: str, *, form_tag: bytes | None, operation_tag: bytes | None
    ) -> SealedReceipt | None:
        wanted = {"record": record_id, "form": form_tag, "operation": operation_tag}
        found = _NEWEST[form_tag is not None, operation_tag is not None]
        with transaction(self._engine) as connection:
            row = connection.execute(found, wanted).one_or_none()
        return None if row is None else SealedReceipt(*row)


def _new(browser: SealedBrowser) -> Insert:
    return insert(browsers).values(
        sid_hash=browser.sid_hash,
        record_id=browser.record_id,
        expires_at_ms=browser.expires_at_ms,
        wrap=browser.wrap,
    )


def _lock_record(connection: Connection, record_id: str) -> bool:
    """Nobody else changes what belongs to the record until we commit. SQLite has one writer anyway."""
    locked = select(activations.c.id).where(activations.c.id == record_id).with_for_update()
    return connection.execute(locked).one_or_none() is not None
