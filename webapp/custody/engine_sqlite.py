"""SQLite, for one machine.

A write-ahead log, so that readers and the one writer do not wait for each other; a commit is on the disk
before it returns; a writer takes its place at the start of its transaction (BEGIN IMMEDIATE), because a
reader that turns into a writer half-way can only fail; erased rows are overwritten.
"""

import os
import sqlite3
import time
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from webapp.custody.errors import StoreUnavailable

BUSY_TIMEOUT_S = 10
# The execution option by which a transaction says that it will write.
WRITES = "assent_writes"
# … and that it is a single question.
ASKS = "assent_asks"
_SWITCH_ATTEMPTS = 200
_SWITCH_PAUSE_S = 0.05
_PRAGMAS = ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON")


def sqlite_engine(url: URL) -> Engine:
    """An engine for a file, which is created for nobody but this user.

    Raises:
        StoreUnavailable: no file: each connection would see a database of its own; or it cannot be made.
    """
    if not url.database or url.database == ":memory:":
        raise StoreUnavailable("activations need a database file, not a database in memory")
    _make_private_file(Path(url.database))
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_S})
    event.listen(engine, "connect", _prepare_connection)
    event.listen(engine, "begin", _begin)
    return engine


def _make_private_file(path: Path) -> None:
    """Create file and folder, if missing, for nobody but this user; SQLite's side files follow the file.

    A file that is there is not even opened: closing it again would end the locks that other connections of
    this process hold on it, and another process might then take their log away.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreUnavailable(f"the database file cannot be opened: {error.strerror}") from error


def _prepare_connection(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite3.Connection):
        raise TypeError("custody speaks to SQLite through the standard library's driver")
    # The driver would begin transactions by itself, late and never IMMEDIATE; `_begin` does it instead.
    connection.isolation_level = None
    _use_write_ahead_log(connection)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """The file remembers the log; only the first connection of all has to switch it on.

    When several workers switch at the same moment SQLite does not wait but refuses all but one.
    """
    for _ in range(_SWITCH_ATTEMPTS):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(_SWITCH_PAUSE_S)
        else:
            return
    raise StoreUnavailable("the database file stayed locked while its log was switched on")


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    # A single SELECT is a transaction of its own, and needs nobody to begin one.
    if not options.get(ASKS, False):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITES, False) else "BEGIN")
