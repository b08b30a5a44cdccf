"""Authenticated encryption at rest: one envelope for all, and the data key of a record.

A sealed value, in bytes:

    version 1 │ length of key id 1 │ key id │ salt (32 in wraps, else 0) │ nonce 12 │ ciphertext │ tag 16

AES-256-GCM with a random nonce. The associated data is the envelope up to the nonce and then what the
value is bound to, each with its length (4 bytes, big endian) before it. `docs/custody.md` lists them all.
"""

import hmac
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from webapp.custody.errors import RecordDamaged
from webapp.custody.record import SealedReceipt
from webapp.randomness import Random

VERSION = 1
KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
KEY_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class Envelope:
    """A sealed value taken apart, not yet opened."""

    key_id: bytes
    salt: bytes
    nonce: bytes
    ciphertext: bytes = field(repr=False)  # with its tag

    @classmethod
    def read(cls, sealed: bytes, *, salt_bytes: int = 0) -> Self:
        """Raises RecordDamaged: too short, or of a version that this code does not know."""
        if sealed[:1] != bytes([VERSION]):
            raise RecordDamaged("a sealed value is of no known version")
        salt_at = 2 + int.from_bytes(sealed[1:2])
        nonce_at = salt_at + salt_bytes
        ciphertext_at = nonce_at + NONCE_BYTES
        if len(sealed) < ciphertext_at + TAG_BYTES:
            raise RecordDamaged("a sealed value is cut short")
        return cls(
            sealed[2:salt_at],
            sealed[salt_at:nonce_at],
            sealed[nonce_at:ciphertext_at],
            sealed[ciphertext_at:],
        )

    def open(self, key: bytes, *bound: bytes) -> bytes:
        """The content. Raises cryptography's InvalidTag; the caller knows what that means."""
        associated = sized(_header(self.key_id, self.salt), *bound)
        return AESGCM(key).decrypt(self.nonce, self.ciphertext, associated)


def seal(
    key: bytes, key_id: bytes, content: bytes, *bound: bytes, random: Random, salt: bytes = b""
) -> bytes:
    """Encrypt the content under a key of 32 bytes and tie it to what it is bound to."""
    header = _header(key_id, salt)
    nonce = random(NONCE_BYTES)
    return header + nonce + AESGCM(key).encrypt(nonce, content, sized(header, *bound))


def derive(secret: bytes, info: bytes, *, salt: bytes | None = None, length: int = KEY_BYTES) -> bytes:
    """HKDF-SHA256 (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)


def number(value: int) -> bytes:
    """Eight bytes, big endian, signed: whatever a database's integer column can hold."""
    return value.to_bytes(8, "big", signed=True)


@dataclass(frozen=True, slots=True)
class DataKey:
    """The random key of one record. It seals the state and the receipts, and hides their ids."""

    record_id: str
    secret: bytes = field(repr=False)  # 32 bytes

    @classmethod
    def generate(cls, record_id: str, random: Random) -> Self:
        return cls(record_id, random(KEY_BYTES))

    def seal_state(self, content: bytes, revision: int, *, random: Random) -> bytes:
        return seal(self.secret, self._id, content, *self._state_bound(revision), random=random)

    def unseal_state(self, sealed: bytes, revision: int) -> bytes:
        """Raises RecordDamaged: changed, of another record, or of another revision."""
        return self._unseal(sealed, *self._state_bound(revision))

    def seal_receipt(
        self,
        content: bytes,
        *,
        ordinal: int,
        form_tag: bytes,
        operation_tag: bytes,
        kept_at_ms: int,
        random: Random,
    ) -> SealedReceipt:
        bound = self._receipt_bound(ordinal, form_tag, operation_tag, kept_at_ms)
        sealed = seal(self.secret, self._id, content, *bound, random=random)
        return SealedReceipt(self.record_id, ordinal, form_tag, operation_tag, kept_at_ms, sealed)

    def unseal_receipt(self, receipt: SealedReceipt) -> bytes:
        """Raises RecordDamaged: changed, moved, or of another record."""
        bound = self._receipt_bound(
            receipt.ordinal, receipt.form_tag, receipt.operation_tag, receipt.kept_at_ms
        )
        return self._unseal(receipt.sealed_content, *bound)

    def tag(self, purpose: str, text: str) -> bytes:
        """Stands for an id in the database: the same id gives the same 32 bytes, only under this key."""
        key = derive(self.secret, f"assent/custody/tag/{purpose}/{VERSION}".encode())
        return hmac.digest(key, text.encode(), "sha256")

    @property
    def _id(self) -> bytes:
        return derive(self.secret, f"assent/custody/key-id/{VERSION}".encode(), length=KEY_ID_BYTES)

    def _state_bound(self, revision: int) -> tuple[bytes, ...]:
        return b"state", self.record_id.encode(), number(revision)

    def _receipt_bound(
        self, ordinal: int, form_tag: bytes, operation_tag: bytes, kept_at_ms: int
    ) -> tuple[bytes, ...]:
        return (
            b"receipt",
            self.record_id.encode(),
            number(ordinal),
            form_tag,
            operation_tag,
            number(kept_at_ms),
        )

    def _unseal(self, sealed: bytes, *bound: bytes) -> bytes:
        try:
            return Envelope.read(sealed).open(self.secret, *bound)
        except InvalidTag as error:
            raise RecordDamaged(f"the seal of a {bound[0].decode()} is broken") from error


def envelope_head(key_id: bytes) -> bytes:
    """How every envelope under the key of this id begins."""
    return bytes([VERSION, len(key_id)]) + key_id


def _header(key_id: bytes, salt: bytes) -> bytes:
    return envelope_head(key_id) + salt


def sized(*parts: bytes) -> bytes:
    """The parts, each behind its length, so that nothing can move from one to another."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
