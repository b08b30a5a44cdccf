"""MAC tokens: made with a signature, used for reads, without a counter.

Source: powerauth.md, sections 7 and 14 (point 5).
"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass, field

from webapp.powerauth.encoding import to_base64
from webapp.powerauth.headers import TOKEN
from webapp.powerauth.protocol import SignatureType
from webapp.powerauth.received_headers import TokenHeader, read_token
from webapp.powerauth.token import token_digest
from webapp.sandbox.activations import Activation
from webapp.sandbox.errors import ProtocolError
from webapp.sandbox.signatures import signing_activation
from webapp.sandbox.store import Transaction, save, use_once
from webapp.sandbox.surroundings import Call, Surroundings


@dataclass(frozen=True, slots=True)
class Token:
    """A token of an activation; `secret` has 16 bytes."""

    id: str
    activation_id: str
    secret: bytes = field(repr=False)
    signature_type: SignatureType
    created_ms: int


def create(
    surroundings: Surroundings, transaction: Transaction, activation: Activation, kind: SignatureType
) -> Token:
    """A new token, bound to the factors that asked for it."""
    token = Token(
        surroundings.new_id(), activation.id, surroundings.random(16), kind, surroundings.clock.now_ms()
    )
    save(transaction, "token", token)
    return token


def remove(transaction: Transaction, activation: Activation, token_id: str) -> None:
    """Delete a token of this activation; nothing happens when it has none of this id."""
    transaction.execute("DELETE FROM token WHERE id = ? AND activation_id = ?", (token_id, activation.id))


def authenticate(surroundings: Surroundings, call: Call, allowed: Collection[SignatureType]) -> Activation:
    """The activation whose token stands in the header.

    Nothing is counted and nothing is blocked: the secret has 128 bits, guessing is hopeless.

    Raises:
        ProtocolError, HeaderInvalid: not fresh, used before, unknown, wrong, or made with other factors.
    """
    header = read_token(call.headers.get(TOKEN, ""))
    now = surroundings.clock.now_ms()
    settings = surroundings.settings
    age = now - header.timestamp_ms
    if age > settings.token_age_ms or -age > settings.token_ahead_ms:
        raise ProtocolError("timestamp outside of the window")
    with surroundings.store.write() as transaction:
        token = _find(transaction, header)
        activation = signing_activation(transaction, token.activation_id, now)
        digest = token_digest(header.version, token.secret, header.nonce, header.timestamp_ms)
        if not hmac.compare_digest(digest, header.digest):
            raise ProtocolError("digest differs")
        # Kept as long as the timestamp would be accepted; only right digests are worth remembering.
        unique = to_base64(header.nonce + token.id.encode())
        keep_until = header.timestamp_ms + settings.token_age_ms
        if not use_once(transaction, unique, now_ms=now, keep_until_ms=keep_until):
            raise ProtocolError("nonce used before")
    if token.signature_type not in allowed:
        raise ProtocolError("token made with other factors")
    return activation


def _find(transaction: Transaction, header: TokenHeader) -> Token:
    row = transaction.execute("SELECT * FROM token WHERE id = ?", (header.token_id.lower(),)).fetchone()
    if row is None:
        raise ProtocolError("no such token")
    return Token(**{**dict(row), "signature_type": SignatureType(row["signature_type"])})
