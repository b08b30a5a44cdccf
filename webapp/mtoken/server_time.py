"""The server's time, as well as this machine can know it.

The wall clock of the host is not trusted. One exchange tells the server's time; from then on a monotonic
clock carries it. When wall and monotonic clock drift apart, somebody set the clock or the machine slept:
then the server is asked again.

Source: powerauth.md, section 5.9; design.md (time).
"""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from webapp.clock import Clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_EXCHANGE_S: Final = 16.0
MAX_DRIFT_S: Final = 2.0
MAX_AGE_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class _Measurement:
    server_ms: float
    monotonic_s: float
    wall_ms: int


class ServerTime:
    """One server's clock; shared by all threads that speak to it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._measured: _Measurement | None = None

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch by the server's clock; by ours while it is not known."""
        measured = self._measured
        if measured is None:
            return self._clock.now_ms()
        return round(measured.server_ms + (self._clock.monotonic() - measured.monotonic_s) * 1000)

    def moment(self, local: datetime | None) -> datetime:
        """What the server's clock says now, or said when our wall clock said `local`."""
        local_ms = self._clock.now_ms()
        now = _EPOCH + timedelta(milliseconds=self.now_ms())
        return now if local is None else now - (_EPOCH + timedelta(milliseconds=local_ms) - local)

    @property
    def is_fresh(self) -> bool:
        """Whether the last measurement still holds."""
        measured = self._measured
        if measured is None:
            return False
        passed_s = self._clock.monotonic() - measured.monotonic_s
        wall_passed_s = (self._clock.now_ms() - measured.wall_ms) / 1000
        return passed_s < MAX_AGE_S and abs(wall_passed_s - passed_s) < MAX_DRIFT_S

    def forget(self) -> None:
        """The server's time is not known any more."""
        with self._lock:
            self._measured = None

    def started(self) -> float:
        """Call before an exchange; give the result to `learn` after it."""
        return self._clock.monotonic()

    def learn(self, server_ms: int, started: float, *, anew: bool = False) -> None:
        """Take the server's time out of an exchange that began at `started`.

        It was the server's time about half way; an exchange of more than 16 s says too little. What is
        known and still holds stays, except `anew`.
        """
        arrived = self._clock.monotonic()
        if arrived - started > MAX_EXCHANGE_S:
            return
        with self._lock:
            if anew or not self.is_fresh:
                half_way_ms = (arrived - started) / 2 * 1000
                self._measured = _Measurement(server_ms + half_way_ms, arrived, self._clock.now_ms())
