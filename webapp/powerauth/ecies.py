"""Envelopes: a request encrypted to the server's key, and the response under the same agreement.

The client calls `encrypt_request` and gets the envelope to send and an `Exchange` that opens the response;
the server calls `decrypt_request` and gets the plaintext and an `Exchange` that closes the response.

Source: powerauth.md, section 5.
"""

import hashlib
import hmac
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final, Literal, Self

from webapp.powerauth import aes
from webapp.powerauth.ecc import (
    PrivateKey,
    PublicKey,
    agree,
    generate,
    point,
    point_compressed,
    read_public,
)
from webapp.powerauth.encoding import concat_sized, from_base64, to_base64
from webapp.powerauth.errors import EncodingError, EnvelopeInvalid, PaddingInvalid, PublicKeyInvalid
from webapp.powerauth.kdf import derive_internal, hmac_sha256, x963
from webapp.powerauth.protocol import Version
from webapp.randomness import Random

Envelope = dict[str, str | int]

SH1_APPLICATION: Final = "/pa/generic/application"
SH1_ACTIVATION_LAYER_2: Final = "/pa/activation"
SH1_ACTIVATION: Final = "/pa/generic/activation"
SH1_UPGRADE: Final = "/pa/upgrade"
SH1_VAULT_UNLOCK: Final = "/pa/vault/unlock"
SH1_TOKEN_CREATE: Final = "/pa/token/create"  # noqa: S105 - the name of a purpose, not a secret
SH1_RECOVERY_CONFIRM: Final = "/pa/recovery/confirm"

_MAC_BYTES = 32
_NONCE_BYTES = 16
_MAX_TIMESTAMP = (1 << 63) - 1

_REQUEST_3_0 = frozenset({"ephemeralPublicKey", "encryptedData", "mac"})
_REQUEST_3_1 = _REQUEST_3_0 | {"nonce"}
_REQUEST_3_2 = _REQUEST_3_1 | {"timestamp"}
_RESPONSE_3_0 = frozenset({"encryptedData", "mac"})
_FIELDS = {
    (Version.V3_0, "request"): _REQUEST_3_0,
    (Version.V3_1, "request"): _REQUEST_3_1,
    (Version.V3_2, "request"): _REQUEST_3_2,
    (Version.V3_3, "request"): _REQUEST_3_2 | {"temporaryKeyId"},
    (Version.V3_0, "response"): _RESPONSE_3_0,
    (Version.V3_1, "response"): _RESPONSE_3_0,
    (Version.V3_2, "response"): _RESPONSE_3_0 | {"nonce", "timestamp"},
    (Version.V3_3, "response"): _RESPONSE_3_0 | {"nonce", "timestamp"},
}


def check_fields(version: Version, kind: Literal["request", "response"], names: AbstractSet[str]) -> None:
    """An envelope carries exactly the members of its version: none is missing, none is too many.

    Raises:
        EnvelopeInvalid: it does not.
    """
    if names != _FIELDS[version, kind]:
        raise EnvelopeInvalid(f"members of a {version} {kind}: {sorted(names)}")


