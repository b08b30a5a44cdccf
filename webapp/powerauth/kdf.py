"""The protocol's key derivations.

Source: powerauth.md, section 1.
"""

import hashlib
import hmac

from webapp.powerauth.aes import encrypt_block

_LOW_HALF = (1 << 128) - 1


def fold(digest: bytes) -> bytes:
    """32 bytes → 16: the first half XOR the second."""
    number = int.from_bytes(digest, "big")
    return ((number >> 128) ^ (number & _LOW_HALF)).to_bytes(16, "big")


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """HMAC with SHA-256, 32 bytes."""
    return hmac.digest(key, message, "sha256")


def derive(key: bytes, index: int) -> bytes:
    """KDF: one AES block of the index under a 16-byte key → 16 bytes.

    The index (0 … 2⁶⁴−1) stands in the *last* eight bytes of the block.
    """
    return encrypt_block(key, bytes(8) + index.to_bytes(8, "big"))


def derive_internal(key: bytes, message: bytes) -> bytes:
    """KDF_INTERNAL: HMAC keyed by the 16-byte key, folded to 16 bytes."""
    return fold(hmac.digest(key, message, "sha256"))


def x963(secret: bytes, info: bytes, length: int) -> bytes:
    """X9.63 KDF with SHA-256: `length` bytes from a shared secret and shared information."""
    blocks = range(1, (length + 31) // 32 + 1)
    return b"".join(hashlib.sha256(secret + number.to_bytes(4, "big") + info).digest() for number in blocks)[
        :length
    ]


def pin_key(password: bytes, salt: bytes, iterations: int, length: int = 16) -> bytes:
    """PBKDF2 with HMAC-SHA1; the key that hides the knowledge key has 16 bytes."""
    return hashlib.pbkdf2_hmac("sha1", password, salt, iterations, length)
