"""What holds for PostgreSQL, and for nothing else; collected only where there is a server."""

import traceback

import pytest
from sqlalchemy import make_url, text

from tests.custody.states import Count
from webapp.custody.engine import make_engine, transaction, writing
from webapp.custody.errors import StoreUnavailable
from webapp.custody.migrate import migrate
from webapp.custody.sql import open_store


@pytest.fixture
def engine(database_url):
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


def shown(engine, name):
    with engine.begin() as connection:
        return connection.execute(text("SELECT current_setting(:name)"), {"name": name}).scalar_one()


def test_nothing_waits_for_ever_and_every_statement_sees_what_was_committed(engine):
    names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    assert [shown(engine, name) for name in names] == ["10s", "30s", "30s"]
    assert shown(engine, "transaction_isolation") == "read committed"


@pytest.mark.parametrize(("default", "ours"), [("off", "on"), ("local", "local"), ("on", "on")])
def test_a_commit_is_on_the_disk_whatever_the_default_of_the_database(database_url, thief, default, ours):
    thief(f'ALTER DATABASE "{make_url(database_url).database}" SET synchronous_commit = {default}')
    engine = make_engine(database_url)
    assert shown(engine, "synchronous_commit") == ours
    engine.dispose()


def test_an_address_without_a_driver_is_read_too(database_url):
    plain = database_url.replace("postgresql+psycopg://", "postgresql://")
    assert plain != database_url
    migrate(plain)
    with open_store(plain) as store:
        assert store.find(bytes(32)) is None


def test_what_the_address_says_comes_before_our_own_wishes(database_url):
    url = make_url(database_url).update_query_dict({"application_name": "operations"})
    engine = make_engine(url.render_as_string(hide_password=False))
    assert shown(engine, "application_name") == "operations"
    engine.dispose()


def test_a_server_that_was_restarted_is_found_again(store, custody, thief):
    keys = custody.admit(Count(1))
    assert store._engine.pool.checkedin() > 0
    thief(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    assert custody.open(keys.sid, keys.half).state == Count(1)


def test_a_connection_that_breaks_within_a_transaction_is_unavailable_and_stores_nothing(store, thief):
    def break_off() -> None:
        with transaction(writing(store._engine)) as connection:
            connection.execute(text("INSERT INTO activations VALUES ('canary', 1, 'canary')"))
            pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            thief("SELECT pg_terminate_backend(:pid)", pid=pid)
            connection.execute(text("SELECT 1"))

    with pytest.raises(StoreUnavailable):
        break_off()
    assert thief("SELECT count(*) FROM activations") == [(0,)]


def test_a_server_that_is_not_there_is_unavailable_and_its_password_is_not_told(tmp_path):
    url = f"postgresql+psycopg://somebody:canary@/nowhere?host={tmp_path}"
    for use in (migrate, lambda url: open_store(url).find(bytes(32))):
        with pytest.raises(StoreUnavailable) as caught:
            use(url)
        assert "canary" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("statement", "state"),
    [
        ("SELECT CAST(:value AS bigint)", "22P02"),
        ("INSERT INTO browsers VALUES ('x', :value, 1, 'x')", "23503"),
        ("INSERT INTO activations VALUES (:value, NULL, 'x')", "23502"),
        ("SELECT * FROM missing WHERE name = :value", "42P01"),
    ],
)
def test_no_error_shows_the_values_of_a_statement(store, statement, state):
    with pytest.raises(StoreUnavailable, match=state) as caught, transaction(store._engine) as connection:
        connection.execute(text(statement), {"value": "canary"})
    assert "canary" not in "".join(traceback.format_exception(caught.value))
