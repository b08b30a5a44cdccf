"""The back office's part about offline operations: the text of a QR code, and the code a person types.

Source: sandbox-admin.md; formats.md, sections 2.6 to 2.8; powerauth.md, section 10.1.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from webapp.powerauth import ecc
from webapp.powerauth.encoding import from_base64, to_base64
from webapp.powerauth.errors import EncodingError
from webapp.powerauth.protocol import SignatureType
from webapp.powerauth.signature import OFFLINE_SECRET, offline_signature
from webapp.powerauth.status import ActivationStatus
from webapp.powerauth.totp import totp
from webapp.sandbox import activations, applications
from webapp.sandbox.activations import Activation
from webapp.sandbox.admin import current_activation
from webapp.sandbox.errors import AdminError, malformed
from webapp.sandbox.members import Members
from webapp.sandbox.signatures import PB, PK, accept, factor_keys, look_ahead
from webapp.sandbox.store import Transaction
from webapp.sandbox.surroundings import Json, Surroundings

MASTER_KEY: Final = "0"
PERSONALISED_KEY: Final = "1"
_LONGEST_DATA: Final = 100_000
_NONCE_BYTES: Final = 16
_BASE_PARTS: Final = 4


@dataclass(frozen=True, slots=True)
class Typed:
    """A code that a person typed at the bank, and every text it may have signed."""

    signature: str = field(repr=False)
    texts: tuple[bytes, ...]
    kinds: tuple[SignatureType, ...]
    digits: int

    def kind_at(self, activation: Activation, counter_value: bytes) -> SignatureType | None:
        """The factors that made the code at this counter value."""
        keys = activation.keys()
        for kind in self.kinds:
            for text in self.texts:
                expected = offline_signature(factor_keys(keys, kind), counter_value, text, self.digits)
                if hmac.compare_digest(expected.encode(), self.signature.encode()):
                    return kind
        return None


def create_personalised(surroundings: Surroundings, asked: Members) -> Json:
    """A QR code for one activation, signed with its server key; maybe with a time-based code."""
    with surroundings.store.write() as transaction:
        activation = current_activation(surroundings, transaction, asked)
    if activation.status is not ActivationStatus.ACTIVE:
        raise AdminError("ERR0008", "Activation is in a wrong state.")
    lines = [asked.text("data", longest=_LONGEST_DATA)]
    proximity = asked.optional_members("proximityCheck")
    if proximity is not None:
        lines.extend(_codes(surroundings, proximity, back_steps=0))
    return _signed(lines, _nonce(surroundings, asked), PERSONALISED_KEY, activation.server_key())


def create_non_personalised(surroundings: Surroundings, asked: Members) -> Json:
    """A QR code for every activation of an application, signed with its master key."""
    with surroundings.store.read() as transaction:
        application = applications.application(transaction, asked.text("applicationId"))
    nonce = to_base64(surroundings.random(_NONCE_BYTES))
    return _signed([asked.text("data", longest=_LONGEST_DATA)], nonce, MASTER_KEY, application.private_key())


def verify(surroundings: Surroundings, asked: Members) -> Json:
    """Check a typed code. A wrong one counts once, as possession with knowledge."""
    typed = _typed(surroundings, asked)
    activation_id = asked.text("activationId")
    with surroundings.store.write() as transaction:
        now = surroundings.clock.now_ms()
        found = activations.find(transaction, activation_id)
        if found is None:
            return {"signatureValid": False, "activationStatus": "REMOVED", "remainingAttempts": 0}
        activation = activations.touch(transaction, found, now)
        if activation.status is not ActivationStatus.ACTIVE:
            return _verdict(activation, None)
        return _check(surroundings, transaction, activation, typed)


def _check(
    surroundings: Surroundings, transaction: Transaction, activation: Activation, typed: Typed
) -> Json:
    now = surroundings.clock.now_ms()
    kinds: list[SignatureType] = []

    def matches(counter_value: bytes) -> bool:
        kind = typed.kind_at(activation, counter_value)
        kinds.extend(() if kind is None else (kind,))
        return kind is not None

    moved = look_ahead(activation, surroundings.settings.look_ahead, matches)
    if moved is None:
        return _verdict(activations.count_failure(transaction, activation, now), None)
    return _verdict(accept(transaction, moved, kinds[0], now), kinds[0])


def _verdict(activation: Activation, kind: SignatureType | None) -> Json:
    verdict: Json = {
        "signatureValid": kind is not None,
        "activationStatus": activation.status.name,
        "signatureType": (kind or PK).name,
        "remainingAttempts": max(0, activation.max_failed_attempts - activation.failed_attempts),
        "activationId": activation.id,
        "userId": activation.user_id,
        "applicationId": activation.application_id,
    }
    if activation.status is ActivationStatus.BLOCKED:
        verdict["blockedReason"] = activation.blocked_reason
    return verdict


def _typed(surroundings: Surroundings, asked: Members) -> Typed:
    digits = asked.optional_integer("componentLength", least=4, most=8)
    by_biometry = asked.flag("allowBiometry", default=False)
    return Typed(
        signature=asked.text("signature"),
        texts=tuple(_signed_texts(surroundings, asked)),
        kinds=(PK, PB) if by_biometry else (PK,),
        digits=digits or surroundings.settings.offline_component_digits,
    )


def _signed_texts(surroundings: Surroundings, asked: Members) -> Iterable[bytes]:
    """The base text, once for every time-based code that is still good."""
    base = asked.text("data", longest=_LONGEST_DATA)
    proximity = asked.optional_members("proximityCheck")
    if proximity is None:
        return [f"{base}&{OFFLINE_SECRET}".encode()]
    parts = base.split("&")
    if len(parts) != _BASE_PARTS:
        raise malformed("data is not the text that was signed")
    steps = proximity.optional_integer("stepCount", most=100)
    back_steps = surroundings.settings.proximity_back_steps if steps is None else steps
    body = _base64(parts[3], "data")
    texts = []
    for code in _codes(surroundings, proximity, back_steps=back_steps):
        parts[3] = to_base64(body + f"&{code}".encode())
        texts.append(f"{'&'.join(parts)}&{OFFLINE_SECRET}".encode())
    return texts


def _codes(surroundings: Surroundings, proximity: Members, *, back_steps: int) -> list[str]:
    """The time-based code of now and those of the steps before."""
    seed = _base64(proximity.text("seed"), "seed")
    step = proximity.optional_integer("stepLength", least=1, most=86_400)
    step_s = surroundings.settings.proximity_step_s if step is None else step
    seconds = surroundings.clock.now_ms() // 1000
    digits = surroundings.settings.proximity_digits
    return [
        totp(seed, seconds - back * step_s, digits=digits, step_s=step_s)
        for back in range(back_steps + 1)
        if seconds >= back * step_s
    ]


def _nonce(surroundings: Surroundings, asked: Members) -> str:
    given = asked.optional_text("nonce")
    if given is None:
        return to_base64(surroundings.random(_NONCE_BYTES))
    if len(_base64(given, "nonce")) != _NONCE_BYTES:
        raise malformed("a nonce has 16 bytes")
    return given


def _signed(lines: list[str], nonce: str, key_kind: str, private: ecc.PrivateKey) -> Json:
    signed = "\n".join([*lines, nonce, key_kind])
    signature = ecc.sign(private, signed.encode())
    return {"offlineData": signed + to_base64(signature), "nonce": nonce}


def _base64(text: str, name: str) -> bytes:
    try:
        return from_base64(text)
    except EncodingError as error:
        raise malformed(f"{name} is not Base64") from error
