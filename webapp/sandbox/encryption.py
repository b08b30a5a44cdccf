"""Temporary keys and envelopes: who may encrypt to us, for how long, and that nothing comes twice.

Source: powerauth.md, sections 4.2, 5.7 and 14 (points 4, 6, 14).
"""

from dataclasses import dataclass
from typing import Final

from webapp.powerauth import ecc, ecies
from webapp.powerauth.encoding import from_base64, from_base64url, to_base64
from webapp.powerauth.protocol import Version
from webapp.powerauth.status import ActivationStatus
from webapp.powerauth.temporary_key import activation_scope_key, read_hs256, sign_es256
from webapp.sandbox import activations
from webapp.sandbox.activations import Activation
from webapp.sandbox.applications import Application, ApplicationVersion, application, supported_version
from webapp.sandbox.errors import ProtocolError
from webapp.sandbox.members import Members, write_json
from webapp.sandbox.store import Transaction, use_once
from webapp.sandbox.surroundings import Json, Surroundings

_TEXTS: Final = ("ephemeralPublicKey", "encryptedData", "mac", "nonce", "temporaryKeyId")
_LONGEST_TEXT: Final = 1_000_000
_LONGEST_JWT: Final = 8_192


@dataclass(frozen=True, slots=True)
class Correspondent:
    """Who encrypts to the server: a client of an application, or one activation of it."""

    version: Version
    application: Application
    application_version: ApplicationVersion
    activation: Activation | None = None

    @property
    def activation_id(self) -> str | None:
        return None if self.activation is None else self.activation.id

    def scope(self) -> ecies.Scope:
        key, secret = self.application_version.application_key, self.application_version.application_secret
        if self.activation is None:
            return ecies.Scope.application(self.version, key, secret)
        transport = self.activation.keys().transport
        return ecies.Scope.activation(self.version, key, secret, self.activation.id, transport)

    def long_lived_key(self) -> ecc.PrivateKey:
        """The master key, or the activation's server key: the recipient before 3.3, the signer of JWTs."""
        return self.application.private_key() if self.activation is None else self.activation.server_key()


def correspondent(
    transaction: Transaction,
    version: Version,
    application_key: str,
    activation: Activation | None = None,
) -> Correspondent:
    """Look the application up.

    Raises:
        ProtocolError: its version is unknown or unsupported, or the activation belongs to another one.
    """
    found = supported_version(transaction, application_key)
    if activation is not None and activation.application_id != found.application_id:
        raise ProtocolError("activation of another application")
    return Correspondent(version, application(transaction, found.application_id), found, activation)


def read_envelope(version: Version, members: Members) -> ecies.Envelope:
    """The members of a request's envelope: exactly those of the version, each of its type.

    Raises:
        ProtocolError, EnvelopeInvalid: they are not.
    """
    ecies.check_fields(version, "request", members.values.keys())
    envelope: ecies.Envelope = {
        name: members.text(name, longest=_LONGEST_TEXT) for name in _TEXTS if name in members.values
    }
    if version.sends_timestamp:
        envelope["timestamp"] = members.integer("timestamp")
    return envelope


def open_envelope(
    surroundings: Surroundings, sender: Correspondent, sh1: str, envelope: ecies.Envelope
) -> tuple[bytes, ecies.Exchange]:
    """Decrypt a request; since 3.2 it must be fresh and new.

    What does not decrypt is not remembered, so that strangers cannot fill the memory.

    Raises:
        ProtocolError: too old, too early, seen before, or for a key that is not (or no longer) there.
        EnvelopeInvalid: it does not decrypt.
    """
    now = surroundings.clock.now_ms()
    window = surroundings.settings.envelope_window_ms
    timestamp = envelope.get("timestamp")
    if timestamp is not None and abs(now - int(timestamp)) > window:
        raise ProtocolError("timestamp outside of the window")
    private = _recipient(surroundings, sender, envelope)
    plaintext, exchange = ecies.decrypt_request(sender.scope(), sh1, private, envelope)
    if timestamp is not None:
        unique = _unique_value(envelope, sender.activation_id or "")
        with surroundings.store.write() as transaction:
            if not use_once(transaction, unique, now_ms=now, keep_until_ms=int(timestamp) + window):
                raise ProtocolError("envelope seen before")
    return plaintext, exchange


