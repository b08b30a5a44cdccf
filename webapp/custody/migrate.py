"""Bringing a database to the newest tables, from the program itself."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from webapp.custody.engine import make_engine, transaction, writing

_MIGRATIONS = Path(__file__).parent / "migrations"
# "assent" in ASCII: any number that nobody else takes in this database.
_LOCK: Final = 0x617373656E74
_PATIENCE: Final = (
    "SELECT set_config('lock_timeout', '120s', true), set_config('statement_timeout', '0', true)"
)


def migrate(database_url: str, revision: str = "head") -> None:
    """Upgrade the tables, all steps or none.

    Several workers may start at once: the first holds the database's write lock for the whole upgrade, the
    others wait for it and then find nothing left to do.

    Raises:
        StoreUnavailable: the database cannot be reached or refuses a step.
    """
    engine = make_engine(database_url)
    try:
        with transaction(writing(engine)) as connection:
            _wait_for_others(connection)
            command.upgrade(configuration(connection), revision)
    finally:
        engine.dispose()


def is_migrated(engine: Engine) -> bool:
    """Whether the tables are those that this program knows: no older and no newer ones.

    Raises:
        StoreUnavailable: the database cannot be asked.
    """
    with transaction(engine) as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found == _newest()


@cache
def _newest() -> str | None:
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()


def configuration(connection: Connection) -> Config:
    """Alembic's configuration on an open connection, whose transaction the caller ends."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _wait_for_others(connection: Connection) -> None:
    """PostgreSQL has no lock on the whole database; this one is let go with the transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(_PATIENCE))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


@dataclass(frozen=True, slots=True)
class Revisions:
    """Which tables a database has, and which this version wants."""

    current: str | None
    """None: none yet."""
    newest: str
    is_known: bool
    """Whether this version knows how to go on from there."""


def revisions(connection: Connection) -> Revisions:
    """Look without changing anything."""
    script = ScriptDirectory.from_config(configuration(connection))
    current = MigrationContext.configure(connection).get_current_revision()
    known = {one.revision for one in script.walk_revisions()}
    return Revisions(current, str(script.get_current_head()), current is None or current in known)
