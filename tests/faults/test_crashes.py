"""Workers are killed, databases put back, records broken: the next start is clean, and nobody is lost."""

import multiprocessing
import signal
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.killed import AFTER, BEFORE, post_and_die
from tests.stories.test_parallel import cookies_of
from tests.support.backup import Backup
from tests.support.bank import Bank
from tests.support.browser import Browser, Filled, Page
from tests.support.people import Person
from tests.support.site import BACKEND_URL, make_settings
from tests.support.wire import Wire
from webapp.app import LEASE_SPARE_S, create_app
from webapp.clock import SystemClock
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend
from webapp.sandbox.transport import InMemoryTransport

SPAWN = multiprocessing.get_context("spawn")
AUTHORIZE, CANCEL, STATUS = "/operation/authorize", "/operation/cancel", "/activation/status"
VALIDATE, TOKEN = "/signature/validate", "/token/create"
NEW_PIN = "3691"


@dataclass(frozen=True)
class Form:
    """What is posted where."""

    action: str
    values: dict[str, str]


class Later(SystemClock):
    """This machine's clock as it will be once the lease of whoever was killed has ended."""

    def now_ms(self) -> int:
        return super().now_ms() + 60_000


class Town:
    """A bank and a site on the disk, with this machine's clock."""

    def __init__(self, folder: Path, sandbox: Backend) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self.bank = Bank(sandbox.admin)
        self.wire = Wire(InMemoryTransport(sandbox, BACKEND_URL))
        self.starts()

    def starts(self, *, later: bool = False, **changes: float) -> None:
        """The site starts, anew perhaps; what was in its memory is gone."""
        settings = make_settings(self.folder, self.sandbox.sdk_configuration(), **changes)
        clock = Later() if later else SystemClock()
        self.site = create_app(settings, transport=self.wire, clock=clock)

    def person(self, name: str) -> Person:
        return Person(name, self.bank, Browser(self.site.test_client())).is_enrolled()

    def comes_back(self, person: Person) -> None:
        """The browser goes on with the cookies that it has."""
        browser = Browser(self.site.test_client())
        for name, value in cookies_of(person).items():
            browser.client.set_cookie(name, value)
        person.browser = browser

    def dies_at(
        self, person: Person, form: Form | Filled, path: str, moment: str, timeout_s: float = 30
    ) -> None:
        """A worker of its own gets the form, and is killed."""
        work = (self.folder, cookies_of(person), form.action, form.values, path, moment, timeout_s)
        worker = SPAWN.Process(target=post_and_die, args=work)
        worker.start()
        worker.join(60)
        assert worker.exitcode == -signal.SIGKILL


@pytest.fixture
def town(tmp_path: Path):
    with Backend(tmp_path / "sandbox.sqlite", clock=SystemClock(), random=system_random) as sandbox:
        yield Town(tmp_path, sandbox)


@pytest.fixture
def alice(town: Town) -> Person:
    return town.person("Alice")


def first_signed(town: Town, person: Person) -> list[str]:
    """Approve; which of the status and the signature was sent, in order."""
    town.wire.requests.clear()
    assert person.approves(town.bank.offers(person.name, "payment")).heading == "Approved"
    ends = [request.url.removeprefix(BACKEND_URL) for request in town.wire.requests]
    return [end for end in ends if end.endswith((STATUS, AUTHORIZE))]


class TestKilled:
    @pytest.mark.parametrize(("moment", "ended"), [(BEFORE, "PENDING"), (AFTER, "APPROVED")])
    def test_while_approving(self, town: Town, alice: Person, moment, ended):
        payment = town.bank.offers("Alice", "payment")
        form = alice.opens_operation(payment).fills("Approve", pin=alice.pin)
        town.dies_at(alice, form, AUTHORIZE, moment)
        assert town.bank.status(payment) == ended
        town.starts(later=True)
        town.comes_back(alice)
        page = form_again(alice, form)
        assert page.heading == ("Approved" if ended == "PENDING" else "Already settled")
        assert town.bank.status(payment) == "APPROVED"
        town.starts(later=True)
        town.comes_back(alice)
        assert first_signed(town, alice)[0].endswith(STATUS), "the counters meet before the first signature"
        assert alice.failed_attempts == 0

    @pytest.mark.parametrize(("moment", "ended"), [(BEFORE, "PENDING"), (AFTER, "REJECTED")])
    def test_while_rejecting(self, town: Town, alice: Person, moment, ended):
        payment = town.bank.offers("Alice", "payment")
        form = alice.opens_operation(payment).follows("Reject").fills("Reject", reason="UNKNOWN")
        town.dies_at(alice, form, CANCEL, moment)
        assert town.bank.status(payment) == ended
        town.starts(later=True)
        town.comes_back(alice)
        assert form_again(alice, form).heading == ("Rejected" if ended == "PENDING" else "Already settled")
        assert first_signed(town, alice)
        assert alice.failed_attempts == 0

    @pytest.mark.parametrize("moment", [BEFORE, AFTER])
    def test_while_changing_the_pin_the_old_one_stays(self, town: Town, alice: Person, moment):
        values = {"old": alice.pin, "pin": NEW_PIN, "pin_again": NEW_PIN}
        form = alice.opens("/settings/pin").fills("Change the PIN", **values)
        town.dies_at(alice, form, VALIDATE, moment)
        town.starts(later=True)
        town.comes_back(alice)
        assert first_signed(town, alice)
        assert alice.failed_attempts == 0

    @pytest.mark.parametrize("moment", [BEFORE, AFTER])
    def test_while_making_a_token(self, town: Town, alice: Person, moment):
        page = alice.opens("/scan")
        kiosk = town.bank.offers(None, "login_kiosk")
        form = Form(f"/operations/{kiosk}/claim", {"csrf_token": page.value("csrf_token") or ""})
        town.dies_at(alice, form, TOKEN, moment)
        town.starts(later=True)
        town.comes_back(alice)
        assert alice.opens().status == 200
        assert first_signed(town, alice)

    def test_nobody_waits_longer_than_the_timeout_and_five_seconds(self, town: Town, alice: Person):
        timeout_s = 0.5
        payment = town.bank.offers("Alice", "payment")
        form = alice.opens_operation(payment).fills("Approve", pin=alice.pin)
        town.dies_at(alice, form, AUTHORIZE, BEFORE, timeout_s)
        killed_at = time.monotonic()
        town.starts(total_timeout_s=timeout_s)
        town.comes_back(alice)
        assert form_again(alice, form).heading == "Approved"
        waited_s = time.monotonic() - killed_at
        assert waited_s < timeout_s + LEASE_SPARE_S + 2, "two seconds for the start and the approval itself"


