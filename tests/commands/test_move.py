"""`database move`: everything to another database."""

import pytest

from tests.commands.conftest import rows_of, run_at
from webapp.custody.engine import make_engine, writing
from webapp.custody.migrate import migrate
from webapp.custody.schema import activations, browsers


@pytest.fixture
def full(alice, bob, bank, site):
    """A site in use, with more rows than one batch."""
    for person in (alice, bob):
        assert person.approves(bank.offers(person.name, "payment")).heading == "Approved"
    return site


@pytest.fixture
def other_url(new_database):
    return new_database()


def test_everything_arrives_and_the_site_goes_on_there(
    run, full, alice, bank, make_site, database_url, other_url, moves
):
    before = rows_of(database_url)
    result = run("database", "move", other_url)
    assert result.exit_code == 0, result.output
    assert rows_of(other_url) == before
    assert rows_of(database_url) == before
    assert f"receipts: {len(before['receipts'])} moved" in result.stdout
    moves(alice, make_site(database_url=other_url))
    assert alice.approves(bank.offers("Alice", "payment")).heading == "Approved"
    assert alice.failed_attempts == 0


def test_from_one_kind_to_the_other_and_back(run, full, database_url, new_database, tmp_path, make_site):
    """On PostgreSQL this goes through SQLite; on SQLite through another file."""
    between = f"sqlite:///{tmp_path}/between.sqlite"
    back = new_database()
    before = rows_of(database_url)
    assert run("database", "move", between).exit_code == 0
    assert run_at(make_site(database_url=between), "database", "move", back).exit_code == 0
    assert rows_of(between) == rows_of(back) == before


def test_many_rows_go_in_batches_and_tell_how_far_they_are(run, site, database_url, other_url):
    engine = make_engine(database_url)
    records = [{"id": f"record-{number}", "revision": 1, "sealed_state": b"\0\xff"} for number in range(1203)]
    with writing(engine).begin() as connection:
        connection.execute(activations.insert(), records)
    engine.dispose()
    result = run("database", "move", other_url)
    told = [line for line in result.stderr.splitlines() if line.startswith("activations")]
    assert told == [f"activations: {count} of 1203" for count in (500, 1000, 1203)]
    assert len(rows_of(other_url)["activations"]) == 1203


def test_a_database_that_holds_something_is_left_alone(run, full, database_url, other_url):
    migrate(other_url)
    engine = make_engine(other_url)
    with writing(engine).begin() as connection:
        connection.execute(activations.insert().values(id="theirs", revision=1, sealed_state=b"x"))
    engine.dispose()
    before = rows_of(other_url)
    result = run("database", "move", other_url)
    assert result.exit_code == 1
    assert "something in the new database already" in result.stderr
    assert rows_of(other_url) == before


def test_a_database_is_not_moved_onto_itself(run, full, database_url):
    before = rows_of(database_url)
    result = run("database", "move", database_url)
    assert (result.exit_code, "the same database" in result.stderr) == (1, True)
    assert rows_of(database_url) == before


def test_rows_that_cannot_be_there_leave_nothing_behind(run, full, database_url, other_url):
    """A row of nobody's record, as only a hand could put it there, is refused by the new database."""
    engine = make_engine(database_url)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            raw.execute("PRAGMA foreign_keys = OFF")
            raw.execute("INSERT INTO browsers VALUES (x'00', 'nobody', 1, x'00')")
            raw.execute("PRAGMA foreign_keys = ON")
    else:
        with writing(engine).begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.execute(
                browsers.insert().values(sid_hash=b"\0", record_id="nobody", expires_at_ms=1, wrap=b"\0")
            )
    engine.dispose()
    result = run("database", "move", other_url)
    assert result.exit_code == 1
    assert not any(rows_of(other_url).values())


@pytest.mark.parametrize("address", ["", "nonsense", "mysql://host/name", "sqlite://"])
def test_an_address_of_no_use_is_refused_in_words(run, full, address):
    result = run("database", "move", address)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")


def test_a_password_does_not_stand_on_the_command_line(run, site):
    result = run("database", "move", "postgresql+psycopg://somebody:canary@host/name")
    assert result.exit_code == 2
    assert "standard input" in result.stderr
    assert "canary" not in result.output


def test_the_address_may_come_from_standard_input(run, full, database_url, other_url):
    assert run("database", "move", "-", input=f"{other_url}\n").exit_code == 0
    assert rows_of(other_url) == rows_of(database_url)