@dataclass(frozen=True, slots=True)
class Scope:
    """Between whom an envelope travels: this application and the server, or this activation and it."""

    version: Version
    application_key: str
    activation_id: str | None
    base: bytes = field(repr=False)  # SH2_BASE, 32 bytes

    @classmethod
    def application(cls, version: Version, application_key: str, application_secret: str) -> Self:
        """Any client of the application."""
        return cls(version, application_key, None, hashlib.sha256(application_secret.encode()).digest())

    @classmethod
    def activation(
        cls,
        version: Version,
        application_key: str,
        application_secret: str,
        activation_id: str,
        transport_key: bytes,
    ) -> Self:
        """One activation; `transport_key` is its KEY_TRANSPORT, 16 bytes."""
        base = hmac_sha256(transport_key, application_secret.encode())
        return cls(version, application_key, activation_id, base)

    def associated(self, temporary_key_id: str | None) -> bytes:
        """The associated data that 3.2 and 3.3 authenticate."""
        items = [self.version.encode(), self.application_key.encode()]
        if self.activation_id is not None:
            items.append(self.activation_id.encode())
        if temporary_key_id is not None:
            items.append(temporary_key_id.encode())
        return concat_sized(*items)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its response: the keys both share. Forget it after the response."""

    scope: Scope
    associated: bytes
    request_nonce: bytes
    encryption_key: bytes = field(repr=False)
    mac_key: bytes = field(repr=False)
    iv_key: bytes = field(repr=False)

    def encrypt_response(self, plaintext: bytes, *, random: Random, now_ms: int) -> Envelope:
        """The server's side: close the response."""
        if not self.scope.version.sends_timestamp:
            encrypted = aes.encrypt_padded(self.encryption_key, self._iv(self.request_nonce), plaintext)
            return {
                "encryptedData": to_base64(encrypted),
                "mac": to_base64(hmac_sha256(self.mac_key, encrypted + self.scope.base)),
            }
        nonce = random(_NONCE_BYTES)
        encrypted = aes.encrypt_padded(self.encryption_key, self._iv(nonce), plaintext)
        return {
            "encryptedData": to_base64(encrypted),
            "mac": to_base64(self._mac(encrypted, nonce, now_ms, None)),
            "nonce": to_base64(nonce),
            "timestamp": now_ms,
        }

    def decrypt_response(self, envelope: Mapping[str, object]) -> bytes:
        """The client's side: open the response.

        Raises:
            EnvelopeInvalid: other members than the version has, altered, or not for this request.
        """
        check_fields(self.scope.version, "response", envelope.keys())
        nonce, timestamp = self.request_nonce, 0
        if self.scope.version.sends_timestamp:
            nonce, timestamp = _nonce(envelope), _timestamp(envelope)
        return self._open(envelope, nonce, timestamp, None)

    def _open(
        self, envelope: Mapping[str, object], nonce: bytes, timestamp: int, ephemeral: bytes | None
    ) -> bytes:
        encrypted = _bytes(envelope, "encryptedData")
        mac = _bytes(envelope, "mac")
        if not hmac.compare_digest(mac, self._mac(encrypted, nonce, timestamp, ephemeral)):
            raise EnvelopeInvalid("MAC differs")
        try:
            return aes.decrypt_padded(self.encryption_key, self._iv(nonce), encrypted)
        except PaddingInvalid as error:
            raise EnvelopeInvalid("wrong padding") from error

    def _iv(self, nonce: bytes) -> bytes:
        if self.scope.version.sends_nonce:
            return derive_internal(self.iv_key, nonce)
        return aes.ZERO_IV

    def _mac(self, encrypted: bytes, nonce: bytes, timestamp: int, ephemeral: bytes | None) -> bytes:
        shared = self.scope.base
        if self.scope.version.sends_timestamp:
            moment = timestamp.to_bytes(8, "big")
            shared = concat_sized(shared, nonce, moment, ephemeral, self.associated)
        return hmac_sha256(self.mac_key, encrypted + shared)


