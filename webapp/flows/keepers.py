"""How the library's `Keeper` is kept here: sealed, by custody.

Both are made for one request and used by one thread.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from webapp.custody.activation import HeldActivation, OpenActivation
from webapp.custody.custody import Custody
from webapp.flows.visitor import Visitor
from webapp.mtoken.keeper import HeldState
from webapp.powerauth.state import ActivationState


class Reading:
    """Reads without a lease, and takes one only when something has to be stored."""

    def __init__(self, custody: Custody[ActivationState], visitor: Visitor) -> None:
        self._custody = custody
        self._visitor = visitor
        self.opened: OpenActivation[ActivationState] = custody.open(visitor.sid, visitor.half)
        self._state = self.opened.state
        self._held: HeldActivation[ActivationState] | None = None

    def read(self) -> ActivationState:
        return self._state if self._held is None else self._held.state

    @contextmanager
    def exclusive(self) -> Iterator[HeldState]:
        if self._held is not None:
            yield self._held
            return
        with self._custody.hold(self._visitor.sid, self._visitor.half) as held:
            self._held = held
            try:
                yield held
            finally:
                self._state, self._held = held.state, None


class Holding:
    """The lease is held already, for the whole of a use case."""

    def __init__(self, held: HeldActivation[ActivationState]) -> None:
        self.held = held

    def read(self) -> ActivationState:
        return self.held.state

    @contextmanager
    def exclusive(self) -> Iterator[HeldState]:
        yield self.held
