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
LOOK_AHEAD: Final = 20
"""How many counter values a server tries, unless it says otherwise."""
SPARE: Final = 2
"""Counter values that no offline code takes: for meeting the server again, and for that to be lost once."""
_MOST_UNCONFIRMED: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationState:
    """One activation as this client knows it. Public keys have 65 bytes, secret keys 16.

    `failed_attempts` of `max_failed_attempts` (0: not known yet) is what the server last said; a later
    status with more of them tells that the server counted a failure in between.

    `unconfirmed` signatures may not have reached the server since it last confirmed our counter: offline
    codes, and requests that got lost. Of `look_ahead` of them it would still accept the last one.
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
    biometry_context: bytes | None = field(default=None, repr=False)
    """What the keeper of the wrapping key has to remember about it; opaque here."""
    device_private_key: bytes = field(repr=False)  # under the vault key, which only the server hands out
    recovery: bytes | None = field(default=None, repr=False)  # code and PUK under the vault key
    tokens: tuple[Token, ...] = ()
    failed_attempts: int = 0
    max_failed_attempts: int = 0
    unconfirmed: int = 0
    look_ahead: int = LOOK_AHEAD

    @property
    def codes_left(self) -> int:
        """How many offline codes can still be made before the server has to be met again."""
        return max(0, self.look_ahead - SPARE - self.unconfirmed)

    @property
    def is_far_ahead(self) -> bool:
        """Whether the server should be met before anything more is signed."""
        return self.unconfirmed > self.look_ahead // 2

    def advanced(self) -> Self:
        """After one signature: the counter has moved."""
        return replace(self, counter=self.counter.next())

    def with_unconfirmed(self) -> Self:
        """The server may not have seen the last signature."""
        return replace(self, unconfirmed=min(self.unconfirmed + 1, _MOST_UNCONFIRMED))

    def token(self, name: str) -> Token | None:
        """The token kept under this name."""
        return next((token for token in self.tokens if token.name == name), None)

    def with_token(self, token: Token) -> Self:
        """With this token instead of any other of its name."""
        return replace(self, tokens=(*self.without_token(token.name).tokens, token))

    def without_token(self, name: str) -> Self:
        """Without the token of this name."""
        return replace(self, tokens=tuple(token for token in self.tokens if token.name != name))

    def without_tokens(self) -> Self:
        """Without any token."""
        return replace(self, tokens=())

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
        "biometry": _optional(state.biometry),
        "biometryContext": _optional(state.biometry_context),
        "devicePrivateKey": to_base64(state.device_private_key),
        "recovery": _optional(state.recovery),
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
        "unconfirmed": state.unconfirmed,
        "lookAhead": state.look_ahead,
    }


def _read(content: dict[str, Any]) -> dict[str, Any]:
    counter, knowledge, biometry = content["counter"], content["knowledge"], content["biometry"]
    # The first states were stored without these two.
    context, recovery = content.get("biometryContext"), content.get("recovery")
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
        "biometry_context": None if context is None else from_base64(context),
        "device_private_key": from_base64(content["devicePrivateKey"]),
        "recovery": None if recovery is None else from_base64(recovery),
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
        # The first states were stored without these two.
        "unconfirmed": _number(content.get("unconfirmed", 0), _MOST_UNCONFIRMED),
        "look_ahead": _number(content.get("lookAhead", LOOK_AHEAD), 64, least=1),
    }


def _optional(value: bytes | None) -> str | None:
    return None if value is None else to_base64(value)


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
