"""Custody on a real database, with a clock that tests move and pauses that move the clock."""

import base64
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from tests.custody.states import Count
from webapp.custody.custody import Custody
from webapp.custody.engine import make_engine, writing
from webapp.custody.migrate import migrate
from webapp.custody.server_keys import ServerKeys
from webapp.custody.sql import SqlStore, open_store
from webapp.randomness import system_random

SERVER_SECRET = bytes(range(32))
SERVER_KEYS = f"first:{base64.b64encode(SERVER_SECRET).decode()}"
OTHER_SERVER_KEYS = f"first:{base64.b64encode(bytes(32)).decode()}"
ROTATED = f"second:{base64.b64encode(bytes(range(32, 64))).decode()}"

MakeCustody = Callable[..., Custody[Count]]


@pytest.fixture
def store(database_url) -> Iterator[SqlStore]:
    migrate(database_url)
    with open_store(database_url) as store:
        yield store


@pytest.fixture
def engine(database_url) -> Iterator[Engine]:
    """The database with its tables, for what needs no custody."""
    migrate(database_url)
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def make_custody(store, clock) -> MakeCustody:
    """Another worker on the same database."""

    def make(server_keys: str = SERVER_KEYS, **differently: Any) -> Custody[Count]:
        seams: dict[str, Any] = {"clock": clock, "random": system_random, "sleep": clock.advance}
        own_store = differently.pop("store", store)
        keys = ServerKeys.parse(server_keys)
        return Custody(own_store, keys, read_state=Count.from_bytes, **(seams | differently))

    return make


@pytest.fixture
def custody(make_custody) -> Custody[Count]:
    return make_custody()


@pytest.fixture
def thief(database_url) -> Iterator[Callable[..., Any]]:
    """Runs any SQL on the database, as somebody would who got hold of it."""
    engine = make_engine(database_url)

    def run(statement: str, **values: Any) -> list[Any]:
        with writing(engine).begin() as connection:
            return _rows(connection, statement, values)

    yield run
    engine.dispose()


def _rows(connection: Connection, statement: str, values: dict[str, Any]) -> list[Any]:
    result = connection.execute(text(statement), values)
    return [tuple(row) for row in result] if result.returns_rows else []
