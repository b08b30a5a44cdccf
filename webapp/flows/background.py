"""Questions that nobody waits for: asked by few at a time, and not at all while the other side is slow.

A page that works without the answer may ask. What it must never do is hold the threads that answer people
who approve something, so this bounds how many threads such a question can hold, and for how long.
"""

import threading
from collections.abc import Callable
from typing import Final, TypeVar

from webapp.clock import Clock
from webapp.errors import AssentError

T = TypeVar("T")

MOST_AT_ONCE: Final = 2
SLOW_S: Final = 3.0
REST_S: Final = 60.0


class Background:
    """One kind of question, for all threads of this process."""

    def __init__(self) -> None:
        self._seats = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._rests_until_s = float("-inf")

    def ask(self, question: Callable[[], T], clock: Clock, *, tires: type[AssentError]) -> T | None:
        """The answer, or None: too many are asking, it rests, or there is none.

        Args:
            question: may raise any of our errors.
            clock: by whose monotonic side it rests, for a minute after an answer that took 3 s.
            tires: the error after which it rests, too. Any other is one visitor's own.
        """
        started_s = clock.monotonic()
        if started_s < self._rests_until_s or not self._seats.acquire(blocking=False):
            return None
        try:
            return question()
        except tires:
            self._rests_until_s = clock.monotonic() + REST_S
            return None
        except AssentError:
            return None
        finally:
            self._seats.release()
            if clock.monotonic() - started_s >= SLOW_S:
                self._rests_until_s = clock.monotonic() + REST_S
