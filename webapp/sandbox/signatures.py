"""Verification of signatures: where the counter moves and where failed attempts are counted.

`verify` is told the transaction it runs in, because what a signature allows has to happen in the same
one: nothing may come between the check and the deed.

Source: powerauth.md, sections 6.3, 6.4, 6.7, 14 (points 1 to 3, 10).
"""

import hmac
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Final, NoReturn
from urllib.parse import unquote_plus

from webapp.powerauth.activation import KeyTree
from webapp.powerauth.counter import next_counter
from webapp.powerauth.headers import AUTHORIZATION
from webapp.powerauth.protocol import Factor, SignatureType
from webapp.powerauth.received_headers import Authorization, read_authorization
from webapp.powerauth.signature import canonical_query, online_signature, signature_data
from webapp.powerauth.status import ActivationStatus
from webapp.sandbox import activations
from webapp.sandbox.activations import Activation
from webapp.sandbox.applications import ApplicationVersion, supported_version
from webapp.sandbox.errors import ProtocolError
from webapp.sandbox.store import Transaction, save
from webapp.sandbox.surroundings import Call, Surroundings

_log = logging.getLogger(__name__)

P: Final = SignatureType.POSSESSION
PK: Final = SignatureType.POSSESSION_KNOWLEDGE
PB: Final = SignatureType.POSSESSION_BIOMETRY
PKB: Final = SignatureType.POSSESSION_KNOWLEDGE_BIOMETRY


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose signature verified, and by which factors."""

    activation: Activation
    authorization: Authorization


def read_header(call: Call, allowed: Collection[SignatureType]) -> Authorization:
    """The signature header of a request, with a type that the endpoint lists.

    Raises:
        ProtocolError, HeaderInvalid: missing, malformed, or of another type; nothing is counted.
    """
    authorization = read_authorization(call.headers.get(AUTHORIZATION, ""))
    if authorization.signature_type not in allowed:
        raise ProtocolError("signature type not allowed here")
    return authorization


def verify(
    surroundings: Surroundings,
    transaction: Transaction,
    call: Call,
    authorization: Authorization,
    uri_id: str,
) -> Signer:
    """Verify the signature over this request, move the counter, reset or count failures.

    Raises:
        ProtocolError: it does not verify, or the activation may not sign.
    """
    now = surroundings.clock.now_ms()
    activation = signing_activation(transaction, authorization.activation_id, now)
    application_version = _application_version(transaction, activation, authorization, now)
    body = _signed_query(call.query) if call.method == "GET" else call.body
    secret = application_version.application_secret
    signed = signature_data(call.method, uri_id, authorization.nonce, body, secret)
    keys = factor_keys(activation.keys(), authorization.signature_type)
    version, expected = authorization.version, authorization.signature

    def matches(counter_value: bytes) -> bool:
        return hmac.compare_digest(online_signature(version, keys, counter_value, signed), expected)

    moved = look_ahead(activation, surroundings.settings.look_ahead, matches)
    if moved is None:
        _refuse(transaction, activation, authorization, now)
    return Signer(accept(transaction, moved, authorization.signature_type, now), authorization)


def signing_activation(transaction: Transaction, activation_id: str, now_ms: int) -> Activation:
    """The activation, if it is in a state to sign.

    Raises:
        ProtocolError: it is not; nothing is counted.
    """
    found = activations.find(transaction, activation_id)
    if found is None:
        raise ProtocolError("no such activation")
    activation = activations.touch(transaction, found, now_ms)
    if activation.status is not ActivationStatus.ACTIVE:
        raise ProtocolError(f"activation is {activation.status.name}")
    return activation


def factor_keys(keys: KeyTree, signature_type: SignatureType) -> list[bytes]:
    """The keys of the factors, in order."""
    every = {
        Factor.POSSESSION: keys.possession,
        Factor.KNOWLEDGE: keys.knowledge,
        Factor.BIOMETRY: keys.biometry,
    }
    return [every[factor] for factor in signature_type.factors]


def look_ahead(activation: Activation, steps: int, matches: Callable[[bytes], bool]) -> Activation | None:
    """The activation with its counter *behind* the first value that matches, or None.

    The client may be ahead by 0 … steps - 1; an older value never matches again.
    """
    value = activation.counter_value
    if value is None:
        return None
    for step in range(steps):
        following = next_counter(value)
        if matches(value):
            return replace(activation, counter_value=following, counter=activation.counter + step + 1)
        value = following
    return None


def accept(
    transaction: Transaction, activation: Activation, signature_type: SignatureType, now_ms: int
) -> Activation:
    """Store the moved counter; two factors clear the failed attempts, possession alone does not."""
    failed = activation.failed_attempts if signature_type is P else 0
    accepted = replace(activation, failed_attempts=failed, used_ms=now_ms)
    save(transaction, "activation", accepted)
    return accepted


def _signed_query(query: str) -> bytes:
    canonical = canonical_query(query)
    if canonical_query(unquote_plus(query)) != canonical:
        # The real server decodes twice, so such a request would fail there.
        _log.warning("a query with %%, + or & inside of values is not signed alike everywhere")
    return canonical.encode()


def _application_version(
    transaction: Transaction, activation: Activation, authorization: Authorization, now_ms: int
) -> ApplicationVersion:
    try:
        found = supported_version(transaction, authorization.application_key)
    except ProtocolError:
        _refuse(transaction, activation, authorization, now_ms)
    if found.application_id != activation.application_id:
        _refuse(transaction, activation, authorization, now_ms)
    return found


def _refuse(
    transaction: Transaction, activation: Activation, authorization: Authorization, now_ms: int
) -> NoReturn:
    if authorization.signature_type is not P:
        activations.count_failure(transaction, activation, now_ms)
    raise ProtocolError("signature does not verify")
