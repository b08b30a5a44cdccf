"""What those who run the site do to the database as a whole: look, expire, purge.

None of it needs a browser's half, and none of it opens anything. Rows go in batches, each a transaction of
its own, so that the site goes on meanwhile; rows that somebody is using are left for the next time.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    LargeBinary,
    Select,
    Table,
    and_,
    delete,
    exists,
    func,
    literal,
    not_,
    select,
    tuple_,
)

from webapp.custody.engine import transaction, writing
from webapp.custody.record import SealedBrowser
from webapp.custody.schema import activations, audit_entries, browsers, leases, receipts, tries
from webapp.custody.sealing import envelope_head
from webapp.custody.wrapping import readable_key_id

BATCH: Final = 500

Progress = Callable[[str, int, int], None]
"""Told after each batch: what, how many so far, of how many. Others may change how many there are."""


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows went, or would go."""

    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class KeyUse:
    """How many browsers need a server key, and when the last of them is forgotten at the latest."""

    key_id: str | None  # None: their wraps cannot be read
    browsers: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class _Rows:
    """Some rows of a table that may go."""

    name: str
    table: Table
    are_meant: ColumnElement[bool]

    def keys(self) -> Select[Any]:
        return select(*self.table.primary_key.columns).where(self.are_meant)


class Upkeep:
    """Looks at, and clears up, one database."""

    def __init__(self, engine: Engine, *, progress: Progress) -> None:
        self._engine = engine
        self._writing = writing(engine)
        self._progress = progress

    def needed_keys(self, now_ms: int) -> list[KeyUse]:
        """By which server keys the wraps of browsers are sealed that may still come back."""
        alive = browsers.c.expires_at_ms > now_ms
        columns = browsers.c.sid_hash, browsers.c.record_id, browsers.c.expires_at_ms, browsers.c.wrap
        found: dict[str | None, list[int]] = defaultdict(list)
        with transaction(self._engine) as connection:
            total = _count(connection, browsers, alive)
            wraps = select(*columns).where(alive).execution_options(yield_per=BATCH)
            with connection.execute(wraps) as rows:
                for number, row in enumerate(rows, start=1):
                    browser = SealedBrowser(*row)
                    found[readable_key_id(browser)].append(browser.expires_at_ms)
                    if number % BATCH == 0:
                        self._progress("browsers", number, total)
        return [KeyUse(key_id, len(ends), max(ends)) for key_id, ends in found.items()]

    def is_needed_by_trail(self, key_id: str) -> bool:
        """Whether the audit trail has an entry under the key of this id."""
        head = envelope_head(key_id.encode())
        of_key = func.substr(audit_entries.c.sealed_content, 1, len(head)) == literal(head, LargeBinary)
        with transaction(self._engine) as connection:
            found: bool = connection.execute(select(exists(select(audit_entries).where(of_key)))).scalar_one()
        return found

    def expire(self, now_ms: int, *, dry_run: bool = False) -> Erased:
        """Erase browsers that stayed away past their time, and every record that no browser opens."""
        past = browsers.c.expires_at_ms <= now_ms
        others = exists().where(browsers.c.record_id == activations.c.id)
        opened = others.where(not_(past)) if dry_run else others
        return self._erase(
            (_Rows("browsers", browsers, past), _Rows("activations", activations, ~opened)), dry_run=dry_run
        )

    def purge(self, *, kept_before_ms: int, ended_before_ms: int, dry_run: bool = False) -> Erased:
        """Erase receipts kept, and leases and counted tries ended, before these moments.

        The newest receipt of a record stays: it tells when the activation was last used, and its number
        keeps the numbers of those to come.
        """
        newer = receipts.alias("newer")
        is_followed = exists().where(
            newer.c.record_id == receipts.c.record_id, newer.c.ordinal > receipts.c.ordinal
        )
        old_receipts = _Rows("receipts", receipts, and_(receipts.c.kept_at_ms < kept_before_ms, is_followed))
        old_leases = _Rows("leases", leases, leases.c.expires_at_ms < ended_before_ms)
        old_tries = _Rows("tries", tries, tries.c.full_at_ms < ended_before_ms)
        return self._erase((old_receipts, old_leases, old_tries), dry_run=dry_run)

    def _erase(self, every: Sequence[_Rows], *, dry_run: bool) -> Erased:
        counts = {}
        for rows in every:
            with transaction(self._engine) as connection:
                total = _count(connection, rows.table, rows.are_meant)
            counts[rows.name] = total if dry_run else self._erase_rows(rows, total)
        return Erased(counts)

    def _erase_rows(self, rows: _Rows, total: int) -> int:
        erased = 0
        own_key = tuple_(*rows.table.primary_key.columns)
        # Locked first and looked at again then: somebody may have changed them in between.
        some = rows.keys().limit(BATCH).with_for_update(skip_locked=True, of=rows.table)
        while True:
            with transaction(self._writing) as connection:
                keys = [tuple(row) for row in connection.execute(some)]
                if not keys:
                    return erased
                gone = delete(rows.table).where(own_key.in_(keys), rows.are_meant)
                erased += connection.execute(gone).rowcount
            self._progress(rows.name, erased, total)


def _count(connection: Connection, table: Table, are_meant: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(table).where(are_meant)).scalar_one()
