"""A moment after which nobody waits any more, by the clock that never jumps."""

from dataclasses import dataclass
from typing import Self

from webapp.clock import Clock


@dataclass(frozen=True, slots=True)
class Deadline:
    """`ends_at` is in seconds of the clock's monotonic side."""

    clock: Clock
    ends_at: float

    @classmethod
    def after(cls, seconds: float, clock: Clock) -> Self:
        return cls(clock, clock.monotonic() + seconds)

    def left_s(self) -> float:
        """Seconds that are left, more than 0.

        Raises:
            TimeoutError: none are left.
        """
        left_s = self.ends_at - self.clock.monotonic()
        if left_s <= 0:
            raise TimeoutError("the whole exchange took too long")
        return left_s
