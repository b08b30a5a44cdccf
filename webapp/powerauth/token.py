"""MAC tokens: authentication of reads without a counter.

Source: powerauth.md, section 7.
"""

from dataclasses import dataclass, field

from webapp.powerauth.headers import token_header
from webapp.powerauth.kdf import hmac_sha256
from webapp.powerauth.protocol import SignatureType, Version
from webapp.randomness import Random


@dataclass(frozen=True, slots=True)
class Token:
    """A token of one activation, kept under a name of the client's choice."""

    name: str
    token_id: str
    secret: bytes = field(repr=False)  # 16 bytes
    signature_type: SignatureType  # the factors that it was made with

    def header(self, version: Version, *, random: Random, now_ms: int) -> str:
        """The value of `X-PowerAuth-Token` for one request, at the server's time."""
        nonce = random(16)
        digest = token_digest(version, self.secret, nonce, now_ms)
        return token_header(version, self.token_id, digest, nonce, now_ms)


def token_digest(version: Version, secret: bytes, nonce: bytes, timestamp_ms: int) -> bytes:
    """The 32-byte digest; from 3.2 on it covers the version."""
    signed = b"%b&%d" % (nonce, timestamp_ms)
    if version.signs_token_version:
        signed = b"%b&%b" % (signed, version.encode())
    return hmac_sha256(secret, signed)
