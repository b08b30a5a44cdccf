"""The values that custody keeps, hands out and takes back. Nothing here opens anything."""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class BrowserKeys:
    """The two cookies of one browser, each 32 random bytes in base64url without padding (43 letters)."""

    sid: str = field(repr=False)  # who it is
    half: str = field(repr=False)  # its half of the key


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """One activation as it lies in the database."""

    id: str
    revision: int  # 1 at admission, one more with every stored state
    sealed_state: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealedBrowser:
    """What lets one browser, together with the server, open one record."""

    sid_hash: bytes = field(repr=False)
    record_id: str
    expires_at_ms: int
    wrap: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealedReceipt:
    """What became of one form. The tags stand for the ids of form and operation and tell neither."""

    record_id: str
    ordinal: int  # 1, 2, 3 … within the record: the order in which receipts were kept
    form_tag: bytes = field(repr=False)
    operation_tag: bytes = field(repr=False)
    kept_at_ms: int
    sealed_content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to advance one record: whose, and until when."""

    record_id: str
    holder: str
    expires_at_ms: int


def hash_sid(sid: bytes) -> bytes:
    """All that the database knows of a sid. 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(sid).digest()


def generation_of(sid: bytes) -> str:
    """A short name of this sid for forms: 12 letters, neither the sid nor its hash in the database."""
    return to_text(hashlib.sha256(b"assent/custody/generation/1" + sid).digest()[:9])


def to_text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def read_secret(text: str) -> bytes | None:
    """The 32 bytes of a cookie; None for anything that `to_text` would not have written."""
    try:
        value = base64.urlsafe_b64decode(text + "=")
    except (binascii.Error, ValueError):
        return None
    return value if len(value) == SECRET_BYTES and to_text(value) == text else None
