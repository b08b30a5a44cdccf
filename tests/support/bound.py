"""A browser that runs script as far as its own key goes: it makes one when it is enrolled, and signs with it.

It writes down by itself what it signs, so that a mistake of the site does not hide on both sides.
"""

import struct
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask.testing import FlaskClient

from tests.support.browser import Browser, Filled, Page
from webapp.powerauth.encoding import to_base64url

KEY, PROOF, NOTE = "proof_key", "proof", "proof_note"
COOKIES = ("__Host-sid", "__Host-key")


@dataclass
class BrowserKey:
    """A key of WebCrypto, in software."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def public(self) -> str:
        return to_base64url(
            self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        )

    def proves(self, address: str, fields: dict[str, str], method: str = "POST") -> str:
        """The proof of a form that is about to be sent there."""
        path, _, query = address.partition("?")
        others = sorted((_written(name), _written(value)) for name, value in fields.items() if name != PROOF)
        signed = b"".join(map(_sized, (b"assent/proof/1", method.encode(), path.encode(), query.encode())))
        signed += b"".join(_sized(name) + _sized(value) for name, value in others)
        r, s = decode_dss_signature(self.private.sign(signed, ec.ECDSA(SHA256())))
        return to_base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


class BoundBrowser(Browser):
    """Every page as to somebody without script, but for the forms that take its key or its proof."""

    def __init__(self, client: FlaskClient, language: str = "en", prefix: str = "") -> None:
        super().__init__(client, language, prefix)
        self.key: BrowserKey | None = None

    def posts(self, path: str, fields: dict[str, str]) -> Page:
        return super().posts(path, self.signed(path, fields))

    def signed(self, path: str, fields: dict[str, str]) -> dict[str, str]:
        """The form as it leaves."""
        if KEY in fields:
            self.key = BrowserKey()
            return {**fields, KEY: self.key.public}
        if PROOF in fields and self.key is not None:
            return {**fields, PROOF: self.key.proves(path, fields)}
        return fields

    def captured(self, filled: Filled) -> dict[str, str]:
        """What somebody in between would see of this form, proof and all."""
        return self.signed(filled.action, filled.values)


def steals(thief: Browser, victim: Browser) -> Browser:
    """All cookies, and nothing else."""
    for name in COOKIES:
        value = victim.cookie(name)
        assert value is not None
        thief.client.set_cookie(name, value)
    return thief


def _written(text: str) -> bytes:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n").encode()


def _sized(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value
