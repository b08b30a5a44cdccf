"""The tables, and what somebody reads who steals the database."""

import base64
import hashlib
import sqlite3
import stat
import traceback
from contextlib import closing

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

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


def test_a_database_without_tables_is_unavailable(database_url):
    with open_store(database_url) as store, pytest.raises(StoreUnavailable):
        store.find(bytes(32))


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url):
    with pytest.raises(StoreUnavailable, match="memory"):
        open_store(url)


def test_a_folder_that_cannot_be_made_is_named_as_unavailable(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable):
        migrate(f"sqlite:///{tmp_path}/file/custody.sqlite")


def test_file_and_folder_are_for_this_user_only(tmp_path):
    migrate(f"sqlite:///{tmp_path}/instance/custody.sqlite")
    for path, mode in ((tmp_path / "instance", 0o700), (tmp_path / "instance/custody.sqlite", 0o600)):
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_commit_is_on_the_disk_and_what_is_erased_is_overwritten(store):
    with store._engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 10_000,
    }


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


def test_a_stolen_database_tells_nothing(custody, tmp_path):
    state, form, operation = b"canary of the state", b"canary-form-0001", b"canary-operation-0001"
    keys = custody.admit(Count(4711, state))
    with custody.hold(keys.sid, keys.half) as held:
        held.store(Count(4712, state))
        held.keep_receipt(form_id=form.decode(), operation_id=operation.decode(), content=b"canary-outcome")
        data_key = held._receipts.data_key.secret
        stolen = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    sid, half = (base64.urlsafe_b64decode(key + "=") for key in (keys.sid, keys.half))
    assert hashlib.sha256(sid).digest() in stolen, "the database is not where this test looks"
    secrets = [sid, half, keys.sid.encode(), keys.half.encode(), SERVER_SECRET, data_key, b"canary-outcome"]
    secrets += [state, Count(4712, state).to_bytes(), form, operation]
    secrets += [hashlib.sha256(name).digest() for name in (form, operation)]
    for secret in secrets:
        for spelling in every_spelling(secret):
            assert spelling not in stolen


def test_an_erased_activation_leaves_no_trace_in_the_file(custody, tmp_path, thief):
    keys = custody.admit(Count(1, b"x" * 2000))
    [(sealed, wrap)] = thief("SELECT sealed_state, wrap FROM activations, browsers")
    before = checkpointed(tmp_path / "custody.sqlite")
    assert wrap in before
    assert sealed[-200:] in before
    custody.forget_browser(keys.sid)
    after = checkpointed(tmp_path / "custody.sqlite")
    assert wrap not in after
    assert sealed[-200:] not in after


def checkpointed(path) -> bytes:
    """The file with everything that still stood in its log."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()
