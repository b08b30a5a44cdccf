"""The store in SQL: SQLAlchemy Core in words that SQLite and PostgreSQL share."""

from collections.abc import Callable
from typing import Self

from sqlalchemy import Connection, Engine, Insert, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from webapp.custody import sql_statements as statements
from webapp.custody.engine import asking, make_engine, transaction, writing
from webapp.custody.errors import NotEnrolled
from webapp.custody.record import Lease, SealedBrowser, SealedReceipt, SealedRecord
from webapp.custody.schema import activations, browsers, lookups


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
        self._asking = asking(engine)
        self._writing = writing(engine)
        self._take_lease = statements.TAKE_LEASE[engine.dialect.name]

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
        with transaction(self._asking) as connection:
            row = connection.execute(statements.FIND, {"sid": sid_hash}).one_or_none()
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
        next_state = {
            "record": record.id,
            "revision_before": record.revision - 1,
            "revision": record.revision,
            "sealed_state": record.sealed_state,
        }
        ours = {
            "record": lease.record_id,
            "ours": lease.holder,
            "now_ms": now_ms,
            "expires_at_ms": lease.expires_at_ms,
        }
        with transaction(self._writing) as connection:
            # The record before what belongs to it, as everywhere: no two transactions wait for each other.
            if (
                connection.execute(statements.NEXT_STATE, next_state).rowcount == 1
                and connection.execute(statements.PROLONG_LEASE, ours).rowcount == 1
            ):
                return True
            connection.rollback()
            return False

    def take_lease(self, lease: Lease, *, now_ms: int, dead: str | None) -> bool:
        wanted = {
            "record_id": lease.record_id,
            "holder": lease.holder,
            "expires_at_ms": lease.expires_at_ms,
            "now_ms": now_ms,
            "dead": dead,
        }
        with transaction(self._writing) as connection:
            try:
                return connection.execute(self._take_lease, wanted).one_or_none() is not None
            except IntegrityError as error:
                raise NotEnrolled("the record was forgotten before its lease was taken") from error

    def find_lease(self, record_id: str) -> Lease | None:
        with transaction(self._asking) as connection:
            row = connection.execute(statements.FIND_LEASE, {"record": record_id}).one_or_none()
        return None if row is None else Lease(*row)

    def release_lease(self, lease: Lease) -> None:
        ours = {"record": lease.record_id, "ours": lease.holder}
        with transaction(self._writing) as connection:
            connection.execute(statements.RELEASE_LEASE, ours)

    def append_receipt(self, record_id: str, make: Callable[[int], SealedReceipt]) -> bool:
        with transaction(self._writing) as connection:
            if not _lock_record(connection, record_id):
                return False
            last = connection.execute(statements.LAST_ORDINAL, {"record": record_id}).scalar_one()
            connection.execute(statements.ADD_RECEIPT, _fields(make((last or 0) + 1)))
            return True

    def newest_receipt(
        self, record_id: str, *, form_tag: bytes | None, operation_tag: bytes | None
    ) -> SealedReceipt | None:
        wanted = {"record": record_id, "form": form_tag, "operation": operation_tag}
        found = statements.NEWEST[form_tag is not None, operation_tag is not None]
        with transaction(self._asking) as connection:
            row = connection.execute(found, wanted).one_or_none()
        return None if row is None else SealedReceipt(*row)


def _new(browser: SealedBrowser) -> Insert:
    return insert(browsers).values(
        sid_hash=browser.sid_hash,
        record_id=browser.record_id,
        expires_at_ms=browser.expires_at_ms,
        wrap=browser.wrap,
    )


def _fields(receipt: SealedReceipt) -> dict[str, object]:
    return {
        "record_id": receipt.record_id,
        "ordinal": receipt.ordinal,
        "form_tag": receipt.form_tag,
        "operation_tag": receipt.operation_tag,
        "kept_at_ms": receipt.kept_at_ms,
        "sealed_content": receipt.sealed_content,
    }


def _lock_record(connection: Connection, record_id: str) -> bool:
    """Nobody else changes what belongs to the record until we commit. SQLite has one writer anyway."""
    return connection.execute(statements.LOCK_RECORD, {"record": record_id}).one_or_none() is not None
