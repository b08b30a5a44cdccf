"""Every way in which a decision can end: its words, its status and the next step, each by its own story."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.support.bank import Bank
from tests.support.browser import Browser, Filled, Page
from tests.support.clock import ManualClock
from tests.support.people import Person
from tests.support.wire import Wire, answer_lost, error, refused, silence
from webapp.flows.outcome import OutcomeKind

AUTHORIZE, CANCEL, DETAIL = "/operation/authorize", "/operation/cancel", "/operation/detail"
WAITING, OPEN_AGAIN, STANDS = "Waiting operations", "Open the operation again", "How this browser stands"


@dataclass
class World:
    """Who takes part, and the payment that waits for Alice."""

    alice: Person
    bank: Bank
    wire: Wire
    clock: ManualClock
    database: Path
    browse: Callable[[], Browser]
    payment: str

    def approves(self) -> Page:
        return self.alice.approves(self.payment)

    def filled(self) -> Filled:
        """The form of an approval that Alice has not sent yet."""
        return self.alice.opens_operation(self.payment).fills("Approve", pin=self.alice.pin)


@pytest.fixture
def world(alice: Person, bank: Bank, wire: Wire, clock: ManualClock, browse, tmp_path: Path) -> World:
    payment = bank.offers("Alice", "payment")
    return World(alice, bank, wire, clock, tmp_path / "assent.sqlite", browse, payment)


def rejected(world: World) -> Page:
    return world.alice.rejects(world.payment)


def elsewhere(world: World) -> Page:
    filled = world.filled()
    phone = Person("Alice", world.bank, world.browse()).is_enrolled()
    phone.rejects(world.payment)
    return filled.is_sent()


def expired(world: World) -> Page:
    filled = world.filled()
    world.clock.advance(301)
    return filled.is_sent()


def canceled(world: World) -> Page:
    filled = world.filled()
    world.bank.cancels(world.payment)
    return filled.is_sent()


def failed(world: World) -> Page:
    large = world.bank.offers("Alice", "payment_warning")
    for _ in range(3):
        page = world.alice.approves(large, world.alice.wrong_pin, retyped="98000")
    return page


def wrong_pin(world: World) -> Page:
    return world.alice.approves(world.payment, world.alice.wrong_pin)


def wrong_pin_and_then_nobody_answers(world: World) -> Page:
    filled = world.alice.opens_operation(world.payment).fills("Approve", pin=world.alice.wrong_pin)
    world.wire.breaks("/operation/list", silence)
    return filled.is_sent()


def refused_approval(world: World) -> Page:
    world.wire.breaks(AUTHORIZE, error(401, "OPERATION_FAILED"))
    return world.approves()


def refused_rejection(world: World) -> Page:
    world.wire.breaks(CANCEL, error(401, "OPERATION_FAILED"))
    return world.alice.rejects(world.payment)


def refused_code(world: World) -> Page:
    nearby = world.bank.offers("Alice", "login_nearby")
    return world.alice.approves(nearby, code="00000000")


def not_sent(world: World) -> Page:
    world.wire.breaks(AUTHORIZE, refused)
    return world.approves()


def lost_and_waiting(world: World) -> Page:
    world.wire.breaks(AUTHORIZE, silence)
    return world.approves()


def lost_and_gone(world: World) -> Page:
    world.wire.breaks(AUTHORIZE, answer_lost)
    return world.approves()


def lost_and_dark(world: World) -> Page:
    def and_then_dark(request, transport):
        world.wire.breaks("", refused)
        return answer_lost(request, transport)

    world.wire.breaks(AUTHORIZE, and_then_dark)
    return world.approves()


def blocked(world: World) -> Page:
    filled = world.filled()
    world.bank.blocks(world.alice.activation_id)
    return filled.is_sent()


def removed(world: World) -> Page:
    filled = world.filled()
    world.bank.removes(world.alice.activation_id)
    return filled.is_sent()


def out_of_sync(world: World) -> Page:
    """The site's database is restored from a copy that is too old."""
    with closing(sqlite3.connect(world.database)) as site, closing(sqlite3.connect(":memory:")) as copy:
        site.backup(copy)
        for _ in range(25):
            world.alice.rejects(world.bank.offers("Alice", "consent"))
        filled = world.filled()
        copy.backup(site)
    return filled.is_sent()


def not_yours(world: World) -> Page:
    return world.alice.opens_operation(world.bank.offers("Bob", "payment"))


