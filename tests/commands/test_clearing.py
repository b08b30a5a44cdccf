"""`expire` and `purge`."""

import pytest

from tests.commands.conftest import run_at
from webapp.custody.engine import make_engine, writing
from webapp.custody.schema import activations, browsers, leases

DAY_S = 86_400


def test_expire_erases_who_stayed_away_and_nobody_else(run, alice, bob, clock, counts):
    clock.advance(300 * DAY_S)
    assert bob.opens().status == 200
    clock.advance(101 * DAY_S)
    before = counts()
    assert (
        run("expire", "--dry-run").stdout == "browsers: 1 would be erased\nactivations: 1 would be erased\n"
    )
    assert counts() == before
    result = run("expire")
    assert (result.exit_code, result.stdout) == (0, "browsers: 1 erased\nactivations: 1 erased\n")
    assert "browsers: 1 of 1" in result.stderr
    assert (counts()["activations"], counts()["lookups"]) == (1, 1)
    assert bob.opens().status == 200
    assert run("expire").stdout == "browsers: 0 erased\nactivations: 0 erased\n"


def test_expire_takes_more_rows_than_one_batch(run, alice, database_url, counts):
    engine = make_engine(database_url)
    strangers = [{"id": f"record-{number}", "revision": 1, "sealed_state": b"x"} for number in range(1203)]
    with writing(engine).begin() as connection:
        connection.execute(activations.insert(), strangers)
    engine.dispose()
    result = run("expire")
    assert "activations: 1203 erased" in result.stdout
    assert result.stderr.splitlines() == [f"activations: {count} of 1203" for count in (500, 1000, 1203)]
    assert counts()["activations"] == 1
    assert alice.opens().status == 200


@pytest.mark.parametrize("visits", [True, False])
def test_purge_erases_what_is_older_than_the_setting_but_the_newest(run, alice, bank, clock, counts, visits):
    payments = [bank.offers("Alice", "payment") for _ in range(3)]
    for payment in payments:
        assert alice.approves(payment).heading == "Approved"
    receipts = counts()["receipts"]
    clock.advance(91 * DAY_S)
    if visits:
        assert alice.approves(bank.offers("Alice", "payment")).heading == "Approved"
        receipts = counts()["receipts"]
    fresh = 1
    assert run("purge", "--dry-run").stdout.startswith(f"receipts: {receipts - fresh} would be erased")
    assert counts()["receipts"] == receipts
    assert run("purge").stdout.startswith(f"receipts: {receipts - fresh} erased\n")
    assert counts()["receipts"] == fresh
    assert alice.approves(bank.offers("Alice", "payment")).heading == "Approved"
    assert counts()["receipts"] == fresh + 1


def test_purge_erases_leases_that_ended_a_day_ago(run, alice, bob, database_url, clock, counts):
    engine = make_engine(database_url)
    with writing(engine).begin() as connection:
        ids = connection.execute(activations.select()).scalars().all()
        for record_id, age_s in zip(ids, (2 * DAY_S, 60), strict=True):
            connection.execute(
                leases.insert().values(
                    record_id=record_id, holder="dead", expires_at_ms=clock.now_ms() - age_s * 1000
                )
            )
    engine.dispose()
    assert "leases: 1 erased" in run("purge").stdout
    assert counts()["leases"] == 1


def test_how_long_receipts_stay_is_a_setting(make_site, run, alice, bank, clock):
    for _ in range(2):
        alice.approves(bank.offers("Alice", "payment"))
    clock.advance(8 * DAY_S)
    assert "receipts: 0 erased" in run("purge").stdout
    assert "receipts: 0 erased" not in run_at(make_site(receipt_days=7), "purge").stdout


def test_a_browser_that_came_back_in_time_is_not_erased_with_the_old_ones(run, alice, database_url, clock):
    """Its wrap was renewed although another of the same record was not."""
    engine = make_engine(database_url)
    with writing(engine).begin() as connection:
        row = connection.execute(browsers.select()).one()
        old = {**row._mapping, "sid_hash": b"x" * 32, "expires_at_ms": clock.now_ms() - 1}
        connection.execute(browsers.insert().values(old))
    engine.dispose()
    assert run("expire").stdout == "browsers: 1 erased\nactivations: 0 erased\n"
    assert alice.opens().status == 200
