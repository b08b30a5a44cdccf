"""The factors of a signature: how their keys rest, and what a caller brings to unlock them.

The knowledge key rests under a key from the PIN, without padding, checksum or MAC, on purpose: a wrong
PIN unlocks a wrong but equally plausible key, and only the server can tell. Anything here that could
verify a PIN would let a thief of the record try all of them at home.

Source: powerauth.md, section 3.5.
"""

from dataclasses import dataclass, field
from typing import Final, Self

from webapp.powerauth import aes
from webapp.powerauth.errors import FactorMissing
from webapp.powerauth.kdf import pin_key
from webapp.powerauth.password import Password, PasswordLike, password_bytes
from webapp.powerauth.protocol import SignatureType

ITERATIONS: Final = 10_000
MIN_PASSWORD_BYTES: Final = 4
KEY_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class ProtectedKnowledgeKey:
    """KEY_SIGNATURE_KNOWLEDGE under the PIN: 16 bytes, with salt (16 bytes) and iterations in clear."""

    wrapped: bytes = field(repr=False)
    salt: bytes = field(repr=False)
    iterations: int

    @classmethod
    def protect(cls, key: bytes, password: bytes, *, salt: bytes, iterations: int = ITERATIONS) -> Self:
        """Hide the key; every new PIN takes a new salt."""
        wrapped = aes.encrypt(pin_key(check_password(password), salt, iterations), aes.ZERO_IV, key)
        return cls(wrapped, salt, iterations)

    def unlock(self, password: bytes) -> bytes:
        """The key, if the PIN is right; other 16 bytes if it is not. Nobody here can tell."""
        return aes.decrypt(pin_key(password, self.salt, self.iterations), aes.ZERO_IV, self.wrapped)

    def changed(self, old: bytes, new: bytes, *, salt: bytes) -> Self:
        """Under another PIN and another salt.

        A wrong old PIN loses the key for ever, and nobody here can tell: let the server check it first.
        """
        return self.protect(self.unlock(old), new, salt=salt)


def check_password(password: bytes) -> bytes:
    """The PIN or password, if it can protect anything.

    Raises:
        ValueError: it cannot.
    """
    if len(password) < MIN_PASSWORD_BYTES:
        raise ValueError("a PIN or password has at least four bytes")
    return password


def check_biometry_key(wrapping_key: bytes) -> bytes:
    """The key that is to wrap the biometry key, if it can.

    Raises:
        ValueError: it cannot.
    """
    if len(wrapping_key) != KEY_BYTES or not any(wrapping_key):
        raise ValueError("a biometry key has 16 bytes that are not all zero")
    return wrapping_key


def wrap_biometry_key(key: bytes, wrapping_key: bytes) -> bytes:
    """KEY_SIGNATURE_BIOMETRY under a key of 16 bytes that the person's device keeps."""
    return aes.encrypt(check_biometry_key(wrapping_key), aes.ZERO_IV, key)


@dataclass(frozen=True, slots=True)
class PowerAuthAuthentication:
    """The factors of exactly one call. Made by `possession`, `password` or `biometry`."""

    signature_type: SignatureType
    secret: bytes | Password = field(default=b"", repr=False)

    @classmethod
    def possession(cls) -> Self:
        """The activation alone."""
        return cls(SignatureType.POSSESSION)

    @classmethod
    def password(cls, password: PasswordLike) -> Self:
        """The activation and the PIN or password; a `Password` must not be wiped before the call."""
        secret = password.encode() if isinstance(password, str) else password
        return cls(SignatureType.POSSESSION_KNOWLEDGE, secret)

    @classmethod
    def biometry(cls, wrapping_key: bytes) -> Self:
        """The activation and biometry: the 16-byte key that unlocks the biometry key."""
        return cls(SignatureType.POSSESSION_BIOMETRY, wrapping_key)

    def reveal(self) -> bytes:
        """The PIN, or the key that unlocks biometry.

        Raises:
            FactorMissing: it is empty, or was wiped; a signature with it would only cost an attempt.
        """
        secret = password_bytes(self.secret)
        if not secret:
            raise FactorMissing("no PIN, or one that was wiped")
        return secret
