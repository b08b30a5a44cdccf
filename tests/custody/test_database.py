"""The tables, and what somebody reads who steals the database."""

import base64
import hashlib
import traceback
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, make_url, select

from tests.custody.conftest import SERVER_SECRET
from tests.custody.states import Count
from webapp.custody.engine import make_engine, writing
from webapp.custody.errors import StoreUnavailable
from webapp.custody.migrate import configuration, migrate
from webapp.custody.record import SealedBrowser, SealedRecord
from webapp.custody.schema import metadata
from webapp.custody.sql import open_store


@pytest.fixture
def connection(database_url):
    engine = make_engine(database_url)
    with writing(engine).begin() as connection:
        yield connection
    engine.dispose()


def tables(connection):
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_migrations_lead_to_the_tables_of_the_schema(connection):
    command.upgrade(configuration(connection), "head")
    assert tables(connection) == set(metadata.tables)
    assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_every_migration_goes_up_and_down_again(connection):
    config = configuration(connection)
    steps = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    for revision in reversed(steps):
        command.upgrade(config, revision)
        command.downgrade(config, "-1")
        command.upgrade(config, revision)
    command.downgrade(config, "base")
    assert tables(connection) == set()


def test_migrating_again_changes_nothing(database_url, store, custody):
    keys = custody.admit(Count(1))
    migrate(database_url)
    assert custody.open(keys.sid, keys.half).state == Count(1)


def test_a_migration_that_fails_half_way_leaves_nothing(database_url):
    engine = make_engine(database_url)

    def fail_after_upgrading() -> None:
        with writing(engine).begin() as connection:
            command.upgrade(configuration(connection), "head")
            raise ConnectionError

    with pytest.raises(ConnectionError):
        fail_after_upgrading()
    with engine.begin() as connection:
        assert inspect(connection).get_table_names() == []
    engine.dispose()


@pytest.mark.parametrize(
    "url",
    [
        *("", "no address", "mysql://user:canary@host/name", "postgresql+psycopg2://user:canary@host/name"),
        *("postgresql+psycopg://user:canary@host:port/name", "oracle+nonsense://user:canary@host"),
    ],
)
def test_what_is_no_address_of_a_database_is_named_without_repeating_it(url):
    with pytest.raises(StoreUnavailable) as caught:
        open_store(url)
    assert "canary" not in "".join(traceback.format_exception(caught.value))


def test_a_database_without_tables_is_unavailable(database_url):
    with open_store(database_url) as store, pytest.raises(StoreUnavailable):
        store.find(bytes(32))


def test_a_refused_statement_shows_no_values(store):
    record = SealedRecord("record", 1, b"sealed canary")
    browser = SealedBrowser(b"hash canary", "no such record", 1, b"wrap canary")
    with pytest.raises(StoreUnavailable) as caught:
        store.add(record, browser)
    assert "canary" not in "".join(traceback.format_exception(caught.value))


def every_spelling(secret: bytes) -> list[bytes]:
    return [
        secret,
        secret.hex().encode(),
        base64.b64encode(secret).rstrip(b"="),
        base64.urlsafe_b64encode(secret).rstrip(b"="),
    ]


def everything(database_url: str) -> bytes:
    """All that a thief gets: of SQLite the files, of PostgreSQL every row of every table."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return b"".join(path.read_bytes() for path in Path(url.database).parent.iterdir())
    engine = make_engine(database_url)
    with engine.begin() as connection:
        rows = [row for table in metadata.tables.values() for row in connection.execute(select(table))]
    engine.dispose()
    return b"\n".join(
        value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row
    )


def test_a_stolen_database_tells_nothing(custody, database_url):
    state, form, operation = b"canary of the state", b"canary-form-0001", b"canary-operation-0001"
    keys = custody.admit(Count(4711, state))
    with custody.hold(keys.sid, keys.half) as held:
        held.store(Count(4712, state))
        held.keep_receipt(form_id=form.decode(), operation_id=operation.decode(), content=b"canary-outcome")
        data_key = held._receipts.data_key.secret
        stolen = everything(database_url)
    sid, half = (base64.urlsafe_b64decode(key + "=") for key in (keys.sid, keys.half))
    assert hashlib.sha256(sid).digest() in stolen, "the database is not where this test looks"
    secrets = [sid, half, keys.sid.encode(), keys.half.encode(), SERVER_SECRET, data_key, b"canary-outcome"]
    secrets += [state, Count(4712, state).to_bytes(), form, operation]
    secrets += [hashlib.sha256(name).digest() for name in (form, operation)]
    for secret in secrets:
        for spelling in every_spelling(secret):
            assert spelling not in stolen
