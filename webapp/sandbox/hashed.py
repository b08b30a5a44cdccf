"""How short secrets of people are kept: one-time passwords and PUKs, salted and hashed.

Source: powerauth.md, section 3.6.
"""

import hashlib
import hmac
from typing import Final

SALT_BYTES: Final = 16


def hash_secret(secret: str, salt: bytes) -> bytes:
    """How an OTP or a PUK is kept: 16 bytes of salt, 32 of scrypt."""
    # Cheap enough for tests; a file of the sandbox is no place for secrets of real people.
    return salt + hashlib.scrypt(secret.encode(), salt=salt, n=1024, r=8, p=1, dklen=32)


def is_secret(secret: str, hashed: bytes) -> bool:
    """Whether this was hashed."""
    return hmac.compare_digest(hash_secret(secret, hashed[:SALT_BYTES]), hashed)
