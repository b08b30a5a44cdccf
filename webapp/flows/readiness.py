"""Whether this instance can serve people: its database, its tables, and what it knows of the bank's server.

A server that cannot be reached is told and nothing more: the pages say it to people, too, and no restart of
this site brings the server back. Whoever asks is never kept waiting for it.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from webapp.clock import Clock
from webapp.custody.errors import StoreUnavailable
from webapp.errors import AssentError
from webapp.mtoken.exchanges import ExchangeNote

FRESH_S: Final = 30.0


class State(StrEnum):
    """How one part is."""

    OK = "ok"
    DEGRADED = "degraded"
    """It is not well, but people can be served."""
    FAILED = "failed"
    UNKNOWN = "unknown"
    """Nobody has asked yet."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """How the parts are. Ready is who has a database with the right tables."""

    database: State
    migrations: State
    backend: State

    @property
    def is_ready(self) -> bool:
        return self.database is State.OK and self.migrations is State.OK

    @property
    def state(self) -> State:
        if not self.is_ready:
            return State.FAILED
        return State.DEGRADED if self.backend is State.DEGRADED else State.OK


def in_background(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="backend-watch", daemon=True).start()


class BackendWatch:
    """Remembers how the last exchange with the server went; if that is long ago, asks in the background.

    Each worker knows what it has seen itself. Safe for threads.
    """

    def __init__(self, clock: Clock, *, run: Callable[[Callable[[], None]], None] = in_background) -> None:
        self._clock = clock
        self._run = run
        self._lock = threading.Lock()
        self._state = State.UNKNOWN
        self._seen_at: float | None = None
        self._asked_at: float | None = None

    def note(self, exchange: ExchangeNote) -> None:
        """Something was said, or could not be."""
        with self._lock:
            self._state = State.OK if exchange.result.is_sound else State.DEGRADED
            self._seen_at = self._clock.monotonic()

    def state(self, ask: Callable[[], object]) -> State:
        """What is known; `ask` is carried out later if that is old, and its exchange noted like any other."""
        with self._lock:
            now = self._clock.monotonic()
            is_due = all(at is None or now - at >= FRESH_S for at in (self._seen_at, self._asked_at))
            if is_due:
                self._asked_at = now
            known = self._state
        if is_due:
            self._run(lambda: _quietly(ask))
        return known


def readiness(is_migrated: Callable[[], bool], backend: Callable[[], State]) -> Readiness:
    """Look at everything."""
    try:
        migrations = State.OK if is_migrated() else State.FAILED
    except StoreUnavailable:
        return Readiness(State.FAILED, State.UNKNOWN, backend())
    return Readiness(State.OK, migrations, backend())


def _quietly(ask: Callable[[], object]) -> None:
    try:
        ask()
    except AssentError:
        return
