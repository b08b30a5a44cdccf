"""Making the engine. What one database needs and another does not stands in `engine_….py`."""

import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from webapp.custody.engine_postgresql import postgresql_engine
from webapp.custody.engine_sqlite import ASKS, WRITES, sqlite_engine
from webapp.custody.errors import StoreUnavailable
from webapp.custody.failures import describe

_ENGINES = {"sqlite": sqlite_engine, "postgresql": postgresql_engine}


def make_engine(database_url: str) -> Engine:
    """An engine for this URL; no error of it shows the values of a statement.

    Raises:
        StoreUnavailable: not a URL of SQLite or PostgreSQL, or one that cannot serve.
    """
    url = read_url(database_url)
    make = _ENGINES.get(url.get_backend_name())
    if make is None:
        raise StoreUnavailable("activations lie in SQLite or PostgreSQL, nowhere else")
    engine = make(url)
    _close_before_fork(engine)
    return engine


def read_url(database_url: str) -> URL:
    """Raises StoreUnavailable if it is none. The note does not repeat it: it may hold a password."""
    try:
        return make_url(database_url)
    except (ArgumentError, ValueError):
        raise StoreUnavailable("the database's address is not of the form that SQLAlchemy reads") from None


def writing(engine: Engine) -> Engine:
    """The same engine and pool; its transactions write."""
    return engine.execution_options(**{WRITES: True})


def asking(engine: Engine) -> Engine:
    """The same engine and pool; each of its transactions is one SELECT, which sees one moment by itself."""
    return engine.execution_options(**{ASKS: True})


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """What happens in the block is done together or not at all.

    Raises:
        StoreUnavailable: the database failed, so nothing was done. The note holds no value of a statement.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except (DBAPIError, PoolTimeout) as error:
        # Without the chain: PostgreSQL's own error carries the rows that it refused in its details.
        raise StoreUnavailable(f"the database failed: {describe(error)}") from None


def _close_before_fork(engine: Engine) -> None:
    """A database connection must not live on both sides of a fork: locks and sockets belong to one side."""
    reference = weakref.ref(engine)

    def dispose() -> None:
        if (still_there := reference()) is not None:
            still_there.dispose()

    os.register_at_fork(before=dispose)
