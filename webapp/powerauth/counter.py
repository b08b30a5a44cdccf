"""The hash-based counter: logical time that client and server share, and how they meet again.

Source: powerauth.md, sections 6.6 and 6.8.
"""

import hashlib
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from webapp.powerauth.errors import CounterOutOfSync
from webapp.powerauth.kdf import derive_internal

COUNTER_BYTES: Final = 16
_LOW_HALF = (1 << 128) - 1


def next_counter(value: bytes) -> bytes:
    """The next CTR_DATA: SHA-256 of the current one, folded to 16 bytes."""
    number = int.from_bytes(hashlib.sha256(value).digest(), "big")
    return ((number >> 128) ^ (number & _LOW_HALF)).to_bytes(16, "big")


@dataclass(frozen=True, slots=True)
class HashCounter:
    """CTR_DATA, 16 bytes, and the low eight bits of how often it moved."""

    value: bytes = field(repr=False)
    byte: int = 0

    def next(self) -> "HashCounter":
        return HashCounter(next_counter(self.value), (self.byte + 1) & 0xFF)


class Synchronisation(Enum):
    """What the comparison with the server's counter came to."""

    IN_STEP = auto()  # equal, or the client a little ahead: the server's look-ahead will do
    MOVED = auto()  # the server was ahead; the client's counter has been moved: store it
    SIGN_SOON = auto()  # the client is far ahead: a signature with possession will bring the server along


def synchronise(
    counter: HashCounter, *, counter_key: bytes, server_hash: bytes, server_byte: int, look_ahead: int
) -> tuple[Synchronisation, HashCounter]:
    """Compare with the status blob and move forward if the server is ahead.

    Args:
        counter_key: KEY_TRANSPORT_CTR, 16 bytes.
        server_hash: CTR_DATA_HASH of the blob, 16 bytes.
        server_byte: low eight bits of the server's counter.
        look_ahead: how far the server looks ahead, 1 … 64.

    Raises:
        CounterOutOfSync: they cannot meet any more.
    """
    ahead = _steps_to(counter, counter_key, server_hash, look_ahead)
    distance = (counter.byte - server_byte + 128) % 256 - 128  # > 0: the client is ahead
    if ahead is None and distance > 0:
        if distance > look_ahead:
            raise CounterOutOfSync(f"the client is {distance} ahead")
        soon = distance > look_ahead // 2
        return (Synchronisation.SIGN_SOON if soon else Synchronisation.IN_STEP), counter
    if ahead is None or -distance != len(ahead):
        raise CounterOutOfSync("the server's counter was not found")
    if not ahead:
        return Synchronisation.IN_STEP, counter
    return Synchronisation.MOVED, HashCounter(ahead[-1], server_byte)


def _steps_to(counter: HashCounter, key: bytes, server_hash: bytes, look_ahead: int) -> list[bytes] | None:
    """The values after the client's up to the server's, or None when it is not within the look-ahead."""
    passed: list[bytes] = []
    value = counter.value
    for _ in range(look_ahead):
        if derive_internal(key, value) == server_hash:
            return passed
        value = next_counter(value)
        passed.append(value)
    return None
