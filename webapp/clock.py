"""What "now" is, as something that can be passed in. Only this file reads the machine's clocks."""

import time
from typing import Protocol


class Clock(Protocol):
    """A wall clock that may jump and a monotonic one that may not."""

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never goes back."""
        ...


class SystemClock:
    """The clocks of this machine."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        return time.monotonic()
