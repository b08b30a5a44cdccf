"""What people do in a soak, who is killed meanwhile, and what is counted afterwards."""

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.soak.instances import CUT, Running
from tests.support.browser import NotThere, Page
from tests.support.people import Person

CLAIMS = {"Approved": "APPROVED", "Rejected": "REJECTED"}
PATIENCE_S = 60.0
_LUCK = secrets.SystemRandom()


@dataclass
class Result:
    """What it came to; everything but the first line has to be zero, and somebody has to have approved."""

    approved: int
    kills: int
    cut: int
    spent: int
    lost: int
    doubled: int
    problems: list[str]

    @property
    def is_well(self) -> bool:
        return self.approved > 0 and self.spent == self.lost == self.doubled == 0

    def said(self) -> str:
        counts = f"{self.kills} workers killed, {self.cut} requests cut off"
        return "\n".join(
            (
                f"approvals done = {self.approved} ({counts})",
                f"attempts spent = {self.spent}",
                f"lost = {self.lost}",
                f"doubled = {self.doubled}",
                *self.problems,
            )
        )


@dataclass
class Soak:
    """One run. `claimed` is what pages said of operations, `open` what nobody said anything final of."""

    running: Running
    people: int
    claimed: dict[str, str] = field(default_factory=dict)
    open: list[tuple[Person, str]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, seconds: float) -> Result:
        with ThreadPoolExecutor(self.people) as pool:
            names = [f"Person {number}" for number in range(self.people)]
            people = list(pool.map(self.running.enrolled, names))
            ends_at = time.monotonic() + seconds
            working = [pool.submit(self._works, person, ends_at) for person in people]
            self._kills_until(ends_at)
            for one in working:
                one.result()
            self._finishes(people)
        lost = len(self.problems) + sum(
            self.running.bank.status(operation_id) != status for operation_id, status in self.claimed.items()
        )
        notes = self.running.notes
        approved = sum(status == "APPROVED" for status in self.claimed.values())
        return Result(
            approved,
            self.counts["kills"],
            self.counts["cut"],
            notes.refused,
            lost,
            notes.doubled,
            self.problems,
        )

    def _works(self, person: Person, ends_at: float) -> None:
        """Read, look things up, approve and reject, whatever is cut off on the way."""
        while time.monotonic() < ends_at:
            operation_id = self.running.bank.offers(person.name, "payment")
            act = _LUCK.choice((person.approves, person.approves, person.rejects))
            self._tries(person, _LUCK.choice((person.opens, lambda: looks_up(person))))
            self._decides(person, operation_id, act)

    def _decides(self, person: Person, operation_id: str, act: Callable[[str], Page]) -> None:
        page = self._tries(person, lambda: act(operation_id))
        with self._lock:
            if page is not None and page.heading in CLAIMS:
                self.claimed[operation_id] = CLAIMS[page.heading]
            else:
                self.open.append((person, operation_id))

    def _tries(self, person: Person, act: Callable[[], Page]) -> Page | None:
        try:
            page = act()
        except CUT:
            with self._lock:
                self.counts["cut"] += 1
            return None
        except NotThere:
            # The page said no; what it said is the last one.
            page = person.browser.pages[-1]
        person.browser.pages.clear()
        if page.status == 500:
            self._complains(f"{person.name}: {page.path} made a mistake")
        return page

    def _kills_until(self, ends_at: float) -> None:
        while (left := ends_at - time.monotonic()) > 0:
            time.sleep(min(left, 1.0 + 2 * _LUCK.random()))
            # While one is being replaced there are fewer.
            self.running.kills(_LUCK.choice(self.running.workers()))
            self.counts["kills"] += 1

    def _finishes(self, people: list[Person]) -> None:
        """Nobody is killed any more: each brings to an end what was left open, and approves as ever."""
        ends_at = time.monotonic() + PATIENCE_S

        def finish(person: Person) -> None:
            left = [operation_id for whose, operation_id in self.open if whose is person]
            left.append(self.running.bank.offers(person.name, "payment"))
            while left and time.monotonic() < ends_at:
                for operation_id in left:
                    self._decides(person, operation_id, person.approves)
                left = [one for one in left if self.running.bank.status(one) == "PENDING"]
            for operation_id in left:
                self._complains(f"{person.name} cannot bring {operation_id} to an end")

        with ThreadPoolExecutor(len(people)) as pool:
            list(pool.map(finish, people))

    def _complains(self, what: str) -> None:
        with self._lock:
            self.problems.append(what)


def looks_up(person: Person) -> Page:
    """The history asks for the PIN and is signed, as an approval is."""
    return person.opens("/history").submits("Show the history", pin=person.pin)
