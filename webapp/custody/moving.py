"""Everything from one database into another, of the same kind or not: all of it, checked, or nothing."""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Table, exists, func, insert, select, text

from webapp.custody.engine import make_engine, read_url, transaction, writing
from webapp.custody.migrate import migrate
from webapp.custody.schema import metadata
from webapp.custody.upkeep import BATCH, Progress

_DIGEST_BYTES: Final = 32


class MoveRefused(Exception):
    """Nothing was moved, and why. For whoever gave the command; no page ever shows it."""


def move(source_url: str, target_url: str, *, progress: Progress) -> dict[str, int]:
    """Copy every table. Nobody writes to the source meanwhile; the target has it all at once at the end.

    Returns:
        How many rows of each table.

    Raises:
        MoveRefused: the target has rows, is the source itself, or did not keep what it was given.
        StoreUnavailable: one of the two cannot be used, or the source stayed in use.
    """
    if read_url(source_url) == read_url(target_url):
        raise MoveRefused("both addresses are the same database")
    for url in (source_url, target_url):
        migrate(url)
    source, target = make_engine(source_url), make_engine(target_url)
    try:
        with transaction(writing(source)) as reading, transaction(writing(target)) as filling:
            _hold_still(reading)
            _hold_still(filling)
            for table in metadata.sorted_tables:
                if filling.execute(select(exists(select(table)))).scalar_one():
                    raise MoveRefused(f"there is something in the new database already: table {table.name}")
            return {table.name: _copy(reading, filling, table, progress) for table in metadata.sorted_tables}
    finally:
        source.dispose()
        target.dispose()


def _hold_still(connection: Connection) -> None:
    """Others may read but not write until we are done. SQLite has one writer anyway, and that is us."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(table.name for table in metadata.sorted_tables)
        connection.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))


def _copy(reading: Connection, filling: Connection, table: Table, progress: Progress) -> int:
    total = reading.execute(select(func.count()).select_from(table)).scalar_one()
    given, kept = _Tally(), _Tally()
    with reading.execute(_all(table)) as rows:
        for batch in rows.mappings().partitions():
            filling.execute(insert(table), [dict(row) for row in batch])
            given.add(batch)
            progress(table.name, given.rows, total)
    with filling.execute(_all(table)) as rows:
        for batch in rows.mappings().partitions():
            kept.add(batch)
    if (given.rows, given.digest) != (kept.rows, kept.digest) or given.rows != total:
        raise MoveRefused(f"table {table.name} did not arrive as it was; nothing was kept")
    return given.rows


def _all(table: Table) -> Any:
    return select(table).execution_options(yield_per=BATCH)


class _Tally:
    """How many rows, and a digest of them that does not depend on their order: databases sort differently."""

    def __init__(self) -> None:
        self.rows = 0
        self.digest = 0

    def add(self, batch: Sequence[RowMapping]) -> None:
        self.rows += len(batch)
        for row in batch:
            digest = hashlib.sha256(repr(tuple(row.values())).encode()).digest()
            self.digest = (self.digest + int.from_bytes(digest)) % 2 ** (8 * _DIGEST_BYTES)
