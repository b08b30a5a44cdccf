"""One SQLite file, shared by threads and processes; one lock around everything that decides.

Decisions (a signature, a key exchange, an approval) run inside `Store.write`: SQLite lets one writer in
at a time, whatever thread or process it is in, so what a decision reads cannot change before it writes.
Long arithmetic belongs before or after it.
"""

import json
import os
import shutil
import sqlite3
import tempfile
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields
from enum import Enum
from pathlib import Path
from queue import Empty, LifoQueue
from typing import TYPE_CHECKING, Any, Final

from webapp.sandbox.errors import RefusedError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Transaction = sqlite3.Connection
"""A connection inside a transaction; only `Store.write` and `Store.read` hand one out."""

_Idle = LifoQueue[sqlite3.Connection]
IN_MEMORY: Final = ":memory:"
_SCHEMA = (Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")
_LOCK_TIMEOUT_S: Final = 60.0
_SWITCH_ATTEMPTS: Final = 500
_SWITCH_PAUSE_S: Final = 0.02


class Store:
    """The database file and its connections.

    `path` may be ":memory:": then it is a temporary file, because threads cannot share a database in
    memory; it disappears with the store. A connection serves one thread at a time and is used again by
    the next one.
    """

    def __init__(self, path: str | Path) -> None:
        folder = tempfile.mkdtemp(prefix="assent-sandbox-") if str(path) == IN_MEMORY else None
        self.path = Path(path) if folder is None else Path(folder) / "sandbox.sqlite"
        self._idle: _Idle = LifoQueue()
        self._process_id = os.getpid()
        self._tidy = weakref.finalize(self, _tidy, self._process_id, self._idle, folder)
        with self._connection() as connection:
            connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction that nobody else can write beside.

        It is kept when the block ends and when it ends in a refusal, for a refused request may have
        counted a failed attempt or met an expired record; any other exception undoes it.
        """
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except RefusedError:
                connection.execute("COMMIT")
                raise
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One consistent view, for looking only."""
        with self._connection() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close what is open; a temporary file goes away."""
        self._tidy()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = self._take()
        try:
            yield connection
        finally:
            self._idle.put(connection)

    def _take(self) -> sqlite3.Connection:
        if self._process_id != os.getpid():
            # A forked process must not touch the connections of its parent, not even to close them.
            self._idle, self._process_id = LifoQueue(), os.getpid()
        try:
            return self._idle.get_nowait()
        except Empty:
            return _connect(self.path)


def save(transaction: Transaction, table: str, record: "DataclassInstance") -> None:
    """Insert the record, or replace the one with its key. Columns are named like the record's fields."""
    names = [field.name for field in fields(record)]
    key = names[0]
    changes = ", ".join(f"{name} = excluded.{name}" for name in names)
    places = ", ".join("?" for _ in names)
    # Only names from our own source stand in the statement, never a value.
    insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"  # noqa: S608
    transaction.execute(
        f"{insert} ON CONFLICT ({key}) DO UPDATE SET {changes}",
        [_column(getattr(record, name)) for name in names],
    )


def use_once(transaction: Transaction, value: str, *, now_ms: int, keep_until_ms: int) -> bool:
    """Remember a value that must not come twice; False if it is known already."""
    transaction.execute("DELETE FROM used_value WHERE expires_ms < ?", (now_ms,))
    inserted = transaction.execute(
        "INSERT INTO used_value (value, expires_ms) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (value, keep_until_ms),
    )
    return inserted.rowcount == 1


def keep_note(transaction: Transaction, name: str, text: str) -> None:
    """Write a note of the bank's own down. It stays as it is: a name is used once."""
    transaction.execute("INSERT INTO note (name, text) VALUES (?, ?)", (name, text))


def find_note(transaction: Transaction, name: str) -> str | None:
    row = transaction.execute("SELECT text FROM note WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row["text"])


def _tidy(process_id: int, idle: _Idle, folder: str | None) -> None:
    if process_id != os.getpid():
        return  # a forked process must not take the parent's files away
    while not idle.empty():
        idle.get_nowait().close()
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_LOCK_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    _use_write_ahead_log(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """The file remembers it. Of several that switch at once, SQLite refuses all but one without waiting."""
    for _ in range(_SWITCH_ATTEMPTS - 1):
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")
            return
        time.sleep(_SWITCH_PAUSE_S)
    connection.execute("PRAGMA journal_mode = WAL")


def _column(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict | tuple):
        return json.dumps(value, ensure_ascii=False)
    return int(value) if isinstance(value, bool) else value
