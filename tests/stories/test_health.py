"""What machines that watch the site are told."""

from pathlib import Path

import pytest

from tests.support.people import Person
from tests.support.site import make_settings
from tests.support.wire import error, refused
from webapp.app import create_app
from webapp.flows.readiness import BackendWatch

WELL = {"state": "ok", "database": "ok", "migrations": "ok", "backend": "ok"}


@pytest.fixture
def later() -> list:
    """What the site would do in the background."""
    return []


@pytest.fixture
def site(tmp_path, sandbox, wire, elsewhere, clock, later):
    settings = make_settings(tmp_path, sandbox.sdk_configuration())
    watch = BackendWatch(clock, run=later.append)
    return create_app(settings, transport=wire, public_transport=elsewhere, clock=clock, watch=watch)


@pytest.fixture
def asks(site):
    return lambda path: site.test_client().get(path, base_url="https://localhost")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_nothing_is_kept_and_nobody_is_recognised(asks, path):
    answer = asks(path)
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_a_process_that_answers_is_alive_whatever_else_is_broken(asks, site, wire, tmp_path):
    wire.breaks("", refused)
    break_database(site)
    assert asks("/healthz").json == {"state": "ok"}
    assert wire.requests == []


def test_all_is_well_once_the_bank_was_asked(asks, later, wire):
    assert asks("/readyz").json == {**WELL, "backend": "unknown"}
    assert wire.requests == [], "whoever asks is not kept waiting"
    (work,) = later
    work()
    assert asks("/readyz").json == WELL


def test_a_bank_that_is_away_is_told_and_no_reason_to_restart(asks, wire, later, clock):
    wire.breaks("", refused)
    asks("/readyz")
    later.pop()()
    answer = asks("/readyz")
    assert (answer.status_code, answer.json) == (200, {**WELL, "state": "degraded", "backend": "degraded"})
    wire.is_mended()
    clock.advance(31)
    asks("/readyz")
    later.pop()()
    assert asks("/readyz").json == WELL


def test_the_bank_is_asked_once_in_a_while_only(asks, later, clock):
    for _ in range(20):
        asks("/readyz")
    assert len(later) == 1
    clock.advance(31)
    asks("/readyz")
    assert len(later) == 2


def test_what_people_do_tells_enough(alice: Person, asks, later, wire, clock):
    clock.advance(60)
    later.clear()
    alice.opens()
    assert asks("/readyz").json == WELL
    wire.breaks("/operation/list", error(503, "x"))
    alice.opens()
    assert asks("/readyz").json["backend"] == "degraded"
    assert later == []


def test_a_wrong_pin_is_no_fault_of_the_bank(alice: Person, bank, asks):
    alice.approves(bank.offers("Alice", "payment"), alice.wrong_pin)
    assert asks("/readyz").json == WELL


def test_a_database_that_is_gone_is_not_ready(asks, site):
    break_database(site)
    answer = asks("/readyz")
    assert answer.status_code == 503
    assert (answer.json["state"], answer.json["database"]) == ("failed", "failed")


@pytest.mark.parametrize("version", ["0001", "from the future"])
def test_tables_of_another_version_are_not_ready(asks, site, version):
    with site.extensions["assent"].audit.trail._store._writing.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
    answer = asks("/readyz")
    assert answer.status_code == 503
    assert (answer.json["database"], answer.json["migrations"]) == ("ok", "failed")


def test_the_log_is_not_filled_with_it(asks, log_lines, site):
    asks("/healthz")
    asks("/readyz")
    assert '"event": "request"' not in log_lines.getvalue()
    break_database(site)
    asks("/readyz")
    assert '"route": "/readyz", "status": 503' in log_lines.getvalue()


def break_database(site) -> None:
    """From now on no statement is understood."""
    engine = site.extensions["assent"].audit.trail._store._engine
    path = engine.url.database
    engine.dispose()
    with Path(path).open("r+b") as file:
        file.write(b"no database any more")
