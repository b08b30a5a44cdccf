"""The key exchange: from an activation code to shared keys.

`begin_activation` returns the envelope to send and what has to be remembered until the answer;
`complete_activation` takes both back and either verifies everything or raises. Nothing is kept before
`NewActivation.protect` has been told the PIN.

Source: powerauth.md, sections 2 and 3.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from webapp.powerauth import ecies
from webapp.powerauth.aes import encrypt_block
from webapp.powerauth.counter import COUNTER_BYTES, HashCounter
from webapp.powerauth.ecc import PrivateKey, PublicKey, agree, generate, point, read_public, x_coordinate
from webapp.powerauth.encoding import from_base64, to_base64
from webapp.powerauth.errors import ActivationInvalid, EncodingError, EnvelopeInvalid, PublicKeyInvalid
from webapp.powerauth.factors import ProtectedKnowledgeKey, wrap_biometry_key
from webapp.powerauth.identity import Identity
from webapp.powerauth.kdf import fold
from webapp.powerauth.protocol import Version
from webapp.powerauth.recovery import RecoveryData
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.powerauth.state import ActivationState
from webapp.powerauth.temporary_key import TemporaryKey
from webapp.powerauth.vault import wrap_device_key
from webapp.randomness import Random

_TREE: Final = b"".join(index.to_bytes(16, "big") for index in (1, 2, 3, 1000, 2000))


@dataclass(frozen=True, slots=True)
class KeyTree:
    """The keys that grow from KEY_MASTER_SECRET, 16 bytes each."""

    possession: bytes = field(repr=False)
    knowledge: bytes = field(repr=False)
    biometry: bytes = field(repr=False)
    transport: bytes = field(repr=False)
    vault: bytes = field(repr=False)

    @classmethod
    def derive(cls, master_secret: bytes) -> Self:
        """All five at once: each is one AES block of its index."""
        keys = encrypt_block(master_secret, _TREE)
        return cls(keys[:16], keys[16:32], keys[32:48], keys[48:64], keys[64:])


def master_secret(private: PrivateKey, public: PublicKey) -> bytes:
    """KEY_MASTER_SECRET, 16 bytes: one's own private key and the other's public one."""
    return fold(agree(private, public))


def fingerprint(device_public: PublicKey, activation_id: str, server_public: PublicKey) -> str:
    """Eight digits that both sides show, so that a person can compare them."""
    both = x_coordinate(device_public) + activation_id.encode() + x_coordinate(server_public)
    number = int.from_bytes(hashlib.sha256(both).digest()[28:], "big") & 0x7FFF_FFFF
    return str(number % 10**8).zfill(8)


@dataclass(frozen=True, slots=True)
class ActivationRequest:
    """What a person and a browser bring to an activation.

    Texts go to the server as they are: name at most 255 characters, extras 4000, platform 255, device
    info 255. `custom` is any JSON object; the bank's own code sees it and may answer with another.
    """

    identity: Identity
    name: str
    platform: str
    device_info: str | None = None
    otp: str | None = field(default=None, repr=False)
    extras: str | None = None
    custom: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class PendingActivation:
    """What the client remembers between request and answer; it is never stored."""

    name: str
    application_key: str
    device_private: PrivateKey = field(repr=False)
    layer_1: ecies.Exchange = field(repr=False)
    layer_2: ecies.Exchange = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewActivation:
    """A verified answer, waiting for the person's PIN."""

    activation_id: str
    name: str
    application_key: str
    counter: HashCounter
    server_public: PublicKey
    device_private: PrivateKey = field(repr=False)
    recovery: RecoveryData | None = None
    custom: Mapping[str, Any] | None = field(default=None, repr=False)
    user_info: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.device_private.public_key(), self.activation_id, self.server_public)

    def protect(
        self, password: bytes, *, random: Random, biometry_key: bytes | None = None
    ) -> ActivationState:
        """Hide the keys under the PIN (and a biometry key of 16 bytes) and forget the rest."""
        keys = KeyTree.derive(master_secret(self.device_private, self.server_public))
        return ActivationState(
            activation_id=self.activation_id,
            application_key=self.application_key,
            name=self.name,
            server_public_key=point(self.server_public),
            device_public_key=point(self.device_private.public_key()),
            counter=self.counter,
            possession_key=keys.possession,
            transport_key=keys.transport,
            knowledge=ProtectedKnowledgeKey.protect(keys.knowledge, password, salt=random(16)),
            biometry=None if biometry_key is None else wrap_biometry_key(keys.biometry, biometry_key),
            device_private_key=wrap_device_key(keys.vault, self.device_private),
            recovery=None if self.recovery is None else self.recovery.wrap(keys.vault),
        )


