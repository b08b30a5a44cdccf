"""One signature at a time: the right to advance a record, across threads, processes and hosts.

A lease is a row with its holder and its end by the wall clock. It ends by itself, so a holder killed in
the middle blocks nobody for longer than it. Hosts that share a database keep their clocks within a few
seconds of each other. A waiter also watches with its monotonic clock: a holder that it has seen without a
change for the length of a lease is dead, whatever a clock that was set back says about the row.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from webapp.clock import Clock
from webapp.custody.errors import ActivationBusy, StoreUnavailable
from webapp.custody.record import Lease, to_text
from webapp.custody.store import ActivationStore
from webapp.randomness import Random

Sleep = Callable[[float], None]
Waited = Callable[[float], None]

_HOLDER_BYTES = 16
_FIRST_PAUSE_S = 0.005
_LONGEST_PAUSE_S = 0.050
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Leases:
    """Takes and ends leases of `lease_s` seconds; waits for one up to `wait_s`."""

    store: ActivationStore
    clock: Clock
    random: Random
    sleep: Sleep
    lease_s: float
    wait_s: float
    waited: Waited
    """Told how long each waited, in seconds; also who gave up."""

    @contextmanager
    def hold(self, record_id: str) -> Iterator[Lease]:
        """Hold the record's lease for the length of the block.

        Raises:
            ActivationBusy: others held it for as long as we waited.
            NotEnrolled: the record is gone.
        """
        began = self.clock.monotonic()
        try:
            lease = self._take(record_id, to_text(self.random(_HOLDER_BYTES)))
        finally:
            self.waited(self.clock.monotonic() - began)
        try:
            yield lease
        finally:
            self._release(lease)

    def new(self, record_id: str, holder: str) -> Lease:
        """A lease of full length from now."""
        return Lease(record_id, holder, self.clock.now_ms() + round(self.lease_s * 1000))

    def _take(self, record_id: str, holder: str) -> Lease:
        watch = _Watch(self.clock, self.lease_s)
        deadline = self.clock.monotonic() + self.wait_s
        pause_s = _FIRST_PAUSE_S
        while True:
            # Reading first keeps those who wait out of the way of those who write.
            seen = self.store.find_lease(record_id)
            dead = watch.dead_holder(seen)
            if seen is None or dead is not None or seen.expires_at_ms <= self.clock.now_ms():
                lease = self.new(record_id, holder)
                if self.store.take_lease(lease, now_ms=self.clock.now_ms(), dead=dead):
                    return lease
            remaining_s = deadline - self.clock.monotonic()
            if remaining_s <= 0:
                raise ActivationBusy(f"the activation was in use for {self.wait_s:g} s")
            self.sleep(min(pause_s, remaining_s))
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    def _release(self, lease: Lease) -> None:
        try:
            self.store.release_lease(lease)
        except StoreUnavailable as error:
            # What the block did is done and stored; its result must not be lost. The lease ends by itself.
            _log.warning("lease_not_released", record_id=lease.record_id, reason=str(error))


class _Watch:
    """Remembers since when the same lease has been seen unchanged."""

    def __init__(self, clock: Clock, lease_s: float) -> None:
        self._clock = clock
        self._lease_s = lease_s
        self._seen: Lease | None = None
        self._since = 0.0

    def dead_holder(self, seen: Lease | None) -> str | None:
        now = self._clock.monotonic()
        if seen != self._seen:
            self._seen, self._since = seen, now
        return seen.holder if seen and now - self._since >= self._lease_s else None
