"""The protocol's key derivations.

Source: powerauth.md, section 1.
"""

from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from webapp.powerauth.aes import encrypt_block

_LOW_HALF = (1 << 128) - 1
_INNER_PAD = bytes(octet ^ 0x36 for octet in range(256))
_OUTER_PAD = bytes(octet ^ 0x5C for octet in range(256))


def fold(digest: bytes) -> bytes:
    """32 bytes → 16: the first half XOR the second."""
    number = int.from_bytes(digest, "big")
    return ((number >> 128) ^ (number & _LOW_HALF)).to_bytes(16, "big")


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """HMAC with SHA-256, 32 bytes.

    Two calls of a hash cost half of one call of `hmac`; a test compares both.

    Source: RFC 2104, section 2.
    """
    if len(key) > 64:  # noqa: PLR2004 - a block of SHA-256
        key = sha256(key).digest()
    padded = key.ljust(64, b"\0")
    inner = sha256(padded.translate(_INNER_PAD) + message).digest()
    return sha256(padded.translate(_OUTER_PAD) + inner).digest()


def derive(key: bytes, index: int) -> bytes:
    """KDF: one AES block of the index under a 16-byte key → 16 bytes.

    The index (0 … 2⁶⁴−1) stands in the *last* eight bytes of the block.
    """
    return encrypt_block(key, bytes(8) + index.to_bytes(8, "big"))


def derive_internal(key: bytes, message: bytes) -> bytes:
    """KDF_INTERNAL: HMAC keyed by the 16-byte key, folded to 16 bytes."""
    return fold(hmac_sha256(key, message))


def x963(secret: bytes, info: bytes, length: int) -> bytes:
    """X9.63 KDF with SHA-256: `length` bytes from a shared secret and shared information."""
    blocks = range(1, (length + 31) // 32 + 1)
    return b"".join(sha256(secret + number.to_bytes(4, "big") + info).digest() for number in blocks)[:length]


def pin_key(password: bytes, salt: bytes, iterations: int, length: int = 16) -> bytes:
    """PBKDF2 with HMAC-SHA1; the key that hides the knowledge key has 16 bytes."""
    return PBKDF2HMAC(SHA1(), length, salt, iterations).derive(password)  # noqa: S303 - the protocol says so