class TestPutBack:
    """The database of yesterday; whatever happened since is not in it."""

    def test_more_was_signed_since_than_the_bank_looks_ahead(self, town: Town, alice: Person):
        backup = Backup(town.folder / "assent.sqlite")
        for _ in range(25):
            alice.rejects(town.bank.offers("Alice", "consent"))
        backup.is_put_back()
        town.starts()
        town.comes_back(alice)
        payment = town.bank.offers("Alice", "payment")
        page = alice.opens_operation(payment)
        if "Approve" in page.buttons:
            page = page.submits("Approve", pin=alice.pin)
        assert page.heading == "This browser has to be enrolled again"
        assert town.bank.status(payment) == "PENDING"
        assert alice.failed_attempts == 0

    def test_a_token_of_today_is_made_once_more(self, town: Town, alice: Person):
        backup = Backup(town.folder / "assent.sqlite")
        alice.approves(town.bank.offers("Alice", "payment"))
        backup.is_put_back()
        town.starts()
        town.comes_back(alice)
        town.wire.requests.clear()
        assert alice.opens().status == 200
        assert town.wire.sent(TOKEN)
        assert first_signed(town, alice)
        assert alice.failed_attempts == 0

    def test_whose_cookies_are_of_today_is_told_to_enrol_again(self, town: Town, alice: Person):
        """A new PIN brings a new sid, which the database of yesterday does not know."""
        backup = Backup(town.folder / "assent.sqlite")
        page = alice.opens("/settings/pin")
        page.submits("Change the PIN", old=alice.pin, pin=NEW_PIN, pin_again=NEW_PIN)
        backup.is_put_back()
        town.starts()
        town.comes_back(alice)
        assert (alice.opens().status, alice.opens().heading) == (403, "This browser is not enrolled")
        assert alice.failed_attempts == 0

    def test_who_enrolled_since_is_told_to_enrol_again(self, town: Town, alice: Person):
        backup = Backup(town.folder / "assent.sqlite")
        bob = town.person("Bob")
        backup.is_put_back()
        town.starts()
        for person in (alice, bob):
            town.comes_back(person)
        page = bob.opens()
        assert page.status == 403
        assert page.links or page.buttons
        assert first_signed(town, alice)


class TestBroken:
    @pytest.mark.parametrize(
        "damage",
        [
            "UPDATE activations SET sealed_state = x'00'",
            "UPDATE activations SET sealed_state = ''",
            "UPDATE activations SET revision = revision + 1",
            "UPDATE browsers SET wrap = x'0101ff'",
            "UPDATE browsers SET wrap = ''",
            "UPDATE leases SET expires_at_ms = -1",
            "UPDATE receipts SET sealed_content = x'00'",
        ],
    )
    def test_one_record_stops_neither_the_start_nor_anybody_else(self, town: Town, alice: Person, damage):
        rejected = town.bank.offers("Alice", "consent")
        alice.rejects(rejected)
        with closing(sqlite3.connect(town.folder / "assent.sqlite")) as database, database:
            database.execute(damage)
        bob = town.person("Bob")
        town.starts()
        for person in (alice, bob):
            town.comes_back(person)
        for path in ("/", "/operations", "/settings", f"/operations/{rejected}/result", "/activation"):
            page = alice.opens(path)
            assert page.status != 500
            assert page.links or page.buttons
        assert first_signed(town, bob)


def form_again(person: Person, form: Filled) -> Page:
    return person.browser.posts(form.action, form.values)
