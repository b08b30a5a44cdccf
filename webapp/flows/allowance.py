"""How much CPU something may use: asked between two steps, each of which is short.

CPU that was used is no time of day: it tells how much work was done, however busy the machine is.
"""

import time
from collections.abc import Callable

HasTime = Callable[[], bool]
"""Whether there is time for another step."""


def allowance(limit_s: float, *, used_s: Callable[[], float] = time.thread_time) -> HasTime:
    """An allowance of CPU seconds that begins now; `used_s` counts them, from wherever it likes."""
    end_s = used_s() + limit_s
    return lambda: used_s() < end_s