def unsupported_approval(world: World) -> Page:
    world.wire.breaks(AUTHORIZE, error(400, "OPERATION_REQUIRES_ACTIVATION_FLAG"))
    return world.approves()


def unsupported_rejection(world: World) -> Page:
    world.wire.breaks(CANCEL, error(400, "OPERATION_REQUIRES_ACTIVATION_FLAG"))
    return world.alice.rejects(world.payment)


@dataclass(frozen=True)
class End:
    """How a story ends: `says` is part of the page, `way` the link to what comes next."""

    kind: OutcomeKind
    story: Callable[[World], Page]
    status: int
    heading: str
    says: str
    way: str


ENDS = [
    End(OutcomeKind.APPROVED, World.approves, 200, "Approved", "accepted your approval", WAITING),
    End(OutcomeKind.REJECTED, rejected, 200, "Rejected", "will not be carried out", WAITING),
    End(OutcomeKind.ELSEWHERE, elsewhere, 409, "Already settled", "approved or rejected before", "history"),
    End(OutcomeKind.EXPIRED, expired, 410, "The time is over", "will not be carried out", WAITING),
    End(OutcomeKind.CANCELED, canceled, 410, "Withdrawn by the bank", "will not be carried out", WAITING),
    End(OutcomeKind.FAILED, failed, 409, "Stopped for your safety", "will not be carried out", WAITING),
    End(OutcomeKind.CREDENTIAL, wrong_pin, 422, "Payment", "4 attempts are left", "Reject"),
    End(
        OutcomeKind.CREDENTIAL,
        wrong_pin_and_then_nobody_answers,
        422,
        "Not accepted",
        "Nothing was approved. Your confirmation was not accepted.",
        OPEN_AGAIN,
    ),
    End(
        OutcomeKind.CHECK,
        refused_approval,
        409,
        "The bank refused the approval",
        "may well be right",
        OPEN_AGAIN,
    ),
    End(
        OutcomeKind.CHECK,
        refused_rejection,
        409,
        "The bank refused the rejection",
        "Nothing was rejected",
        OPEN_AGAIN,
    ),
    End(
        OutcomeKind.CHECK,
        refused_code,
        409,
        "The bank refused the approval",
        "the code from the other screen",
        OPEN_AGAIN,
    ),
    End(
        OutcomeKind.UNAVAILABLE,
        not_sent,
        503,
        "The bank did not take your answer",
        "Nothing was approved",
        OPEN_AGAIN,
    ),
    End(OutcomeKind.UNKNOWN, lost_and_waiting, 504, "Not settled yet", "is still waiting", OPEN_AGAIN),
    End(OutcomeKind.UNKNOWN, lost_and_gone, 504, "Nobody can say yet", "not how it ended", "history"),
    End(
        OutcomeKind.UNKNOWN,
        lost_and_dark,
        504,
        "Nobody can say yet",
        "it may have happened or not",
        "history",
    ),
    End(OutcomeKind.BLOCKED, blocked, 403, "This browser is blocked", "Nothing was approved", STANDS),
    End(
        OutcomeKind.REMOVED, removed, 410, "This browser is no longer enrolled", "new activation code", STANDS
    ),
    End(
        OutcomeKind.OUT_OF_SYNC,
        out_of_sync,
        409,
        "This browser has to be enrolled again",
        "lost their common count",
        STANDS,
    ),
    End(OutcomeKind.NOT_YOURS, not_yours, 403, "Not for you", "belongs to somebody else", WAITING),
    End(
        OutcomeKind.UNSUPPORTED,
        unsupported_approval,
        422,
        "This cannot be approved here",
        "reject it here",
        OPEN_AGAIN,
    ),
    End(
        OutcomeKind.UNSUPPORTED,
        unsupported_rejection,
        422,
        "This cannot be rejected here",
        "let it expire",
        OPEN_AGAIN,
    ),
]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.story.__name__)
def test_every_end_has_its_words_its_status_and_the_next_step(world: World, end: End):
    page = end.story(world)
    assert (page.status, page.heading) == (end.status, end.heading)
    assert end.says in page.text
    assert any(end.way in link for link in page.links)


def test_no_outcome_is_without_a_story():
    assert {end.kind for end in ENDS} == set(OutcomeKind)


def test_an_end_that_somebody_saw_is_told_to_nobody_else(world: World):
    world.approves()
    bob = replace(world.alice, name="Bob")
    bob.browser.opens("/activation/forget").submits("Forget")
    bob.is_enrolled()
    page = bob.opens(f"/operations/{world.payment}/result")
    assert page.heading != "Approved"
    assert "Payment" not in page.text
