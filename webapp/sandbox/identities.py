"""Who asks for an activation: layer 1 of the key exchange, and whose activation it is to become.

Source: powerauth.md, sections 3.3, 3.4 and 14.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from webapp.powerauth import ecies
from webapp.powerauth.protocol import Version
from webapp.powerauth.status import ActivationStatus
from webapp.sandbox import activations, configuration, encryption, oidc, recovery
from webapp.sandbox.activations import ON_COMMIT, ON_KEY_EXCHANGE, Activation
from webapp.sandbox.applications import Application
from webapp.sandbox.configuration import Customer
from webapp.sandbox.errors import ProtocolError
from webapp.sandbox.initiations import Initiation, initiate
from webapp.sandbox.members import Members
from webapp.sandbox.store import Transaction
from webapp.sandbox.surroundings import Surroundings

_MOST_ATTRIBUTES: Final = 50


@dataclass(frozen=True, slots=True)
class Asking:
    """Layer 1: who asks, by what, and what they tell the bank's own code."""

    kind: str
    attributes: Mapping[str, str] = field(repr=False)
    custom: Mapping[str, Any] | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Welcome:
    """An activation that waits for its keys, and what the bank says about its person at once."""

    activation: Activation
    claims: Mapping[str, Any] | None = field(default=None, repr=False)


def read_layer_1(version: Version, plaintext: bytes) -> tuple[Asking, ecies.Envelope]:
    """Who asks, and the envelope of layer 2."""
    members = Members.read(plaintext)
    members.only("type", "identityAttributes", "customAttributes", "activationData")
    custom = members.optional_members("customAttributes")
    attributes = members.text_map("identityAttributes")
    if not 0 < len(attributes) <= _MOST_ATTRIBUTES:
        raise ProtocolError("no identity attributes, or too many")
    asking = Asking(members.text("type"), attributes, None if custom is None else custom.values)
    return asking, encryption.read_envelope(version, members.members("activationData"))


def welcome(
    surroundings: Surroundings, transaction: Transaction, application: Application, asking: Asking
) -> Welcome:
    """The activation that waits for this person.

    Raises:
        ProtocolError: nobody is waiting for them, or no provider for this type is configured.
        EndpointError: a recovery code that does not work.
    """
    attributes = Members.of(asking.attributes)
    match asking.kind:
        case "CODE":
            code = attributes.text("code")
            return Welcome(_waiting(surroundings, transaction, application, code))
        case "RECOVERY":
            return _recovered(surroundings, transaction, application, attributes)
        case "DIRECT" if asking.attributes.get("method") == "oidc":
            user_id = oidc.sign_in(surroundings, transaction, application.id, attributes)
            return _known(surroundings, transaction, application, Customer(user_id, {}, commit=True))
        case "CUSTOM" | "DIRECT":
            customer = configuration.identify(transaction, application.id, asking.attributes)
            if customer is None:
                raise ProtocolError("no customer with these attributes")
            return _known(surroundings, transaction, application, customer)
        case _:
            raise ProtocolError("unknown type of activation")


def _waiting(
    surroundings: Surroundings, transaction: Transaction, application: Application, code: str
) -> Activation:
    """The activation that the bank has begun with this code."""
    found = activations.find_by_code(transaction, code)
    if found is None or found.application_id != application.id:
        raise ProtocolError("no activation waits for this code")
    activation = activations.touch(transaction, found, surroundings.clock.now_ms())
    if activation.status is not ActivationStatus.CREATED:
        raise ProtocolError("activation expired")
    return activation


def _known(
    surroundings: Surroundings, transaction: Transaction, application: Application, customer: Customer
) -> Welcome:
    phase = ON_KEY_EXCHANGE if customer.commit else ON_COMMIT
    initiation = Initiation(customer.user_id, application, commit_phase=phase)
    return Welcome(initiate(surroundings, transaction, initiation), customer.claims)


def _recovered(
    surroundings: Surroundings, transaction: Transaction, application: Application, attributes: Members
) -> Welcome:
    code, puk = attributes.text("recoveryCode"), attributes.text("puk")
    used = recovery.use(surroundings, transaction, application.id, code, puk)
    initiation = Initiation(
        used.recovery_code.user_id, application, commit_phase=ON_KEY_EXCHANGE, flags=used.flags
    )
    activation = initiate(surroundings, transaction, initiation)
    recovery.bind(transaction, used.recovery_code, activation)
    return Welcome(activation)
