"""Bringing a database to the newest tables, from the program itself."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from webapp.custody.engine import make_engine, writing
from webapp.custody.errors import StoreUnavailable

_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(database_url: str, revision: str = "head") -> None:
    """Upgrade the tables, all steps or none.

    Several workers may start at once: the first holds the database's write lock for the whole upgrade, the
    others wait for it and then find nothing left to do.

    Raises:
        StoreUnavailable: the database cannot be reached or refuses a step.
    """
    engine = make_engine(database_url)
    try:
        with writing(engine).begin() as connection:
            command.upgrade(configuration(connection), revision)
    except DBAPIError as error:
        raise StoreUnavailable(f"the database cannot be migrated: {error}") from error
    finally:
        engine.dispose()


def configuration(connection: Connection) -> Config:
    """Alembic's configuration on an open connection, whose transaction the caller ends."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
