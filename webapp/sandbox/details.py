"""The endpoints about what the bank knows: an activation's name, and claims about its user.

Source: powerauth.md, sections 5.8, 6.5 and 11.
"""

from dataclasses import replace

from webapp.powerauth import ecies
from webapp.powerauth.headers import ENCRYPTION
from webapp.powerauth.received_headers import read_encryption
from webapp.powerauth.signature import URI_ACTIVATION_RENAME
from webapp.sandbox import activations, configuration, encryption, tokens
from webapp.sandbox.activations import Activation
from webapp.sandbox.encryption import correspondent
from webapp.sandbox.errors import (
    AUTHENTICATION,
    ENCRYPTION_FAILED,
    USER_INFO,
    ProtocolError,
    answered_with,
)
from webapp.sandbox.members import Members
from webapp.sandbox.signatures import PB, PK, read_header, signing_activation, verify
from webapp.sandbox.surroundings import Call, Json, Surroundings, ok


def activation_detail(surroundings: Surroundings, call: Call) -> Json:
    """Identifier and name, for a token of two factors."""
    with answered_with(AUTHENTICATION):
        authenticated = tokens.authenticate(surroundings, call, (PK, PB))
    activation, exchange = _open_empty(surroundings, call, ENCRYPTION_FAILED)
    with answered_with(ENCRYPTION_FAILED):
        if activation.id != authenticated.id:
            raise ProtocolError("token of another activation")
    return encryption.close_answer(surroundings, exchange, _detail(activation))


def activation_rename(surroundings: Surroundings, call: Call) -> Json:
    """Another name. The signature covers the plaintext; what does not decrypt is not counted."""
    with answered_with(AUTHENTICATION):
        authorization = read_header(call, (PK, PB))
        with surroundings.store.write() as transaction:
            now = surroundings.clock.now_ms()
            activation = signing_activation(transaction, authorization.activation_id, now)
            sender = correspondent(
                transaction, authorization.version, authorization.application_key, activation
            )
    with answered_with(ENCRYPTION_FAILED):
        envelope = encryption.read_envelope(authorization.version, Members.read(call.body))
        plaintext, exchange = encryption.open_envelope(surroundings, sender, ecies.SH1_ACTIVATION, envelope)
        members = Members.read(plaintext)
        members.only("activationName")
        name = members.text("activationName")
    with answered_with(AUTHENTICATION), surroundings.store.write() as transaction:
        opened = replace(call, body=plaintext)
        signer = verify(surroundings, transaction, opened, authorization, URI_ACTIVATION_RENAME)
        kept = None if surroundings.settings.forgets_names else name
        renamed = activations.rename(transaction, signer.activation, kept)
    return encryption.close_answer(surroundings, exchange, _detail(renamed))


def user_info(surroundings: Surroundings, call: Call) -> Json:
    """Claims about the user, in OIDC's names: the identifier, and what the bank is configured to say."""
    activation, exchange = _open_empty(surroundings, call, USER_INFO)
    with surroundings.store.read() as transaction:
        claims = configuration.claims_of(transaction, activation.application_id, activation.user_id)
    return encryption.close_answer(surroundings, exchange, {"sub": activation.user_id, **(claims or {})})


def _open_empty(
    surroundings: Surroundings, call: Call, not_active: tuple[int, str, str]
) -> tuple[Activation, ecies.Exchange]:
    """An encrypted request without content in the scope of an ACTIVE activation."""
    with answered_with(ENCRYPTION_FAILED):
        header = read_encryption(call.headers.get(ENCRYPTION, ""), activation_scope=True)
        envelope = encryption.read_envelope(header.version, Members.read(call.body))
    with answered_with(not_active), surroundings.store.write() as transaction:
        now = surroundings.clock.now_ms()
        activation = signing_activation(transaction, header.activation_id or "", now)
    with answered_with(ENCRYPTION_FAILED):
        with surroundings.store.read() as transaction:
            sender = correspondent(transaction, header.version, header.application_key, activation)
        plaintext, exchange = encryption.open_envelope(surroundings, sender, ecies.SH1_ACTIVATION, envelope)
        Members.read(plaintext).only()
    return activation, exchange


def _detail(activation: Activation) -> Json:
    return ok({"activationId": activation.id, "activationName": activation.name})
