"""All that a client must remember of its activation, as one immutable value.

Every step of the protocol takes a state and returns the next one; whoever calls it stores that before
anything leaves. The stored form is JSON with a version in front; docs/activation-state.md describes it.

Source: powerauth.md, section 3.5 (what the client persists).
"""

import json
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from webapp.powerauth.counter import COUNTER_BYTES, HashCounter
from webapp.powerauth.encoding import from_base64, to_base64
from webapp.powerauth.errors import EncodingError, StateInvalid
from webapp.powerauth.factors import KEY_BYTES, ProtectedKnowledgeKey
from webapp.powerauth.protocol import SignatureType
from webapp.powerauth.token import Token

FORMAT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationState:
    """One activation as this client knows it. Public keys have 65 bytes, secret keys 16.

    `failed_attempts` of `max_failed_attempts` (0: not known yet) is what the server last said; a later
    status with more of them tells that the server counted a failure in between.
    """

    activation_id: str
    application_key: str  # which application's configuration it belongs to
    name: str
    server_public_key: bytes
    device_public_key: bytes
    counter: HashCounter
    possession_key: bytes = field(repr=False)
    transport_key: bytes = field(repr=False)
    knowledge: ProtectedKnowledgeKey
    biometry: bytes | None = field(default=None, repr=False)  # wrapped, 16 bytes
    device_private_key: bytes = field(repr=False)  # under the vault key, which only the server hands out
    tokens: tuple[Token, ...] = ()
    failed_attempts: int = 0
    max_failed_attempts: int = 0

    def advanced(self) -> Self:
        """After one signature: the counter has moved."""
        return replace(self, counter=self.counter.next())

    def token(self, name: str) -> Token | None:
        """The token kept under this name."""
        return next((token for token in self.tokens if token.name == name), None)

    def with_token(self, token: Token) -> Self:
        """With this token instead of any other of its name."""
        return replace(self, tokens=(*self.without_token(token.name).tokens, token))

    def without_token(self, name: str) -> Self:
        """Without the token of this name."""
        return replace(self, tokens=tuple(token for token in self.tokens if token.name != name))

    def to_bytes(self) -> bytes:
        """The stored form. It holds keys in clear: seal it before it leaves memory."""
        return json.dumps(_write(self), separators=(",", ":"), ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """Read the stored form.

        Raises:
            StateInvalid: another version, or anything missing or malformed.
        """
        try:
            content = json.loads(stored)
            if content["format"] != FORMAT:
                raise StateInvalid("another version of the stored form")
            return cls(**_read(content))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, EncodingError) as error:
            # What failed is not quoted: it may be a key.
            raise StateInvalid(f"malformed: {type(error).__name__}") from None


def _write(state: ActivationState) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "activationId": state.activation_id,
        "applicationKey": state.application_key,
        "name": state.name,
        "serverPublicKey": to_base64(state.server_public_key),
        "devicePublicKey": to_base64(state.device_public_key),
        "counter": {"value": to_base64(state.counter.value), "byte": state.counter.byte},
        "possessionKey": to_base64(state.possession_key),
        "transportKey": to_base64(state.transport_key),
        "knowledge": {
            "wrapped": to_base64(state.knowledge.wrapped),
            "salt": to_base64(state.knowledge.salt),
            "iterations": state.knowledge.iterations,
        },
        "biometry": None if state.biometry is None else to_base64(state.biometry),
        "devicePrivateKey": to_base64(state.device_private_key),
        "tokens": [
            {
                "name": token.name,
                "id": token.token_id,
                "secret": to_base64(token.secret),
                "signatureType": token.signature_type.value,
            }
            for token in state.tokens
        ],
        "failedAttempts": state.failed_attempts,
        "maxFailedAttempts": state.max_failed_attempts,
    }


def _read(content: dict[str, Any]) -> dict[str, Any]:
    counter, knowledge, biometry = content["counter"], content["knowledge"], content["biometry"]
    return {
        "activation_id": _text(content["activationId"]),
        "application_key": _text(content["applicationKey"]),
        "name": _text(content["name"]),
        "server_public_key": from_base64(content["serverPublicKey"]),
        "device_public_key": from_base64(content["devicePublicKey"]),
        "counter": HashCounter(_sized(counter["value"], COUNTER_BYTES), _number(counter["byte"], 255)),
        "possession_key": _sized(content["possessionKey"], KEY_BYTES),
        "transport_key": _sized(content["transportKey"], KEY_BYTES),
        "knowledge": ProtectedKnowledgeKey(
            _sized(knowledge["wrapped"], KEY_BYTES),
            from_base64(knowledge["salt"]),
            _number(knowledge["iterations"], 10_000_000, least=1),
        ),
        "biometry": None if biometry is None else _sized(biometry, KEY_BYTES),
        "device_private_key": from_base64(content["devicePrivateKey"]),
        "tokens": tuple(
            Token(
                _text(token["name"]),
                _text(token["id"]),
                from_base64(token["secret"]),
                SignatureType(token["signatureType"]),
            )
            for token in content["tokens"]
        ),
        "failed_attempts": _number(content["failedAttempts"], 255),
        "max_failed_attempts": _number(content["maxFailedAttempts"], 255),
    }


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: object, most: int, least: int = 0) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError
    return value


def _sized(value: str, size: int) -> bytes:
    raw = from_base64(value)
    if len(raw) != size:
        raise ValueError
    return raw
