"""Buckets of tries in SQL: one statement takes a try or leaves everything as it was, on any database."""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.custody.engine import transaction, writing
from webapp.custody.schema import tries
from webapp.custody.tries import Bucket


class SqlTries:
    """A TriesStore; threads may share it."""

    def __init__(self, engine: Engine) -> None:
        self._writing = writing(engine)

    def take(self, buckets: Sequence[Bucket], *, now_ms: int) -> int:
        with transaction(self._writing) as connection:
            # In one order everywhere, so that no two requests wait for each other in a circle.
            waits = [_take(connection, one, now_ms) for one in sorted(buckets, key=lambda one: one.tag)]
            longest = max(waits, default=0)
            if longest:
                connection.rollback()
            return longest

    def give_back(self, buckets: Sequence[Bucket], *, now_ms: int) -> None:
        with transaction(self._writing) as connection:
            for one in sorted(buckets, key=lambda one: one.tag):
                emptier = tries.c.full_at_ms - one.rate.interval_ms
                mine = tries.c.tag == one.tag
                connection.execute(delete(tries).where(mine, emptier <= now_ms))
                connection.execute(update(tries).where(mine).values(full_at_ms=emptier))


def _take(connection: Connection, bucket: Bucket, now_ms: int) -> int:
    """0, or in how many ms there is a try."""
    rate, full_at = bucket.rate, tries.c.full_at_ms
    latest = now_ms + rate.window_ms - rate.interval_ms
    # No clock that runs a little ahead fills a bucket this far: this one was set back, and blocks nobody.
    is_nonsense = full_at > now_ms + 2 * rate.window_ms
    begins_at = case((is_nonsense | (full_at < now_ms), now_ms), else_=full_at)
    upsert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    taken = (
        upsert(tries)
        .values(tag=bucket.tag, full_at_ms=now_ms + rate.interval_ms)
        .on_conflict_do_update(
            index_elements=[tries.c.tag],
            set_={"full_at_ms": begins_at + rate.interval_ms},
            where=is_nonsense | (full_at <= latest),
        )
        .returning(full_at)
    )
    if connection.execute(taken).one_or_none() is not None:
        return 0
    is_full_at: int = connection.execute(select(full_at).where(tries.c.tag == bucket.tag)).scalar_one()
    return is_full_at - latest
