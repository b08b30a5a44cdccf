"""Every exchange of every story meets every fault. Nobody is lied to, and nothing that matters is lost."""

from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.faults.catalogue import FOR_SIGNED, KINDS
from tests.faults.day import NEW_PIN, Day, Evening, first_day, next_day
from tests.faults.stories import STORIES, WRONG_PINS
from tests.faults.wire import Fault, is_counted, is_signed, path_of
from tests.support.browser import NotThere


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    return first_day(tmp_path_factory.mktemp("first-day"))


@pytest.fixture(scope="module")
def exchanges(evening: Evening, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[int, bool]]:
    """Which exchanges of each story are struck: those that no story before has in the same place.

    Whatever is signed is always struck, and everything after it. With each stands whether it is signed.
    """
    seen: set[tuple[str, ...]] = set()
    found: dict[str, dict[int, bool]] = {}
    for name, story in STORIES.items():
        with next_day(evening, tmp_path_factory.mktemp("recorded") / "day") as day:
            story(day)
            recorded = list(day.wire.requests)
            assert recorded, "a story without an exchange tells nothing"
            goes_on(day)
        paths = tuple(path_of(request) for request in recorded)
        signed = next((at for at, request in enumerate(recorded) if is_signed(request)), len(recorded))
        places = [paths[: at + 1] for at in range(len(paths))]
        struck = [at for at, place in enumerate(places) if at >= signed or place not in seen]
        found[name] = {at: is_signed(recorded[at]) for at in struck}
        seen.update(places)
    return found


@pytest.mark.parametrize("name", STORIES)
def test_whatever_goes_wrong_once(
    name: str, evening: Evening, exchanges: dict[str, dict[int, bool]], tmp_path: Path
):
    problems = []
    for number, signed in exchanges[name].items():
        for what, fault in faults_of(number, name, signed=signed).items():
            with next_day(evening, tmp_path / "day") as day:
                day.wire.strikes(fault, number)
                try:
                    happens(name, day)
                except AssertionError as error:
                    path = day.wire.struck.path if day.wire.struck else "?"
                    problems.append(f"{number} {path}, {what}: {error}")
    assert not problems, f"{len(problems)} of {name}:\n" + "\n".join(problems)


def test_over_all_the_stories_every_fault_has_its_turn(exchanges: dict[str, dict[int, bool]]):
    turns = {
        what
        for name, found in exchanges.items()
        for number, signed in found.items()
        for what in faults_of(number, name, signed=signed)
    }
    assert turns == set().union(*KINDS)


def faults_of(number: int, name: str, *, signed: bool) -> dict[str, Fault]:
    """The faults that this exchange meets."""
    turn = list(STORIES).index(name) + number
    faults = dict(FOR_SIGNED) if signed else {}
    for kind in KINDS:
        what = list(kind)[turn % len(kind)]
        faults[what] = kind[what]
    return faults


def happens(name: str, day: Day) -> None:
    """The story with its fault, and the day after it."""
    with suppress(NotThere):  # A page said no.
        STORIES[name](day)
    struck = day.wire.struck
    assert struck is not None, "the exchange did not take place"
    allowed = int(name in WRONG_PINS)
    if is_counted(struck.request):
        # A signature that comes twice costs an attempt; nobody here can keep the server from counting it.
        allowed += max(0, day.wire.times - 1)
    assert day.witness.failed_attempts <= allowed, "an attempt was spent"
    goes_on(day)


def goes_on(day: Day) -> None:
    """All is mended: Alice lists and approves as ever; whoever could not enrol does so with another code."""
    day.wire.is_mended()
    if day.bank.activation(day.alice.activation_id)["activationStatus"] == "REMOVED":
        return
    payment = day.bank.offers("Alice", "payment")
    page = day.alice.opens()
    if page.status == HTTPStatus.FORBIDDEN:
        page = day.alice.is_enrolled().opens()
    if day.has_typed_new_pin:
        # Who was not told, because that page could not be had, is told on the next one.
        day.alice.opens("/settings")
    pin = NEW_PIN if day.witness.has_new_pin else day.alice.pin
    assert page.path == "/operations", f"no list: {page.path} {page.heading!r}"
    assert page.status == 200
    assert f"/operations/{payment}" in page.html
    assert day.alice.approves(payment, pin).heading == "Approved"
    assert day.bank.status(payment) == "APPROVED"
