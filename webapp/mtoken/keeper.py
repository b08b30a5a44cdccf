"""Where an activation lives between two steps, and how only one step changes it at a time.

`PowerAuth` reads and stores its activation through a `Keeper`. The library brings one that lives in
memory; the site's keeps the activation sealed in a database, under a lease.
"""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, runtime_checkable

from webapp.powerauth.state import ActivationState


class HeldState(Protocol):
    """The activation while nobody else can change it."""

    @property
    def state(self) -> ActivationState | None:
        """The state that was stored last."""
        ...

    def store(self, state: ActivationState) -> None:
        """Keep this state; when the call returns it is safe on disk."""
        ...


class Keeper(Protocol):
    """Keeps one activation."""

    def read(self) -> ActivationState | None:
        """The state as it is now, without waiting for anybody."""
        ...

    def exclusive(self) -> AbstractContextManager[HeldState]:
        """Wait until nobody else changes it, then keep everybody else out."""
        ...


@runtime_checkable
class ErasableKeeper(Keeper, Protocol):
    """A keeper whose activation can be forgotten through it."""

    def erase(self) -> None:
        """Forget the activation; nothing of it is left."""
        ...


class MemoryKeeper:
    """Keeps an activation in memory, for scripts, examples and tests; safe for threads."""

    def __init__(self, state: ActivationState | None = None) -> None:
        self.state = state
        self._lock = threading.RLock()

    def read(self) -> ActivationState | None:
        return self.state

    def store(self, state: ActivationState) -> None:
        self.state = state

    def erase(self) -> None:
        with self._lock:
            self.state = None

    @contextmanager
    def exclusive(self) -> Iterator[HeldState]:
        with self._lock:
            yield self
