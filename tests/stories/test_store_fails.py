"""The database fails in the middle of a request: what was done by then is told, nothing else is claimed."""

from collections.abc import Callable

import pytest

from tests.support.people import Person
from webapp.mtoken.errors import AnswerLost

NEW_PIN = "3691"
TABLES = ("receipts", "activations", "leases", "tries", "audit_entries", "browsers")
AUTHORIZE, CANCEL, VALIDATE, REMOVE = (
    *("/operation/authorize", "/operation/cancel"),
    *("/signature/validate", "/activation/remove"),
)


class Records:
    """Tables that are away for a while; every statement about them is refused."""

    def __init__(self, site) -> None:
        self._writing = site.extensions["assent"].audit.trail._store._writing
        self.away: list[str] = []

    def loses(self, *tables: str) -> None:
        for table in tables:
            self._renames(table, f"away_{table}")
            self.away.append(table)

    def is_mended(self) -> None:
        while self.away:
            table = self.away.pop()
            self._renames(f"away_{table}", table)

    def _renames(self, old: str, new: str) -> None:
        with self._writing.begin() as connection:
            connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")


@pytest.fixture
def records(site) -> "Records":
    return Records(site)


@pytest.fixture
def fails_at(wire, records) -> Callable[..., None]:
    """The tables go away while the bank answers this request; perhaps the answer gets lost, too."""

    def fails_at(path: str, *tables: str, is_lost: bool = False) -> None:
        def fail(request, transport):
            answer = transport.send(request)
            records.loses(*tables)
            if is_lost:
                raise AnswerLost("read timeout")
            return answer

        wire.breaks(path, fail, times=1)

    return fails_at


each_table = pytest.mark.parametrize("tables", [(table,) for table in TABLES] + [TABLES], ids="+".join)


@each_table
def test_an_approval_that_the_bank_took_is_told(alice: Person, bank, fails_at, records, tables):
    payment = bank.offers("Alice", "payment")
    fails_at(AUTHORIZE, *tables)
    page = alice.approves(payment)
    assert bank.status(payment) == "APPROVED"
    told = page.heading == "Approved"
    assert told or ("browsers" in tables and is_about_nothing_yet(page))
    records.is_mended()
    later = alice.opens(f"/operations/{payment}/result")
    assert later.heading in {"Approved", "Already settled"}


@each_table
def test_a_rejection_that_the_bank_took_is_told(alice: Person, bank, fails_at, records, tables):
    payment = bank.offers("Alice", "payment")
    fails_at(CANCEL, *tables)
    page = alice.rejects(payment)
    assert bank.status(payment) == "REJECTED"
    assert page.heading == "Rejected" or ("browsers" in tables and is_about_nothing_yet(page))


@each_table
def test_an_answer_that_got_lost_stays_unknown(alice: Person, bank, fails_at, tables):
    payment = bank.offers("Alice", "payment")
    fails_at(AUTHORIZE, *tables, is_lost=True)
    page = alice.approves(payment)
    assert page.heading == "Nobody can say yet" or ("browsers" in tables and is_about_nothing_yet(page))


@each_table
def test_a_wrong_pin_is_still_a_wrong_pin(alice: Person, bank, fails_at, records, tables, clock):
    payment = bank.offers("Alice", "payment")
    fails_at(AUTHORIZE, *tables)
    page = alice.approves(payment, alice.wrong_pin)
    assert bank.status(payment) == "PENDING"
    assert alice.failed_attempts == 1
    says_nothing = page.heading == "Not settled yet" or is_about_nothing_yet(page)
    assert says_nothing or "not accepted" in f"{page.heading} {page.text}"
    records.is_mended()
    clock.advance(60)  # a lease that could not be given back ends by itself
    assert alice.approves(payment).heading == "Approved"


def test_before_anything_is_sent_nothing_is(alice: Person, bank, wire, records):
    payment = bank.offers("Alice", "payment")
    form = alice.opens_operation(payment).fills("Approve", pin=alice.pin)
    records.loses("activations")
    page = form.is_sent()
    assert page.status == 503
    assert is_about_nothing_yet(page)
    assert not wire.sent(AUTHORIZE)
    records.is_mended()
    assert form.is_sent().heading == "Approved", "the same form is still good"


def test_a_new_pin_is_told_although_nobody_could_write_that_down(
    alice: Person, bank, fails_at, records, wire
):
    """Whoever is not told tries the old one again, and loses an attempt."""
    form = alice.opens("/settings/pin").fills("Change the PIN", old=alice.pin, pin=NEW_PIN, pin_again=NEW_PIN)
    fails_at(VALIDATE, "receipts")
    page = form.is_sent()
    assert page.path == "/settings"
    records.is_mended()
    assert alice.approves(bank.offers("Alice", "payment"), NEW_PIN).heading == "Approved"
    assert alice.failed_attempts == 0


def is_about_nothing_yet(page) -> bool:
    """The page of a database that is away says nothing about what was answered before."""
    said = "This page has approved nothing and rejected nothing. What you answered before stays as it is."
    return said in page.text