def close_answer(surroundings: Surroundings, exchange: ecies.Exchange, content: Json) -> Json:
    """The answer as a bare envelope, under the keys of the request."""
    now = surroundings.clock.now_ms()
    return dict(exchange.encrypt_response(write_json(content), random=surroundings.random, now_ms=now))


def issue_temporary_key(surroundings: Surroundings, jwt: str) -> str:
    """Answer a JWT that asks for a temporary key with a JWT that brings one.

    Raises:
        ProtocolError, TemporaryKeyInvalid: nobody we know asks, or not in a state to ask.
    """
    claims = _unverified_claims(jwt)
    challenge = claims.text("challenge")
    with surroundings.store.write() as transaction:
        sender = _asking(surroundings, transaction, claims)
    read_hs256(_request_key(sender), jwt)
    private = ecc.generate(surroundings.random)
    now = surroundings.clock.now_ms()
    expires = now + surroundings.settings.temporary_key_validity_ms
    key_id = surroundings.new_id()
    application_key = sender.application_version.application_key
    with surroundings.store.write() as transaction:
        transaction.execute("DELETE FROM temporary_key WHERE expires_ms <= ?", (now,))
        transaction.execute(
            "INSERT INTO temporary_key (id, application_key, activation_id, private, expires_ms)"
            " VALUES (?, ?, ?, ?, ?)",
            (key_id, application_key, sender.activation_id, ecc.scalar(private), expires),
        )
    answer = {
        "sub": key_id,
        "applicationKey": application_key,
        "challenge": challenge,
        "publicKey": to_base64(ecc.point(private.public_key())),
        "iat": now // 1000,
        "exp": expires // 1000,
        "iat_ms": now,
        "exp_ms": expires,
    }
    if sender.activation is not None:
        answer["activationId"] = sender.activation.id
    return sign_es256(sender.long_lived_key(), answer)


def _recipient(surroundings: Surroundings, sender: Correspondent, envelope: ecies.Envelope) -> ecc.PrivateKey:
    """The private key that the sender had to encrypt to."""
    if not sender.version.uses_temporary_keys:
        return sender.long_lived_key()
    with surroundings.store.read() as transaction:
        row = transaction.execute(
            "SELECT private FROM temporary_key"
            " WHERE id = ? AND application_key = ? AND activation_id IS ? AND expires_ms > ?",
            (
                envelope["temporaryKeyId"],
                sender.application_version.application_key,
                sender.activation_id,
                surroundings.clock.now_ms(),
            ),
        ).fetchone()
    if row is None:
        raise ProtocolError("temporary key unknown, expired or of another scope")
    return ecc.read_private(row["private"])


def _unique_value(envelope: ecies.Envelope, identifier: str) -> str:
    ephemeral, nonce = (from_base64(str(envelope[name])) for name in ("ephemeralPublicKey", "nonce"))
    return to_base64(ephemeral + nonce + identifier.encode())


def _unverified_claims(jwt: str) -> Members:
    """What the request says of itself: needed to find the key that verifies it."""
    parts = jwt.split(".")
    if len(jwt) > _LONGEST_JWT or len(parts) != 3:  # noqa: PLR2004
        raise ProtocolError("a JWT has three parts")
    return Members.read(from_base64url(parts[1]))


def _asking(surroundings: Surroundings, transaction: Transaction, claims: Members) -> Correspondent:
    activation_id = claims.optional_text("activationId")
    activation = None
    if activation_id is not None:
        found = activations.find(transaction, activation_id)
        if found is None:
            raise ProtocolError("no such activation")
        activation = activations.touch(transaction, found, surroundings.clock.now_ms())
        if activation.status not in (ActivationStatus.ACTIVE, ActivationStatus.BLOCKED):
            raise ProtocolError("activation in a wrong state")
    return correspondent(transaction, Version.V3_3, claims.text("applicationKey"), activation)


def _request_key(sender: Correspondent) -> bytes:
    secret = from_base64(sender.application_version.application_secret)
    if sender.activation is None:
        return secret
    return activation_scope_key(sender.activation.keys().transport, secret)
