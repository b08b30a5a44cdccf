"""The audit trail in SQL, in words that SQLite and PostgreSQL share."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Engine, bindparam, insert, select, union, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.custody.audit_store import Head, SealedEntry
from webapp.custody.engine import transaction, writing
from webapp.custody.schema import audit_entries, audit_heads

_ENTRY = (
    audit_entries.c.chain,
    audit_entries.c.ordinal,
    audit_entries.c.sealed_content,
    audit_entries.c.link,
)
_HEAD = (
    audit_heads.c.chain,
    audit_heads.c.ordinal,
    audit_heads.c.link,
    audit_heads.c.key_id,
    audit_heads.c.mark,
)
# Each act writes two entries: what that takes is built once. `sql_statements.py` says how they are written.
_LOCKED_HEAD = (
    select(*_HEAD).where(audit_heads.c.chain.in_(bindparam("chains", expanding=True))).with_for_update()
)
_ADD_ENTRY = insert(audit_entries)
_MOVE_HEAD = update(audit_heads).where(audit_heads.c.chain == bindparam("of_chain"))


class SqlAuditStore:
    """An AuditStore; threads may share it. Its docstrings are in `audit_store.py`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = writing(engine)

    def append(self, chains: Sequence[str], make: Callable[[Head], tuple[SealedEntry, Head]]) -> SealedEntry:
        with transaction(self._writing) as connection:
            entry, head = make(self._locked_head(connection, chains))
            added = {
                "chain": entry.chain,
                "ordinal": entry.ordinal,
                "sealed_content": entry.sealed_content,
                "link": entry.link,
            }
            moved = {
                "of_chain": head.chain,
                "ordinal": head.ordinal,
                "link": head.link,
                "key_id": head.key_id,
                "mark": head.mark,
            }
            connection.execute(_ADD_ENTRY, added)
            connection.execute(_MOVE_HEAD, moved)
        return entry

    def find_chain(self, chains: Sequence[str]) -> str | None:
        found = select(audit_heads.c.chain).where(audit_heads.c.chain.in_(chains))
        with transaction(self._engine) as connection:
            return connection.execute(found).scalars().first()

    def entries(self, chain: str) -> list[SealedEntry]:
        found = select(*_ENTRY).where(audit_entries.c.chain == chain).order_by(audit_entries.c.ordinal)
        with transaction(self._engine) as connection:
            return [SealedEntry(*row) for row in connection.execute(found)]

    def find(self, chain: str, ordinal: int) -> SealedEntry | None:
        found = select(*_ENTRY).where(audit_entries.c.chain == chain, audit_entries.c.ordinal == ordinal)
        with transaction(self._engine) as connection:
            row = connection.execute(found).one_or_none()
        return None if row is None else SealedEntry(*row)

    def head(self, chain: str) -> Head | None:
        found = select(*_HEAD).where(audit_heads.c.chain == chain)
        with transaction(self._engine) as connection:
            row = connection.execute(found).one_or_none()
        return None if row is None else Head(*row)

    def chains(self) -> list[str]:
        both = union(select(audit_entries.c.chain), select(audit_heads.c.chain))
        with transaction(self._engine) as connection:
            return sorted(connection.execute(both).scalars())

    def _locked_head(self, connection: Connection, chains: Sequence[str]) -> Head:
        """The head of the chain that exists, locked until we commit; SQLite has one writer anyway."""
        wanted = {"chains": list(chains)}
        row = connection.execute(_LOCKED_HEAD, wanted).first()
        if row is None:
            new = Head(chains[0])
            upsert = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
            # Two may begin the chain at once: one row comes of it, and the second waits for the first.
            connection.execute(
                upsert(audit_heads)
                .values(chain=new.chain, ordinal=0, link=new.link, key_id=new.key_id, mark=new.mark)
                .on_conflict_do_nothing()
            )
            row = connection.execute(_LOCKED_HEAD, wanted).one()
        return Head(*row)
