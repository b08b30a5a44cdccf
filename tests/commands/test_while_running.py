"""What operating.md calls safe while the site runs: people approve, commands clear up and look."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.browser import Browser
from tests.support.people import Person
from webapp.custody.engine import make_engine, writing
from webapp.custody.schema import activations, browsers, receipts

OLD = 700
"""More than one batch of each kind."""
DAY_MS = 86_400_000


@pytest.fixture
def full(database_url, clock) -> None:
    """People who stayed away for too long, with receipts of years ago."""
    now_ms = clock.now_ms()
    ids = [f"record-{number}" for number in range(OLD)]
    engine = make_engine(database_url)
    with writing(engine).begin() as connection:
        connection.execute(
            activations.insert(), [{"id": one, "revision": 1, "sealed_state": b"x"} for one in ids]
        )
        connection.execute(
            browsers.insert(),
            [
                {"sid_hash": one.encode(), "record_id": one, "expires_at_ms": now_ms - 1, "wrap": b"x"}
                for one in ids
            ],
        )
        connection.execute(
            receipts.insert(),
            [
                {
                    "record_id": one,
                    "ordinal": ordinal,
                    "kept_at_ms": now_ms - 400 * DAY_MS,
                    "form_tag": b"f",
                    "operation_tag": b"o",
                    "sealed_content": b"x",
                }
                for one in ids
                for ordinal in (1, 2)
            ],
        )
    engine.dispose()


def test_nobody_notices(run, site, full, bank, alice, bob):
    payments = {
        person.name: [bank.offers(person.name, "payment") for _ in range(8)] for person in (alice, bob)
    }
    started = threading.Barrier(3, timeout=30)

    def approves(person: Person) -> list[str]:
        started.wait()
        return [person.approves(payment).heading for payment in payments[person.name]]

    with ThreadPoolExecutor(2) as pool:
        working = [pool.submit(approves, person) for person in (alice, bob)]
        started.wait()
        results = [run("purge"), run("expire"), run("keys", "rotate-status"), run("audit", "verify")]
        while not all(one.done() for one in working):
            results += [run("purge"), run("expire"), run("export", alice.activation_id)]
        headings = [heading for one in working for heading in one.result()]
    assert headings == ["Approved"] * 16
    assert {bank.status(one) for own in payments.values() for one in own} == {"APPROVED"}
    assert alice.failed_attempts == bob.failed_attempts == 0
    assert not [result.output for result in results if result.exit_code]
    assert f"receipts: {OLD} erased" in results[0].stdout, "of each the older one"
    assert results[1].stdout == f"browsers: {OLD} erased\nactivations: {OLD} erased\n"
    assert f"browsers: 500 of {OLD}" in results[1].stderr
    assert "test: 2 browsers" in results[2].stdout


def test_who_is_erased_meanwhile_is_told_and_nobody_else(run, site, bank, alice, bob):
    """Erasing one person never stops another, nor leaves half of one behind."""
    payments = [bank.offers("Bob", "payment") for _ in range(6)]
    with ThreadPoolExecutor(2) as pool:
        working = pool.submit(lambda: [bob.approves(payment).heading for payment in payments])
        looking = pool.submit(lambda: [Browser.opens(alice.browser, "/operations").status for _ in range(6)])
        erased = run("erase", alice.activation_id, "--yes")
    assert working.result() == ["Approved"] * 6
    assert set(looking.result()) <= {200, 403, 503}, "503: it was erased in the middle of a request"
    assert erased.exit_code == 0
    assert alice.opens().heading == "This browser is not enrolled"
    assert run("export", alice.activation_id).exit_code == 1
