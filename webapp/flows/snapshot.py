"""What you see is what you sign: the signed note that travels in the form of a decision.

The note says which operation was shown, with which data, how it was rendered, in which language, to
which session, in which form, when, and after how many screens. It holds digests only, nothing of the
operation itself.

Source: design.md (what you see is what you sign).
"""

import hashlib
from dataclasses import dataclass, field
from typing import Final

import msgspec
from itsdangerous import BadSignature, URLSafeSerializer

from webapp.clock import Clock
from webapp.flows.errors import SnapshotExpired, SnapshotForeign, SnapshotForged
from webapp.mtoken.operation import UserOperation
from webapp.powerauth.encoding import to_base64url
from webapp.randomness import Random

LIFETIME_S: Final = 15 * 60
_FORM_ID_BYTES = 12


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One operation as it was shown in one form. Digests are SHA-256 in Base64url.

    `passed` counts the screens before the operation that were passed on the way to this form. `form_id` is
    random; what is kept about a form goes by it, or is sealed with it.
    """

    operation_id: str
    data_digest: str
    rendering_digest: str
    languages: str
    generation: str
    form_id: str = field(repr=False)
    made_at_ms: int
    passed: int = 0

    def shows(self, operation: UserOperation) -> bool:
        """Whether this is exactly what was shown."""
        return (self.data_digest, self.rendering_digest) == _digests(operation)


class Snapshots:
    """Makes and opens snapshots under the site's secret."""

    def __init__(self, secret: str, *, clock: Clock, random: Random) -> None:
        self._serializer = URLSafeSerializer(
            secret, salt="assent.snapshot.1", signer_kwargs={"digest_method": hashlib.sha256}
        )
        self._clock = clock
        self._random = random

    def make(self, operation: UserOperation, *, languages: str, generation: str, passed: int = 0) -> str:
        """The text for the form's hidden field."""
        data_digest, rendering_digest = _digests(operation)
        return self._sign(
            Snapshot(
                operation.id,
                data_digest,
                rendering_digest,
                languages,
                generation,
                self._new_form_id(),
                self._clock.now_ms(),
                passed,
            )
        )

    def make_of_text(self, text: str, *, generation: str) -> str:
        """The same for what is all in a text: an operation from a QR code, or the name of a step."""
        digest = _digest(text.encode())
        now_ms = self._clock.now_ms()
        return self._sign(Snapshot(_id_of(text), digest, digest, "", generation, self._new_form_id(), now_ms))

    def open(self, text: str, *, operation_id: str, generation: str) -> Snapshot:
        """Take a snapshot back from a form.

        Raises:
            SnapshotForged: not ours, altered, or of another operation.
            SnapshotForeign: of another session.
            SnapshotExpired: further from now than a quarter of an hour, either way: clocks are set, too.
        """
        try:
            snapshot = msgspec.convert(self._serializer.loads(text), Snapshot)
        except (BadSignature, msgspec.ValidationError) as error:
            raise SnapshotForged(type(error).__name__) from None
        if snapshot.operation_id != operation_id:
            raise SnapshotForged("another operation")
        if snapshot.generation != generation:
            raise SnapshotForeign
        if abs(self.age_ms(snapshot)) > LIFETIME_S * 1000:
            raise SnapshotExpired
        return snapshot

    def open_of_text(self, note: str, *, text: str, generation: str) -> Snapshot:
        """Take a note about exactly this text back; raises what `open` raises."""
        return self.open(note, operation_id=_id_of(text), generation=generation)

    def age_ms(self, snapshot: Snapshot) -> int:
        """How long ago the form was made."""
        return self._clock.now_ms() - snapshot.made_at_ms

    def _sign(self, snapshot: Snapshot) -> str:
        return str(self._serializer.dumps(msgspec.to_builtins(snapshot)))

    def _new_form_id(self) -> str:
        return to_base64url(self._random(_FORM_ID_BYTES))


def _id_of(text: str) -> str:
    """Stands for the identifier that such an operation has at the bank, and may have there twice."""
    return f"offline/{_digest(text.encode())}"


def _digests(operation: UserOperation) -> tuple[str, str]:
    rendered = msgspec.json.encode(
        [operation.name, operation.form_data, operation.allowed_signature_type, operation.ui]
    )
    return _digest(operation.data.encode()), _digest(rendered)


def _digest(content: bytes) -> str:
    return to_base64url(hashlib.sha256(content).digest())
