"""Two instances, two workers each, one database: 200 approvals at once, of one person and of fifty."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.soak.instances import Running, two_instances
from tests.support.browser import Filled
from tests.support.people import Person

AT_ONCE = 200


@pytest.fixture
def running(tmp_path, database_url):
    with two_instances(tmp_path, database_url) as found:
        yield found


def press_all(running: Running, pressed: list[tuple[Person, Filled]]) -> list[str]:
    """Everybody presses at the same moment; the headings of what they see."""
    tabs = [(running.other_tab(person), form) for person, form in pressed]
    with ThreadPoolExecutor(len(tabs)) as pool:
        pages = pool.map(lambda one: one[0].posts(one[1].action, one[1].values), tabs)
        return [page.heading for page in pages]


def forms_of(person: Person, count: int) -> list[Filled]:
    payments = [person.bank.offers(person.name, "payment") for _ in range(count)]
    return [person.opens_operation(payment).fills("Approve", pin=person.pin) for payment in payments]


def is_all_approved(bank, forms: list[Filled]) -> bool:
    return {bank.status(form.page.path.rpartition("/")[2]) for form in forms} == {"APPROVED"}


def test_of_one_person_each_payment_is_signed_once(running: Running):
    alice = running.enrolled("Alice")
    forms = forms_of(alice, AT_ONCE // 2)
    signed_before = running.notes.signatures.total()
    headings = press_all(running, [(alice, form) for form in forms for _ in range(2)])
    assert headings == ["Approved"] * AT_ONCE
    assert is_all_approved(running.bank, forms)
    assert running.notes.signatures.total() - signed_before == len(forms)
    assert running.notes.refused == running.notes.doubled == alice.failed_attempts == 0


def test_of_fifty_people_nobody_waits_in_vain(running: Running):
    with ThreadPoolExecutor(8) as pool:
        people = list(pool.map(running.enrolled, [f"Person {number}" for number in range(50)]))
        found = list(pool.map(lambda person: forms_of(person, AT_ONCE // len(people)), people))
    forms = [form for one in found for form in one]
    headings = press_all(
        running, [(person, form) for person, one in zip(people, found, strict=True) for form in one]
    )
    assert headings == ["Approved"] * AT_ONCE
    assert is_all_approved(running.bank, forms)
    assert running.notes.refused == running.notes.doubled == 0
    assert running.notes.tokens.total() > len(forms), "what was read was proven by a token, each time anew"
    assert {person.failed_attempts for person in people} == {0}
