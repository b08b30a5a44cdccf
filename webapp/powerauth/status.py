"""The activation's status blob: 32 encrypted bytes that say how the activation stands.

The blob has no MAC. Whoever garbles it gets noise, so a wrong prefix means "no statement", not "removed".

Source: powerauth.md, section 8.
"""

from enum import IntEnum
from typing import Final

import msgspec

from webapp.powerauth import aes
from webapp.powerauth.errors import StatusUnreadable
from webapp.powerauth.kdf import derive, derive_internal

BLOB_BYTES: Final = 32
CHALLENGE_BYTES: Final = 16
_MAGIC = b"\xde\xc0\xde"
_IV_INDEX = 3000
_COUNTER_INDEX = 4000
_LOOK_AHEADS = range(1, 65)


class ActivationStatus(IntEnum):
    """The server's states of an activation."""

    CREATED = 1
    PENDING_COMMIT = 2
    ACTIVE = 3
    BLOCKED = 4
    REMOVED = 5


_STATUSES = {status.value: status for status in ActivationStatus}


class StatusBlob(msgspec.Struct, frozen=True):
    """What the blob says."""

    status: ActivationStatus
    current_version: int
    upgrade_version: int
    counter_byte: int
    failed_attempts: int
    max_failed_attempts: int
    look_ahead: int
    counter_hash: bytes  # 16 bytes

    def pack(self, reserved: bytes) -> bytes:
        """The 32 bytes before encryption; `reserved` are five random ones."""
        return b"".join(
            (
                _MAGIC,
                b"\xd1",
                bytes((self.status, self.current_version, self.upgrade_version)),
                reserved,
                bytes((self.counter_byte, self.failed_attempts, self.max_failed_attempts, self.look_ahead)),
                self.counter_hash,
            )
        )


def counter_key(transport_key: bytes) -> bytes:
    """KEY_TRANSPORT_CTR: hides the counter in the blob."""
    return derive(transport_key, _COUNTER_INDEX)


def counter_hash(transport_key: bytes, counter: bytes) -> bytes:
    """CTR_DATA_HASH, 16 bytes: lets both sides compare counters without showing them."""
    return derive_internal(counter_key(transport_key), counter)


def status_iv(transport_key: bytes, challenge: bytes, nonce: bytes) -> bytes:
    """The IV of the blob since 3.1; before, it is zero."""
    return derive_internal(derive(transport_key, _IV_INDEX), challenge + nonce)


def encrypt_status(transport_key: bytes, plain: bytes, iv: bytes = aes.ZERO_IV) -> bytes:
    """The server's side: encrypt the 32 packed bytes."""
    return aes.encrypt(transport_key, iv, plain)


def read_status(transport_key: bytes, blob: bytes, iv: bytes = aes.ZERO_IV) -> StatusBlob:
    """Decrypt and read the blob.

    Raises:
        StatusUnreadable: not 32 bytes, another prefix, or values that cannot be.
    """
    if len(blob) != BLOB_BYTES:
        raise StatusUnreadable("a status blob has 32 bytes")
    plain = aes.decrypt(transport_key, iv, blob)
    # The last half byte of the prefix counts versions of the blob, from 1.
    if plain[:3] != _MAGIC or plain[3] & 0xF0 != 0xD0 or plain[3] == 0xD0:  # noqa: PLR2004
        raise StatusUnreadable("another prefix")
    status = _STATUSES.get(plain[4])
    if status is None:
        raise StatusUnreadable("unknown state")
    return StatusBlob(
        status,
        current_version=plain[5],
        upgrade_version=plain[6],
        counter_byte=plain[12],
        failed_attempts=plain[13],
        max_failed_attempts=plain[14],
        look_ahead=plain[15],
        counter_hash=plain[16:],
    )


def has_counter(blob: StatusBlob) -> bool:
    """Whether look-ahead and hash can be used for synchronisation."""
    return blob.look_ahead in _LOOK_AHEADS
