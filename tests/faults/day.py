"""A day that can begin again and again: the same people, databases, clock and luck, and another fault."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from jinja2.bccache import Bucket, BytecodeCache

from tests.faults.wire import FaultyWire, Recorder
from tests.faults.witness import Witness
from tests.support.authenticator import Device
from tests.support.bank import Bank
from tests.support.browser import Browser
from tests.support.clock import ManualClock
from tests.support.desk import Desk
from tests.support.people import Person
from tests.support.randomness import repeatable
from tests.support.site import BACKEND_URL, make_settings
from webapp.app import create_app
from webapp.flows.policy import Policy
from webapp.flows.ways_in import WaysIn
from webapp.mtoken.transport import HttpResponse, Transport
from webapp.sandbox.backend import Backend
from webapp.sandbox.inbox import Letter
from webapp.sandbox.transport import InMemoryTransport

COOKIES = ("__Host-sid", "__Host-key")
DATABASES = ("sandbox.sqlite", "assent.sqlite")
NEW_PIN = "3691"
POLICY = Policy(ways=WaysIn(recovery=True))
Wire = Callable[[Transport], Transport]


class _Templates(BytecodeCache):
    """Compiled templates, for all the sites of these days."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


_TEMPLATES = _Templates()


@dataclass(frozen=True)
class Evening:
    """How a day ended: databases in a folder, what the clock says, and what Alice's browser keeps."""

    folder: Path
    clock_ms: int
    cookies: dict[str, str]
    activation_id: str
    card: str
    answers: dict[str, HttpResponse]
    device: Device


@dataclass
class Day:
    """One day. `alice.pin` is the PIN that she believes in."""

    alice: Person
    bank: Bank
    sandbox: Backend
    desk: Desk
    device: Device
    wire: FaultyWire
    clock: ManualClock
    witness: Witness
    card: str
    has_typed_new_pin: bool = False


def first_day(folder: Path) -> Evening:
    """Alice enrols and does everything once; Carol comes and goes. What was answered is remembered."""
    clock, luck = ManualClock(), repeatable("first day")
    with Backend(folder / DATABASES[0], clock=clock, random=luck) as sandbox:
        wire = Recorder(InMemoryTransport(sandbox, BACKEND_URL))
        settings = make_settings(folder, sandbox.sdk_configuration(), policy=POLICY)
        site, bank = create_app(settings, transport=wire, clock=clock, random=luck), Bank(sandbox.admin)
        card = _prints_card(bank)
        alice = Person("Alice", bank, Browser(site.test_client())).is_enrolled()
        sandbox.write_to("Alice", Letter(subject="Welcome", body="Good day.", type="text", summary=""))
        alice.opens("/inbox")
        alice.opens_operation(bank.offers(None, "login_kiosk")).submits("Take it over")
        alice.rejects(bank.offers("Alice", "login"))
        for old, new in ((alice.pin, NEW_PIN), (NEW_PIN, alice.pin)):
            page = alice.opens("/settings/pin")
            page.submits("Change the PIN", old=old, pin=new, pin_again=new)
        alice.opens("/settings/recovery/card").submits("Confirm", code=card, pin=alice.pin)
        alice.opens("/history").submits("Show the history", pin=alice.pin)
        assert alice.approves(bank.offers("Alice", "payment")).heading == "Approved"
        carol = Person("Carol", bank, Browser(site.test_client())).is_enrolled()
        carol.opens("/settings/remove").submits("Remove this browser", pin=carol.pin)
        device = Device()
        device.is_set_up(alice)
        cookies = {name: alice.browser.cookie(name) or "" for name in COOKIES}
    for name in DATABASES:
        _settle(folder / name)
    return Evening(folder, clock.now_ms(), cookies, alice.activation_id, card, wire.answers, device)


@contextmanager
def next_day(evening: Evening, folder: Path) -> Iterator[Day]:
    """The morning after, in a folder of its own; the site has just started."""
    folder.mkdir()
    for name in DATABASES:
        shutil.copy(evening.folder / name, folder / name)
    clock, luck = ManualClock(evening.clock_ms + 86_400_000), repeatable("next day")
    with Backend(folder / DATABASES[0], clock=clock, random=luck) as sandbox:
        wire = FaultyWire(InMemoryTransport(sandbox, BACKEND_URL), clock, evening.answers)
        settings = make_settings(folder, sandbox.sdk_configuration(), policy=POLICY)
        site, bank = create_app(settings, transport=wire, clock=clock, random=luck), Bank(sandbox.admin)
        site.jinja_env.bytecode_cache = _TEMPLATES
        witness = Witness(bank, evening.activation_id)
        browser = witness.watches(site.test_client())
        for name, value in evening.cookies.items():
            browser.client.set_cookie(name, value)
        alice = Person("Alice", bank, browser, activation_id=evening.activation_id)
        yield Day(
            alice,
            bank,
            sandbox,
            Desk(sandbox),
            evening.device.is_copied(),
            wire,
            clock,
            witness,
            evening.card,
        )
    shutil.rmtree(folder)


def _prints_card(bank: Bank) -> str:
    """Two recovery cards would be one too many: the code of the one that Alice has."""
    settings = {"activationRecoveryEnabled": False, "recoveryPostcardEnabled": True}
    bank.admin("/recovery/config/update", {"applicationId": bank.application, **settings})
    asked = {"applicationId": bank.application, "userId": "Alice", "pukCount": 1}
    return str(bank.admin("/recovery/create", asked)["recoveryCode"])


def _settle(database: Path) -> None:
    """Bring the write-ahead log into the file, so that the file alone can be copied."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
