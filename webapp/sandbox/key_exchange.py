"""The endpoints about activating: /pa/v3/activation/create and /pa/v3/activation/status.

Source: powerauth.md, sections 3.3, 3.6, 8 and 12.1.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from webapp.powerauth import ecc, ecies
from webapp.powerauth.aes import ZERO_IV
from webapp.powerauth.encoding import from_base64, to_base64
from webapp.powerauth.errors import EncodingError, PublicKeyInvalid
from webapp.powerauth.headers import ENCRYPTION
from webapp.powerauth.received_headers import read_encryption
from webapp.powerauth.recovery import RecoveryData
from webapp.powerauth.status import (
    BLOB_BYTES,
    CHALLENGE_BYTES,
    ActivationStatus,
    StatusBlob,
    counter_hash,
    encrypt_status,
    status_iv,
)
from webapp.sandbox import activations, encryption, identities, recovery
from webapp.sandbox.activations import ON_COMMIT, Activation
from webapp.sandbox.encryption import Correspondent, correspondent
from webapp.sandbox.errors import ACTIVATION, ProtocolError, answered_with
from webapp.sandbox.members import Members
from webapp.sandbox.store import Transaction
from webapp.sandbox.surroundings import Call, Json, Surroundings, ok

_PROTOCOL: Final = 3
_COUNTER_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Device:
    """Layer 2: what a device says of itself."""

    public_key: bytes | None
    """65 bytes; None when it sent something else, which costs it the activation."""
    name: str | None
    extras: str | None
    otp: str | None = field(repr=False)
    platform: str
    device_info: str | None


def activation_create(surroundings: Surroundings, call: Call) -> Json:
    """The key exchange: two layers in, two layers out."""
    with answered_with(ACTIVATION):
        header = read_encryption(call.headers.get(ENCRYPTION, ""), activation_scope=False)
        with surroundings.store.read() as transaction:
            sender = correspondent(transaction, header.version, header.application_key)
        envelope = encryption.read_envelope(header.version, Members.read(call.body))
        outer, layer_1 = encryption.open_envelope(surroundings, sender, ecies.SH1_APPLICATION, envelope)
        asking, inner_envelope = identities.read_layer_1(header.version, outer)
        inner, layer_2 = encryption.open_envelope(
            surroundings, sender, ecies.SH1_ACTIVATION_LAYER_2, inner_envelope
        )
        device = _read_layer_2(inner)
        if asking.kind != "CODE":
            _check_device(device)
        with surroundings.store.write() as transaction:
            welcome = identities.welcome(surroundings, transaction, sender.application, asking)
            activation = _exchange_keys(surroundings, transaction, sender, welcome.activation, device)
            issued = recovery.issue(surroundings, transaction, activation)
    closed = encryption.close_answer(surroundings, layer_2, _layer_2_answer(activation, issued))
    answer = {"activationData": closed, "customAttributes": asking.custom, "userInfo": welcome.claims}
    return encryption.close_answer(surroundings, layer_1, answer)


def activation_status(surroundings: Surroundings, call: Call) -> Json:
    """The status blob. Whoever asks for an activation that has no keys gets noise of the same shape."""
    with answered_with(ACTIVATION):
        members = Members.read(call.body).members("requestObject")
        activation_id = members.text("activationId")
        challenge = _challenge(members)
        with surroundings.store.write() as transaction:
            found = activations.find(transaction, activation_id)
            if found is not None:
                found = activations.touch(transaction, found, surroundings.clock.now_ms())
    nonce = None if challenge is None else surroundings.random(16)
    blob = _blob(surroundings, found, challenge, nonce)
    answer: Json = {"activationId": activation_id, "encryptedStatusBlob": to_base64(blob)}
    return ok(answer if nonce is None else answer | {"nonce": to_base64(nonce)})


def _read_layer_2(plaintext: bytes) -> Device:
    members = Members.read(plaintext)
    members.only("devicePublicKey", "activationName", "extras", "activationOtp", "platform", "deviceInfo")
    return Device(
        public_key=_device_key(members.text("devicePublicKey")),
        name=members.optional_text("activationName"),
        extras=members.optional_text("extras", longest=4000),
        otp=members.optional_text("activationOtp"),
        platform=(members.optional_text("platform") or "unknown").lower(),
        device_info=members.optional_text("deviceInfo"),
    )


def _check_device(device: Device) -> None:
    """What is wrong anyway is found before a PUK or an authorization code is used up for it."""
    if device.public_key is None:
        raise ProtocolError("device key is not a point of the curve")
    if device.otp is not None:
        raise ProtocolError("an OTP is not expected here")


def _layer_2_answer(activation: Activation, issued: RecoveryData | None) -> Json:
    answer: Json = {
        "activationId": activation.id,
        "serverPublicKey": to_base64(ecc.point(activation.server_key().public_key())),
        "ctrData": to_base64(activation.counter_value or b""),
    }
    if issued is not None:
        answer["activationRecovery"] = {"recoveryCode": issued.code, "puk": issued.puk}
    return answer


def _device_key(text: str) -> bytes | None:
    try:
        return ecc.point(ecc.read_public(from_base64(text)))
    except (EncodingError, PublicKeyInvalid):
        return None


def _exchange_keys(
    surroundings: Surroundings,
    transaction: Transaction,
    sender: Correspondent,
    activation: Activation,
    device: Device,
) -> Activation:
    """CREATED → PENDING_COMMIT or ACTIVE."""
    now = surroundings.clock.now_ms()
    if device.public_key is None:
        activations.remove(transaction, activation, now, reason="INVALID_DEVICE_KEY")
        raise ProtocolError("device key is not a point of the curve")
    exchanged = replace(
        activation,
        status=_status_after_exchange(transaction, activation, device, now),
        device_public=device.public_key,
        counter_value=surroundings.random(_COUNTER_BYTES),
        counter=0,
        failed_attempts=0,
        name=device.name,
        platform=device.platform,
        device_info=device.device_info,
        extras=device.extras,
        protocol_version=sender.version.value,
        used_ms=now,
    )
    return activations.change(transaction, exchanged, now)


def _status_after_exchange(
    transaction: Transaction, activation: Activation, device: Device, now_ms: int
) -> ActivationStatus:
    """The table of section 3.6: when the bank commits, the OTP belongs to the commit."""
    if activation.commit_phase == ON_COMMIT:
        if device.otp is not None:
            raise ProtocolError("an OTP is not expected here")
        return ActivationStatus.PENDING_COMMIT
    if not activations.check_otp(transaction, activation, device.otp, now_ms):
        raise ProtocolError("OTP missing or wrong")
    return ActivationStatus.ACTIVE


def _challenge(members: Members) -> bytes | None:
    """None: a client of version 3.0."""
    text = members.optional_text("challenge")
    if text is None:
        return None
    challenge = from_base64(text)
    if len(challenge) != CHALLENGE_BYTES:
        raise ProtocolError("a challenge has 16 bytes")
    return challenge


def _blob(
    surroundings: Surroundings, activation: Activation | None, challenge: bytes | None, nonce: bytes | None
) -> bytes:
    if activation is None or activation.device_public is None or activation.counter_value is None:
        return surroundings.random(BLOB_BYTES)
    transport = activation.keys().transport
    plain = StatusBlob(
        status=activation.status,
        current_version=_PROTOCOL,
        upgrade_version=_PROTOCOL,
        counter_byte=activation.counter & 0xFF,
        failed_attempts=activation.failed_attempts,
        max_failed_attempts=activation.max_failed_attempts,
        look_ahead=surroundings.settings.look_ahead,
        counter_hash=counter_hash(transport, activation.counter_value),
    ).pack(surroundings.random(5))
    if challenge is None or nonce is None:
        # 3.0 knows nothing of the counter: those bytes are noise.
        noise = surroundings.random(18)
        plain = plain[:12] + noise[:1] + plain[13:15] + noise[1:]
        return encrypt_status(transport, plain, ZERO_IV)
    return encrypt_status(transport, plain, status_iv(transport, challenge, nonce))
