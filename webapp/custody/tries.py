"""Tries at secrets, counted in the database, so that all workers count together.

A bucket holds so many tries; it fills up again evenly, a whole bucket in a period. A try is taken before
anything is sent and given back when it turns out not to have been a guess. What is stored of a bucket is the
moment at which it will be full again, under a keyed hash of whose it is: whoever reads the database learns
neither an address nor an activation.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from webapp.clock import Clock
from webapp.custody.errors import StoreUnavailable, TooManyTries
from webapp.custody.sealing import derive

_KEY_INFO: Final = b"assent/custody/tries/1"
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Rate:
    """So many tries at once, and as many again in every period of so many seconds."""

    tries: int
    period_s: int

    @property
    def interval_ms(self) -> int:
        """After so long there is one try more; rounded up, so that a period never holds more of them."""
        return -(-self.period_s * 1000 // self.tries)

    @property
    def window_ms(self) -> int:
        """After so long an empty bucket is full."""
        return self.tries * self.interval_ms


@dataclass(frozen=True, slots=True)
class Counted:
    """What a try counts against: `name` is the limit's, `whose` an address, an activation or a code."""

    name: str
    whose: str = field(repr=False)
    rate: Rate


@dataclass(frozen=True, slots=True)
class Bucket:
    """The same as the database sees it. `tag`: 32 bytes that stand for name and owner."""

    tag: bytes
    rate: Rate


class TriesStore(Protocol):
    """What the counter asks of a database; every verb is one transaction."""

    def take(self, buckets: Sequence[Bucket], *, now_ms: int) -> int:
        """Take a try from each bucket, or none at all. Returns 0, or in how many ms all of them have one."""
        ...

    def give_back(self, buckets: Sequence[Bucket], *, now_ms: int) -> None:
        """Put a try back into each bucket."""
        ...


class Tries:
    """Takes tries; threads may share it."""

    def __init__(self, store: TriesStore, secret: str, *, clock: Clock) -> None:
        self._store = store
        self._key = derive(secret.encode(), _KEY_INFO)
        self._clock = clock

    def take(self, *counted: Counted) -> "Try":
        """Take one try from all of these buckets.

        Raises:
            TooManyTries: one of them is empty, and none was touched.
            StoreUnavailable: nothing was counted, so nothing may be tried.
        """
        buckets = [Bucket(self._tag(one), one.rate) for one in counted]
        now_ms = self._clock.now_ms()
        wait_ms = self._store.take(buckets, now_ms=now_ms) if buckets else 0
        if wait_ms:
            _log.warning("too_many_tries", limits=[one.name for one in counted])
            raise TooManyTries(retry_after_s=-(-wait_ms // 1000))
        return Try(self._store, buckets, now_ms, self._clock)

    def _tag(self, counted: Counted) -> bytes:
        text = f"{counted.name}\n{counted.whose}"
        return hmac.digest(self._key, text.encode(errors="surrogatepass"), "sha256")


@dataclass(frozen=True, slots=True)
class Try:
    """A try that was taken."""

    _store: TriesStore
    _buckets: Sequence[Bucket]
    _taken_at_ms: int
    _clock: Clock

    def give_back(self) -> None:
        """It was no guess. What came back by itself meanwhile is not given back twice."""
        now_ms = self._clock.now_ms()
        age_ms = now_ms - self._taken_at_ms
        buckets = [one for one in self._buckets if 0 <= age_ms < one.rate.interval_ms]
        try:
            if buckets:
                self._store.give_back(buckets, now_ms=now_ms)
        except StoreUnavailable as error:
            # What was tried is done, and its result must not be lost. The bucket fills up by itself.
            _log.warning("try_not_given_back", reason=str(error))
