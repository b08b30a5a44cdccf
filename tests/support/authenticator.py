"""A device with a fingerprint sensor, in software. It makes passkeys, answers for its person, and goes wrong.

It speaks the bytes of W3C Web Authentication with `cryptography` alone, so that a mistake in the library that
the site uses does not hide on both sides. What the page's script does (HKDF, JSON) is done here, too.
"""

import hashlib
import hmac
import json
import os
import struct
from dataclasses import dataclass, field, replace
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.support.browser import ORIGIN, NotThere, Page
from tests.support.people import Person
from webapp.powerauth.encoding import from_base64url, to_base64url

PRESENT: Final = 0x01
VERIFIED: Final = 0x04
CAN_BE_BACKED_UP: Final = 0x08
IS_BACKED_UP: Final = 0x10
HAS_CREDENTIAL: Final = 0x40
FIELD: Final = "passkey"


@dataclass
class Stored:
    """One passkey in the device."""

    key: ec.EllipticCurvePrivateKey
    seed: bytes
    count: int = 0


@dataclass
class Device:
    """`flags` are those of an honest device that has checked its person; a test sets others.

    `steps` is how far its counter goes with every answer; 0: it keeps none.
    """

    origin: str = ORIGIN
    flags: int = PRESENT | VERIFIED
    steps: int = 1
    passkeys: dict[str, Stored] = field(default_factory=dict)

    # -- what people do with it -------------------------------------------------------------------

    def is_set_up(self, person: Person, pin: str | None = None, **flaws: Any) -> Page:
        """Add a passkey on the page for it."""
        page = person.opens("/passkey")
        return page.submits("Set it up", pin=pin or person.pin, passkey=self.makes(page, **flaws))

    def approves(self, person: Person, operation_id: str) -> Page:
        """Read everything, and put a finger on the sensor."""
        page = person.reads_screens(operation_id)
        return page.submits("Approve", **self.confirms(page))

    def asks(self, person: Person, **flaws: Any) -> Page:
        """Open the history with the finger."""
        page = person.opens("/history")
        return page.submits("Show the history", **self.confirms(page, "history", **flaws))

    # -- what the page does with it ---------------------------------------------------------------

    def makes(self, page: Page, **flaws: Any) -> str:
        """Ask the site for the page that makes a passkey, make one, and write what the script would post."""
        question = _asked(page, "/passkey/new", name=page.value("name") or "")
        return self.made(question, **flaws)

    def confirms(self, page: Page, purpose: str = "approve", **flaws: Any) -> dict[str, str | None]:
        """The fields of a form that is signed with the passkey: the script takes the PIN out."""
        return {FIELD: self.answered(self.asked(page, purpose), **flaws), "pin": None}

    def asked(self, page: Page, purpose: str = "approve") -> Any:
        """The question of the site for this page."""
        note = page.value("snapshot") or page.value("note") or ""
        return _asked(page, "/passkey/ask", purpose=purpose, snapshot=note)

    def made(self, question: Any, **flaws: Any) -> str:
        options = question["options"]
        identifier, stored = os.urandom(32), Stored(ec.generate_private_key(ec.SECP256R1()), os.urandom(32))
        self.passkeys[to_base64url(identifier)] = stored
        public = stored.key.public_key().public_numbers()
        credential = bytes(16) + struct.pack(">H", len(identifier)) + identifier + _cose(public)
        auth_data = self._auth_data(options["rp"]["id"], 0, HAS_CREDENTIAL, flaws) + credential
        attestation = b"\xa3cfmtdnonegattStmt\xa0hauthData" + _byte_string(auth_data)
        answer = {
            "note": question["note"],
            "client_data": self._client_data("webauthn.create", options["challenge"], flaws),
            "attestation": to_base64url(attestation),
            "transports": ["internal", "hybrid"],
            "key": self._key(stored, question["salt"]),
        }
        return json.dumps({**answer, **flaws.get("answer", {})})

    def answered(self, question: Any, **flaws: Any) -> str:
        options = question["options"]
        (wanted,) = options["allowCredentials"]
        stored = self.passkeys[wanted["id"]]
        stored.count += self.steps
        auth_data = self._auth_data(options["rpId"], flaws.get("count", stored.count), 0, flaws)
        client_data = self._client_data("webauthn.get", options["challenge"], flaws)
        signed = auth_data + hashlib.sha256(from_base64url(client_data)).digest()
        answer = {
            "note": question["note"],
            "id": wanted["id"],
            "client_data": client_data,
            "authenticator_data": to_base64url(auth_data),
            "signature": to_base64url(stored.key.sign(signed, ec.ECDSA(SHA256()))),
            "key": self._key(stored, question["salt"]),
        }
        return json.dumps({**answer, **flaws.get("answer", {})})

    def is_copied(self) -> "Device":
        """A second device with the same passkeys, as they are now."""
        return replace(self, passkeys={name: replace(one) for name, one in self.passkeys.items()})

    # -- bytes ------------------------------------------------------------------------------------

    def _auth_data(self, site: str, count: int, more: int, flaws: dict[str, Any]) -> bytes:
        flags = flaws.get("flags", self.flags) | more
        return hashlib.sha256(flaws.get("site", site).encode()).digest() + struct.pack(">BI", flags, count)

    def _client_data(self, kind: str, challenge: str, flaws: dict[str, Any]) -> str:
        content = {
            "type": flaws.get("kind", kind),
            "challenge": flaws.get("challenge", challenge),
            "origin": flaws.get("origin", self.origin),
            "crossOrigin": flaws.get("crossOrigin", False),
        }
        return to_base64url(json.dumps(content).encode())

    @staticmethod
    def _key(stored: Stored, salt: str) -> str:
        """The secret (PRF), and what the page makes of it."""
        evaluated = hashlib.sha256(b"WebAuthn PRF\0" + from_base64url(salt)).digest()
        secret = hmac.digest(stored.seed, evaluated, "sha256")
        return to_base64url(HKDF(SHA256(), length=32, salt=b"", info=b"assent/passkey/1").derive(secret))


def _asked(page: Page, address: str, **fields: str) -> Any:
    browser = page.browser
    fields = {"csrf_token": page.value("csrf_token") or "", "purpose": _purpose(page, address), **fields}
    response = browser.client.post(address, data=fields, headers=browser.headers, base_url=ORIGIN)
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.json


def _purpose(page: Page, address: str) -> str:
    if address not in page.html:
        raise NotThere(f"{page.heading!r} does not turn to the device")
    return "enrol" if 'data-purpose="enrol"' in page.html else "add"


def _cose(public: ec.EllipticCurvePublicNumbers) -> bytes:
    """A key for ES256 in CBOR: kty 2, alg -7, crv 1, x, y."""
    x, y = (number.to_bytes(32, "big") for number in (public.x, public.y))
    return b"\xa5\x01\x02\x03\x26\x20\x01\x21" + _byte_string(x) + b"\x22" + _byte_string(y)


def _byte_string(raw: bytes) -> bytes:
    head = b"\x58" + bytes([len(raw)]) if len(raw) < 256 else b"\x59" + struct.pack(">H", len(raw))
    return head + raw
