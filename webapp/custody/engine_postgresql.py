"""PostgreSQL, for several machines.

Nothing waits for ever: not for the server, a lock, a statement, or a free connection. A server that went
away without a word is noticed by the kernel. A commit is on the server's disk before it returns, whatever
the server's default is. Each statement sees what was committed before it (READ COMMITTED), which the
locks of `sql.py` rely on.
"""

from typing import Any, Final

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from webapp.custody.errors import StoreUnavailable

DRIVER: Final = "postgresql+psycopg"
WAIT_S: Final = 10
# Each thread of a worker needs one connection at a time; more wait for WAIT_S.
_CONNECTIONS_KEPT: Final = 8
_CONNECTIONS_MORE: Final = 8
# What the driver gets unless the URL says otherwise. TCP_USER_TIMEOUT is in ms, the others in seconds.
_CONNECTING: Final[dict[str, Any]] = {
    "connect_timeout": WAIT_S,
    "application_name": "assent",
    "keepalives_idle": WAIT_S,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 2 * WAIT_S * 1000,
}
# Session by session, so that a server with other defaults is no danger. A holder of locks that fell
# silent loses them; "local" and stricter kinds of commit stay as the server wants them.
_SESSION: Final = f"""
    SELECT set_config('lock_timeout', '{WAIT_S}s', false),
           set_config('statement_timeout', '{3 * WAIT_S}s', false),
           set_config('idle_in_transaction_session_timeout', '{3 * WAIT_S}s', false),
           CASE current_setting('synchronous_commit')
               WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END
"""


def postgresql_engine(url: URL) -> Engine:
    """An engine with a pool of connections, each tried before it is used.

    Raises:
        StoreUnavailable: the URL names another driver, or the driver is not installed.
    """
    if url.drivername not in {"postgresql", DRIVER}:
        raise StoreUnavailable(f"PostgreSQL is spoken to through {DRIVER}://")
    try:
        engine = create_engine(
            url.set(drivername=DRIVER),
            hide_parameters=True,
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
            pool_size=_CONNECTIONS_KEPT,
            max_overflow=_CONNECTIONS_MORE,
            pool_timeout=WAIT_S,
            connect_args={name: value for name, value in _CONNECTING.items() if name not in url.query},
        )
    except ImportError as error:
        raise StoreUnavailable("PostgreSQL needs its driver: install assent[postgresql]") from error
    event.listen(engine, "connect", _prepare_connection)
    return engine


def _prepare_connection(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute(_SESSION)
    cursor.close()
    connection.commit()
