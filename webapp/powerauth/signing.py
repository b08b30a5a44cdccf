"""One signature of an activation: unlock the keys, sign, move the counter.

Both functions return the next state. Store it before the signature leaves: a counter value that has
been used must never be used again.

Source: powerauth.md, sections 6.2 to 6.6; formats.md, section 2.7.
"""

from webapp.powerauth import aes
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.errors import FactorMissing
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.headers import authorization_header
from webapp.powerauth.protocol import Factor, Version
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.powerauth.signature import (
    OFFLINE_DIGITS,
    OFFLINE_SECRET,
    SIGNATURE_NONCE_BYTES,
    offline_signature,
    online_signature,
    signature_data,
)
from webapp.powerauth.state import ActivationState
from webapp.randomness import Random


def sign_request(
    state: ActivationState,
    configuration: SdkConfiguration,
    authentication: PowerAuthAuthentication,
    *,
    version: Version,
    method: str,
    uri_id: str,
    body: bytes,
    random: Random,
) -> tuple[str, ActivationState]:
    """The value of `X-PowerAuth-Authorization` for exactly this body, and the next state.

    Raises:
        FactorMissing: biometry is asked for but not set up, or the PIN is empty.
    """
    nonce = to_base64(random(SIGNATURE_NONCE_BYTES))
    signed = signature_data(method, uri_id, nonce, body, configuration.application_secret)
    signature = online_signature(version, unlock(state, authentication), state.counter.value, signed)
    header = authorization_header(
        version,
        state.activation_id,
        configuration.application_key,
        nonce,
        authentication.signature_type,
        signature,
    )
    return header, state.advanced()


def sign_offline(
    state: ActivationState,
    authentication: PowerAuthAuthentication,
    *,
    uri_id: str,
    nonce: str,
    body: bytes,
    digits: int = OFFLINE_DIGITS,
) -> tuple[str, ActivationState]:
    """The code that a person retypes, such as `12345678-12345678`, and the next state.

    Whether the server ever sees it nobody knows here, so the next state counts it as unconfirmed.

    Args:
        nonce: Base64 of 16 bytes as it stood in the QR code; its text is signed.

    Raises:
        FactorMissing: biometry is asked for but not set up, or the PIN is empty.
    """
    signed = signature_data("POST", uri_id, nonce, body, OFFLINE_SECRET)
    code = offline_signature(unlock(state, authentication), state.counter.value, signed, digits)
    return code, state.advanced().with_unconfirmed()


def unlock(state: ActivationState, authentication: PowerAuthAuthentication) -> list[bytes]:
    """The factor keys of this authentication, in the order of a signature.

    Raises:
        FactorMissing: biometry is asked for but not set up, or the PIN is empty.
    """
    keys = [state.possession_key]
    factors = authentication.signature_type.factors
    if Factor.KNOWLEDGE in factors:
        keys.append(state.knowledge.unlock(authentication.reveal()))
    if Factor.BIOMETRY in factors:
        if state.biometry is None:
            raise FactorMissing("biometry is not set up")
        keys.append(aes.decrypt(authentication.reveal(), aes.ZERO_IV, state.biometry))
    return keys
