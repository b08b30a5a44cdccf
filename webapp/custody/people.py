"""What lies here about one person's activation, without the browser's half; and erasing it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, func, select

from webapp.custody.engine import transaction, writing
from webapp.custody.lookup import lookup_tags
from webapp.custody.record import SealedBrowser
from webapp.custody.schema import activations, browsers, leases, lookups, receipts
from webapp.custody.server_keys import ServerKeys
from webapp.custody.wrapping import readable_key_id


@dataclass(frozen=True, slots=True)
class KnownBrowser:
    """A browser that opens the record: until when, if it does not come back, and under which server key."""

    expires_at_ms: int
    server_key_id: str | None  # None: its wrap cannot be read


@dataclass(frozen=True, slots=True)
class KnownReceipt:
    """That something was answered or made: the how many-th, when, and the size of what is sealed."""

    ordinal: int
    kept_at_ms: int
    sealed_bytes: int


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """All that the database says of a record, without what is sealed."""

    id: str
    revision: int
    sealed_bytes: int
    browsers: tuple[KnownBrowser, ...]
    receipts: tuple[KnownReceipt, ...]
    in_use_until_ms: int | None


class People:
    """Finds, tells and erases the records of an activation."""

    def __init__(self, engine: Engine, server_keys: ServerKeys) -> None:
        self._engine = engine
        self._writing = writing(engine)
        self._server_keys = server_keys

    def tell(self, activation_id: str) -> list[KnownRecord]:
        """Every record of this activation, all of one moment. There is one, or none; more after a restore."""
        with transaction(self._writing) as connection:
            return [_tell(connection, record_id) for record_id in self._find(connection, activation_id)]

    def erase(self, activation_id: str) -> int:
        """Erase the records with all that belongs to them. Returns how many there were."""
        with transaction(self._writing) as connection:
            found = self._find(connection, activation_id)
            return connection.execute(delete(activations).where(activations.c.id.in_(found))).rowcount

    def _find(self, connection: Connection, activation_id: str) -> Sequence[str]:
        """The ids of the records, locked."""
        tags = lookup_tags(activation_id, self._server_keys)
        records = select(lookups.c.record_id).where(lookups.c.tag.in_(tags))
        locked = select(activations.c.id).where(activations.c.id.in_(records))
        return connection.execute(locked.order_by(activations.c.id).with_for_update()).scalars().all()


def _tell(connection: Connection, record_id: str) -> KnownRecord:
    record = select(activations.c.id, activations.c.revision, func.length(activations.c.sealed_state)).where(
        activations.c.id == record_id
    )
    of_browsers = select(
        browsers.c.sid_hash, browsers.c.record_id, browsers.c.expires_at_ms, browsers.c.wrap
    ).where(browsers.c.record_id == record_id)
    of_receipts = select(
        receipts.c.ordinal, receipts.c.kept_at_ms, func.length(receipts.c.sealed_content)
    ).where(receipts.c.record_id == record_id)
    of_lease = select(leases.c.expires_at_ms).where(leases.c.record_id == record_id)
    found = [
        SealedBrowser(*row) for row in connection.execute(of_browsers.order_by(browsers.c.expires_at_ms))
    ]
    return KnownRecord(
        *connection.execute(record).one(),
        browsers=tuple(KnownBrowser(one.expires_at_ms, readable_key_id(one)) for one in found),
        receipts=tuple(
            KnownReceipt(*row) for row in connection.execute(of_receipts.order_by(receipts.c.ordinal))
        ),
        in_use_until_ms=connection.execute(of_lease).scalar_one_or_none(),
    )
