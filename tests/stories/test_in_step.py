"""The counter of the browser and the bank's: whenever they may have drifted apart, they meet again."""

from pathlib import Path

import pytest

from tests.support.backup import Backup
from tests.support.browser import Browser, Filled
from tests.support.desk import Desk, presses, scans, shown_code
from tests.support.people import Person
from tests.support.site import make_settings
from tests.support.wire import refused, silence
from webapp.app import create_app

AUTHORIZE = "/operation/authorize"
STATUS = "/activation/status"
UNSEEN = "Not seen by the bank yet"


@pytest.fixture
def database_file(tmp_path: Path) -> Path:
    return tmp_path / "assent.sqlite"


@pytest.fixture
def restarts(tmp_path, sandbox, wire, clock):
    """The site starts anew, and a person's browser goes on with the cookies it has."""

    def restart(person: Person) -> None:
        site = create_app(make_settings(tmp_path, sandbox.sdk_configuration()), transport=wire, clock=clock)
        browser = Browser(site.test_client())
        for name in ("__Host-sid", "__Host-key"):
            browser.client.set_cookie(name, person.browser.cookie(name))
        person.browser = browser

    return restart


def test_after_a_backup_was_put_back_no_attempt_is_lost(alice: Person, bank, database_file, restarts):
    alice.opens()
    backup = Backup(database_file)
    for _ in range(7):
        alice.rejects(bank.offers("Alice", "consent"))
    backup.is_put_back()
    restarts(alice)
    payment = bank.offers("Alice", "payment")
    assert alice.approves(payment).heading == "Approved"
    assert alice.failed_attempts == 0


@pytest.mark.parametrize("step", ["/history", "/settings/pin", "/settings/remove"])
def test_whatever_is_signed_first_after_it_is_in_step(alice: Person, bank, database_file, restarts, step):
    backup = Backup(database_file)
    for _ in range(3):
        alice.rejects(bank.offers("Alice", "consent"))
    backup.is_put_back()
    restarts(alice)
    page = alice.opens(step)
    new = (
        {"old": alice.pin, "pin": "3691", "pin_again": "3691"} if "old" in page.fields else {"pin": alice.pin}
    )
    button = next(one for one in page.buttons if one)
    assert page.submits(button, **new).status == 200
    assert bank.activation(alice.activation_id)["failedAttempts"] == 0


def test_a_backup_put_back_under_a_running_site_never_blames_the_pin(alice: Person, bank, database_file):
    alice.approves(bank.offers("Alice", "payment"))
    backup = Backup(database_file)
    for _ in range(3):
        alice.rejects(bank.offers("Alice", "consent"))
    backup.is_put_back()
    payment = bank.offers("Alice", "payment")
    page = alice.approves(payment)
    assert page.heading == "The bank did not take your answer"
    assert "not accepted" not in page.text
    assert alice.approves(payment).heading == "Approved", "the counter has followed the bank's"


def test_after_a_lost_answer_the_next_signature_is_right(alice: Person, bank, wire):
    first, second = bank.offers("Alice", "payment"), bank.offers("Alice", "payment")
    wire.breaks(AUTHORIZE, silence, times=1)
    assert alice.approves(first).heading == "Not settled yet"
    assert alice.approves(second).heading == "Approved"
    assert alice.failed_attempts == 0


def test_many_lost_requests_do_not_lead_out_of_reach(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    for _ in range(30):
        wire.breaks(AUTHORIZE, silence, times=1)
        assert alice.approves(payment).heading == "Not settled yet"
    assert alice.approves(payment).heading == "Approved"
    assert alice.failed_attempts == 0


def test_the_bank_is_asked_once_and_not_before_every_signature(alice: Person, bank, wire, restarts):
    assert alice.approves(bank.offers("Alice", "payment")).heading == "Approved"
    restarts(alice)
    asked_before = len(wire.sent(STATUS))
    for _ in range(3):
        assert alice.approves(bank.offers("Alice", "payment")).heading == "Approved"
    assert len(wire.sent(STATUS)) <= asked_before + 2


def test_when_it_cannot_be_asked_the_answer_is_tried_all_the_same(alice: Person, bank, wire, restarts):
    assert alice.opens().status == 200
    restarts(alice)
    wire.breaks(STATUS, refused)
    assert alice.approves(bank.offers("Alice", "payment")).heading == "Approved"


def test_a_code_that_the_bank_has_taken_counts_as_seen(alice: Person, sandbox):
    desk = Desk(sandbox)
    handed = desk.hands(alice)
    code = shown_code(presses(scans(alice, handed.text), pin=alice.pin))
    assert UNSEEN in alice.opens("/settings").text
    assert desk.takes(handed, code, alice).is_right
    assert UNSEEN not in alice.opens("/settings").text


def test_attempts_that_were_lost_at_the_bank_are_told_before_the_next_pin(alice: Person, bank, sandbox):
    desk = Desk(sandbox)
    for _ in range(4):
        handed = desk.hands(alice)
        code = shown_code(presses(scans(alice, handed.text), pin=alice.wrong_pin))
        assert not desk.takes(handed, code, alice).is_right
    page = alice.opens_operation(bank.offers("Alice", "payment"))
    assert "One attempt is left" in page.text


def test_attempts_that_a_backup_knows_nothing_of_are_told(alice: Person, bank, database_file, restarts):
    payment = bank.offers("Alice", "payment")
    alice.opens_operation(payment)
    backup = Backup(database_file)
    for _ in range(4):
        alice.approves(payment, alice.wrong_pin)
    backup.is_put_back()
    restarts(alice)
    assert "One attempt is left" in alice.opens_operation(payment).text


def test_a_code_made_after_a_backup_was_put_back_is_right(
    alice: Person, bank, sandbox, database_file, restarts, wire
):
    alice.opens()
    backup = Backup(database_file)
    for _ in range(3):
        alice.rejects(bank.offers("Alice", "consent"))
    backup.is_put_back()
    restarts(alice)
    alice.opens("/operations")
    desk = Desk(sandbox)
    handed = desk.hands(alice)
    wire.breaks("", refused)
    code = shown_code(presses(scans(alice, handed.text), pin=alice.pin))
    assert desk.takes(handed, code, alice).is_right


class TestOutOfReach:
    """The counters cannot meet any more: nothing is signed, for no signature could be right."""

    @pytest.fixture
    def form(self, alice: Person, bank, database_file) -> Filled:
        """A form of an approval, from before the browser fell behind."""
        alice.approves(bank.offers("Alice", "payment"), alice.wrong_pin)
        form = alice.opens_operation(bank.offers("Alice", "payment")).fills("Approve", pin=alice.pin)
        backup = Backup(database_file)
        for _ in range(25):
            alice.rejects(bank.offers("Alice", "consent"))
        backup.is_put_back()
        return form

    def test_an_approval_costs_no_attempt(self, alice: Person, form: Filled, wire):
        failed, sent = alice.failed_attempts, len(wire.sent(AUTHORIZE))
        page = form.is_sent()
        assert (page.status, page.heading) == (409, "This browser has to be enrolled again")
        assert (alice.failed_attempts, len(wire.sent(AUTHORIZE))) == (failed, sent)

    @pytest.mark.usefixtures("form")
    @pytest.mark.parametrize("path", ["/operations", "/history", "/settings/pin"])
    def test_after_a_restart_every_page_leads_to_the_one_that_says_so(self, alice: Person, restarts, path):
        restarts(alice)
        page = alice.opens(path)
        assert (page.path, page.status) == ("/activation", 409)
