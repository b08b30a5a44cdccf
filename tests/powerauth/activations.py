"""An activation of Alice's, made from known keys and without an exchange."""

from typing import Final

from tests.powerauth import known
from webapp.powerauth.activation import KeyTree, NewActivation, master_secret
from webapp.powerauth.counter import HashCounter
from webapp.powerauth.protocol import SignatureType
from webapp.powerauth.state import ActivationState
from webapp.powerauth.token import Token

PIN: Final = b"3719"
SALT: Final = known.run(0x90, 0x9F)
BIOMETRY_KEY: Final = known.run(0xB0, 0xBF)
KEYS: Final = KeyTree.derive(master_secret(known.SERVER, known.DEVICE.public_key()))
TOKEN: Final = Token(
    "possession_universal",
    "5f0e7a4c-8d4b-4d0a-9b59-3f8f4f0c2a11",
    known.run(0x60, 0x6F),
    SignatureType.POSSESSION,
)


def alice(*, biometry: bool = False) -> ActivationState:
    new = NewActivation(
        activation_id=known.ACTIVATION_ID,
        name="Alice's browser",
        application_key=known.APPLICATION_KEY,
        counter=HashCounter(known.COUNTER),
        server_public=known.SERVER.public_key(),
        device_private=known.DEVICE,
    )
    state = new.protect(PIN, random=lambda _: SALT, biometry_key=BIOMETRY_KEY if biometry else None)
    return state.with_token(TOKEN)