def encrypt_request(
    scope: Scope,
    sh1: str | bytes,
    recipient: PublicKey,
    plaintext: bytes,
    *,
    random: Random,
    now_ms: int,
    temporary_key_id: str | None = None,
    compressed: bool = False,
) -> tuple[Envelope, Exchange]:
    """Close a request to the recipient's key.

    Args:
        sh1: the constant of the purpose (`SH1_…`), not the path of the request.
        recipient: the temporary key of the scope in 3.3, before it the master key (application scope)
            or the activation's server key.
        now_ms: the server's time in milliseconds, as well as it is known.
        temporary_key_id: in 3.3 the key's id, before it None.
        compressed: send the ephemeral point in 33 bytes, as phones do, and not in 65.
    """
    ephemeral_key = generate(random)
    ephemeral = (point_compressed if compressed else point)(ephemeral_key.public_key())
    nonce = random(_NONCE_BYTES) if scope.version.sends_nonce else b""
    secret = agree(ephemeral_key, recipient)
    exchange = _exchange(scope, sh1, secret, ephemeral, nonce, temporary_key_id)
    encrypted = aes.encrypt_padded(exchange.encryption_key, exchange._iv(nonce), plaintext)  # noqa: SLF001
    mac = exchange._mac(encrypted, nonce, now_ms, ephemeral)  # noqa: SLF001
    envelope: Envelope = {
        "ephemeralPublicKey": to_base64(ephemeral),
        "encryptedData": to_base64(encrypted),
        "mac": to_base64(mac),
    }
    if temporary_key_id is not None:
        envelope["temporaryKeyId"] = temporary_key_id
    if scope.version.sends_nonce:
        envelope["nonce"] = to_base64(nonce)
    if scope.version.sends_timestamp:
        envelope["timestamp"] = now_ms
    return envelope, exchange


def decrypt_request(
    scope: Scope, sh1: str | bytes, private: PrivateKey, envelope: Mapping[str, object]
) -> tuple[bytes, Exchange]:
    """Open a request with the recipient's private key. Replays and times are the caller's to check.

    Raises:
        EnvelopeInvalid: other members than the version has, not a point, altered, another purpose.
    """
    check_fields(scope.version, "request", envelope.keys())
    ephemeral = _bytes(envelope, "ephemeralPublicKey")
    nonce = _nonce(envelope) if scope.version.sends_nonce else b""
    timestamp = _timestamp(envelope) if scope.version.sends_timestamp else 0
    try:
        secret = agree(private, read_public(ephemeral))
    except PublicKeyInvalid as error:
        raise EnvelopeInvalid("ephemeral key is not a point of the curve") from error
    temporary_key_id = _text(envelope, "temporaryKeyId") if scope.version.uses_temporary_keys else None
    exchange = _exchange(scope, sh1, secret, ephemeral, nonce, temporary_key_id)
    return exchange._open(envelope, nonce, timestamp, ephemeral), exchange  # noqa: SLF001


def _exchange(
    scope: Scope,
    sh1: str | bytes,
    secret: bytes,
    ephemeral: bytes,
    nonce: bytes,
    temporary_key_id: str | None,
) -> Exchange:
    # The ephemeral key is hashed exactly as it travels, compressed or not.
    info = (sh1.encode() if isinstance(sh1, str) else sh1) + ephemeral
    associated = b""
    if scope.version.sends_timestamp:
        info = scope.version.encode() + info
        associated = scope.associated(temporary_key_id)
    keys = x963(secret, info, 48)
    return Exchange(scope, associated, nonce, keys[:16], keys[16:32], keys[32:])


def _text(envelope: Mapping[str, object], name: str) -> str:
    value = envelope[name]
    # Every text of an envelope is ASCII; JSON may carry half a surrogate pair, which cannot be encoded.
    if not isinstance(value, str) or not value.isascii():
        raise EnvelopeInvalid(f"{name} is not an ASCII text")
    return value


def _bytes(envelope: Mapping[str, object], name: str) -> bytes:
    try:
        return from_base64(_text(envelope, name))
    except EncodingError as error:
        raise EnvelopeInvalid(f"{name} is not Base64") from error


def _nonce(envelope: Mapping[str, object]) -> bytes:
    nonce = _bytes(envelope, "nonce")
    if len(nonce) != _NONCE_BYTES:
        raise EnvelopeInvalid("a nonce has 16 bytes")
    return nonce


def _timestamp(envelope: Mapping[str, object]) -> int:
    value = envelope["timestamp"]
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MAX_TIMESTAMP:
        raise EnvelopeInvalid("timestamp is not a number of milliseconds")
    return value