def begin_activation(
    configuration: SdkConfiguration,
    request: ActivationRequest,
    *,
    version: Version,
    temporary_key: TemporaryKey | None,
    random: Random,
    now_ms: int,
) -> tuple[ecies.Envelope, PendingActivation]:
    """Make a device key pair and both layers of the request.

    Args:
        temporary_key: of application scope; None before 3.3.
        now_ms: the server's time; both layers carry it, so send at once.
    """
    recipient = read_public(configuration.master_public_key)
    key_id = None
    if temporary_key is not None:
        recipient, key_id = temporary_key.public_key, temporary_key.key_id
    device_private = generate(random)
    scope = ecies.Scope.application(version, configuration.application_key, configuration.application_secret)

    def close(sh1: str, content: Mapping[str, Any]) -> tuple[ecies.Envelope, ecies.Exchange]:
        plain = _json(content)
        return ecies.encrypt_request(
            scope, sh1, recipient, plain, random=random, now_ms=now_ms, temporary_key_id=key_id
        )

    inner, layer_2 = close(ecies.SH1_ACTIVATION_LAYER_2, _layer_2(request, device_private.public_key()))
    outer, layer_1 = close(ecies.SH1_APPLICATION, _layer_1(request, inner))
    pending = PendingActivation(request.name, configuration.application_key, device_private, layer_1, layer_2)
    return outer, pending


def complete_activation(pending: PendingActivation, envelope: Mapping[str, object]) -> NewActivation:
    """Open both layers of the answer and check all of it.

    Raises:
        ActivationInvalid: anything missing, malformed or altered; start again with a new code.
    """
    try:
        outer = _object(pending.layer_1.decrypt_response(envelope))
        inner_envelope = outer.get("activationData")
        if not isinstance(inner_envelope, dict):
            raise ActivationInvalid("no inner layer")
        inner = _object(pending.layer_2.decrypt_response(inner_envelope))
        server_public = read_public(from_base64(_text(inner, "serverPublicKey")))
        counter = from_base64(_text(inner, "ctrData"))
    except (EnvelopeInvalid, EncodingError, PublicKeyInvalid) as error:
        raise ActivationInvalid(str(error)) from error
    if len(counter) != COUNTER_BYTES:
        raise ActivationInvalid("the counter has 16 bytes")
    return NewActivation(
        activation_id=_text(inner, "activationId"),
        name=pending.name,
        application_key=pending.application_key,
        counter=HashCounter(counter),
        server_public=server_public,
        device_private=pending.device_private,
        recovery=RecoveryData.read(inner.get("activationRecovery")),
        custom=_optional_object(outer, "customAttributes"),
        user_info=_optional_object(outer, "userInfo"),
    )


def _layer_1(request: ActivationRequest, inner: ecies.Envelope) -> dict[str, Any]:
    identity = request.identity
    content: dict[str, Any] = {"type": identity.kind, "identityAttributes": dict(identity.attributes)}
    if request.custom is not None:
        content["customAttributes"] = dict(request.custom)
    return content | {"activationData": inner}


def _layer_2(request: ActivationRequest, device_public: PublicKey) -> dict[str, Any]:
    content = {
        "devicePublicKey": to_base64(point(device_public)),
        "activationName": request.name,
        "extras": request.extras,
        "activationOtp": request.otp,
        "platform": request.platform,
        "deviceInfo": request.device_info,
    }
    return {name: value for name, value in content.items() if value is not None}


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()


def _object(plain: bytes) -> dict[str, Any]:
    try:
        content = json.loads(plain)
    except (ValueError, RecursionError) as error:
        raise ActivationInvalid("not JSON") from error
    if not isinstance(content, dict):
        raise ActivationInvalid("not an object")
    return content


def _text(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not value or not value.isascii():
        raise ActivationInvalid(f"no {name}")
    return value


def _optional_object(content: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    value = content.get(name)
    return value if isinstance(value, dict) else None
