"""What a device is asked to confirm: a signed note, whose digest is the challenge.

Nothing is kept between question and answer. The note travels in the form; it says what the answer is for,
and the device's signature covers its digest. So an answer fits one purpose, one form and one session, and
for two minutes only.
"""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import msgspec
from itsdangerous import BadSignature, URLSafeSerializer

from webapp.clock import Clock
from webapp.flows.passkey_errors import PasskeyExpired, PasskeyForeign
from webapp.powerauth.encoding import to_base64url
from webapp.randomness import Random

LIFETIME_S: Final = 120
SALT_BYTES: Final = 32
_NONCE_BYTES = 16


class Purpose(StrEnum):
    """What a device is asked for."""

    ENROL = "enrol"
    """To make a passkey for an activation that does not exist yet."""
    ADD = "add"
    APPROVE = "approve"
    OFFLINE = "offline"
    HISTORY = "history"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Occasion:
    """What an answer is good for.

    `generation` is the session's, empty before there is one. `subject` stands for the form: SHA-256 of its
    snapshot, which itself names the operation, the digest of its data, the rendering and the form.
    """

    purpose: Purpose
    generation: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """One question. `salt` is what a new passkey's secret depends on, 32 bytes in Base64url."""

    occasion: Occasion
    made_at_ms: int
    nonce: str = field(repr=False)
    salt: str = field(repr=False)


class Notes:
    """Makes and opens notes under the site's secret."""

    def __init__(self, secret: str, *, clock: Clock, random: Random) -> None:
        self._serializer = URLSafeSerializer(
            secret, salt="assent.passkey.1", signer_kwargs={"digest_method": hashlib.sha256}
        )
        self._clock = clock
        self._random = random

    def make(self, occasion: Occasion) -> tuple[str, Note]:
        """The text for the form, and what it says."""
        nonce, salt = (to_base64url(self._random(size)) for size in (_NONCE_BYTES, SALT_BYTES))
        note = Note(occasion, self._clock.now_ms(), nonce, salt)
        return str(self._serializer.dumps(msgspec.to_builtins(note))), note

    def open(self, text: str, occasion: Occasion) -> Note:
        """Take a note back from a form.

        Raises:
            PasskeyForeign: not ours, altered, or made for another occasion.
            PasskeyExpired: further from now than two minutes, either way: clocks are set, too.
        """
        try:
            note = msgspec.convert(self._serializer.loads(text), Note)
        except (BadSignature, msgspec.ValidationError) as error:
            raise PasskeyForeign(type(error).__name__) from None
        if note.occasion != occasion:
            raise PasskeyForeign("made for another occasion")
        if abs(self._clock.now_ms() - note.made_at_ms) > LIFETIME_S * 1000:
            raise PasskeyExpired
        return note


def challenge_of(text: str) -> bytes:
    """What the device signs for this note: 32 bytes."""
    return hashlib.sha256(text.encode()).digest()


def subject_of(snapshot: str) -> str:
    """Stands for exactly this snapshot."""
    return to_base64url(hashlib.sha256(snapshot.encode()).digest())
