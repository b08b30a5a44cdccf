"""The endpoints under /pa/v3 about keys and signatures: server status, temporary keys, tokens, the vault.

Source: powerauth.md, sections 4, 6.5, 7, 8, 9, 11 and 12.1.
"""

import re
from typing import Final

from webapp.powerauth import ecies
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.headers import AUTHORIZATION
from webapp.powerauth.received_headers import read_authorization
from webapp.powerauth.signature import (
    URI_ACTIVATION_REMOVE,
    URI_SIGNATURE_VALIDATE,
    URI_TOKEN_CREATE,
    URI_TOKEN_REMOVE,
    URI_VAULT_UNLOCK,
)
from webapp.powerauth.vault import wrap_vault_key
from webapp.sandbox import activations, encryption, tokens
from webapp.sandbox.encryption import correspondent
from webapp.sandbox.errors import (
    AUTHENTICATION,
    SECURE_VAULT,
    TEMPORARY_KEY,
    UPGRADE,
    EndpointError,
    ProtocolError,
    answered_with,
)
from webapp.sandbox.members import Members
from webapp.sandbox.signatures import PB, PK, PKB, P, read_header, signing_activation, verify
from webapp.sandbox.surroundings import Call, Json, Surroundings, ok

_EVERY_TYPE: Final = (P, PK, PB, PKB)
_REASON = re.compile(r"[A-Za-z0-9_\-.]{3,255}")


def server_status(surroundings: Surroundings, _call: Call) -> Json:
    """The server's time; clients synchronise with it."""
    about = {"name": "sandbox", "version": "1.9.0"}
    return ok({"serverTime": surroundings.clock.now_ms(), "application": about})


def keystore_create(surroundings: Surroundings, call: Call) -> Json:
    """A temporary encryption key for a JWT."""
    with answered_with(TEMPORARY_KEY):
        jwt = Members.read(call.body).members("requestObject").text("jwt", longest=8192)
        return ok({"jwt": encryption.issue_temporary_key(surroundings, jwt)})


def activation_remove(surroundings: Surroundings, call: Call) -> Json:
    """The device takes itself away."""
    with answered_with(AUTHENTICATION):
        authorization = read_header(call, (PK, PB, PKB))
        with surroundings.store.write() as transaction:
            signer = verify(surroundings, transaction, call, authorization, URI_ACTIVATION_REMOVE)
            activations.remove(transaction, signer.activation, surroundings.clock.now_ms())
    return ok({"activationId": signer.activation.id})


def token_create(surroundings: Surroundings, call: Call) -> Json:
    """A token bound to the factors of the signature. The signature covers the envelope as it was sent."""
    with answered_with(AUTHENTICATION):
        authorization = read_header(call, (P, PK, PB))
        envelope = encryption.read_envelope(authorization.version, Members.read(call.body))
        with surroundings.store.write() as transaction:
            signer = verify(surroundings, transaction, call, authorization, URI_TOKEN_CREATE)
            sender = correspondent(
                transaction, authorization.version, authorization.application_key, signer.activation
            )
        plaintext, exchange = encryption.open_envelope(surroundings, sender, ecies.SH1_TOKEN_CREATE, envelope)
        Members.read(plaintext).only()
        with surroundings.store.write() as transaction:
            now = surroundings.clock.now_ms()
            activation = signing_activation(transaction, signer.activation.id, now)
            token = tokens.create(surroundings, transaction, activation, authorization.signature_type)
    return encryption.close_answer(
        surroundings, exchange, {"tokenId": token.id, "tokenSecret": to_base64(token.secret)}
    )


def token_remove(surroundings: Surroundings, call: Call) -> Json:
    """Quiet success also for a token that is unknown or somebody else's."""
    with answered_with(AUTHENTICATION):
        authorization = read_header(call, _EVERY_TYPE)
        with surroundings.store.write() as transaction:
            signer = verify(surroundings, transaction, call, authorization, URI_TOKEN_REMOVE)
            token_id = Members.read(call.body).members("requestObject").text("tokenId")
            tokens.remove(transaction, signer.activation, token_id)
    return ok({"tokenId": token_id})


def signature_validate(surroundings: Surroundings, call: Call) -> Json:
    """Check a signature of any type, and nothing else."""
    with answered_with(AUTHENTICATION):
        authorization = read_header(call, _EVERY_TYPE)
        with surroundings.store.write() as transaction:
            verify(surroundings, transaction, call, authorization, URI_SIGNATURE_VALIDATE)
    return ok()


def vault_unlock(surroundings: Surroundings, call: Call) -> Json:
    """The vault key, against two factors.

    What is wrong with the envelope is found before the signature, so the server's counter stays.
    """
    with answered_with(AUTHENTICATION):
        authorization = read_authorization(call.headers.get(AUTHORIZATION, ""))
        members = Members.read(call.body)
    with answered_with(SECURE_VAULT):
        allowed = (PK, PB) if surroundings.settings.vault_by_biometry else (PK,)
        if authorization.signature_type not in allowed:
            raise ProtocolError("signature type not allowed here")
        envelope = encryption.read_envelope(authorization.version, members)
    with answered_with(AUTHENTICATION), surroundings.store.write() as transaction:
        now = surroundings.clock.now_ms()
        activation = signing_activation(transaction, authorization.activation_id, now)
        sender = correspondent(transaction, authorization.version, authorization.application_key, activation)
    with answered_with(SECURE_VAULT):
        plaintext, exchange = encryption.open_envelope(surroundings, sender, ecies.SH1_VAULT_UNLOCK, envelope)
        _check_reason(plaintext)
    with answered_with(AUTHENTICATION), surroundings.store.write() as transaction:
        signer = verify(surroundings, transaction, call, authorization, URI_VAULT_UNLOCK)
    keys = signer.activation.keys()
    wrapped = wrap_vault_key(keys.transport, keys.vault)
    return encryption.close_answer(
        surroundings, exchange, {"encryptedVaultEncryptionKey": to_base64(wrapped)}
    )


def upgrade(_surroundings: Surroundings, _call: Call) -> Json:
    """Nothing to upgrade: every activation here was made by version 3 of the protocol."""
    raise EndpointError(*UPGRADE)


def _check_reason(plaintext: bytes) -> None:
    members = Members.read(plaintext)
    members.only("reason")
    reason = members.optional_text("reason")
    if reason is not None and _REASON.fullmatch(reason) is None:
        raise ProtocolError("malformed reason")
