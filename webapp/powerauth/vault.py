"""The vault key on its way from the server, and the device key that it protects at rest.

Source: powerauth.md, sections 3.5 and 9.
"""

from typing import Final

from webapp.powerauth import aes
from webapp.powerauth.ecc import PrivateKey, point, read_private, scalar
from webapp.powerauth.errors import EnvelopeInvalid, PaddingInvalid, PublicKeyInvalid
from webapp.powerauth.kdf import derive
from webapp.powerauth.state import ActivationState

VAULT_KEY_BYTES: Final = 16
LAST_INDEX: Final = 2**64 - 1


def wrap_vault_key(transport_key: bytes, vault_key: bytes) -> bytes:
    """The transport form, 32 bytes."""
    return aes.encrypt_padded(transport_key, aes.ZERO_IV, vault_key)


def unwrap_vault_key(transport_key: bytes, wrapped: bytes) -> bytes:
    """KEY_ENCRYPTION_VAULT, 16 bytes, from its transport form.

    Raises:
        EnvelopeInvalid: it does not decrypt to 16 bytes.
    """
    try:
        vault_key = aes.decrypt_padded(transport_key, aes.ZERO_IV, wrapped)
    except PaddingInvalid as error:
        raise EnvelopeInvalid("vault key: wrong padding") from error
    if len(vault_key) != VAULT_KEY_BYTES:
        raise EnvelopeInvalid("a vault key has 16 bytes")
    return vault_key


def wrap_device_key(vault_key: bytes, private: PrivateKey) -> bytes:
    """The device's private key as it rests in the activation's state."""
    return aes.encrypt_padded(vault_key, aes.ZERO_IV, scalar(private))


def unwrap_device_key(vault_key: bytes, wrapped: bytes) -> PrivateKey:
    """The device's private key, with the vault key in hand.

    Raises:
        EnvelopeInvalid: another vault key.
    """
    try:
        return read_private(aes.decrypt_padded(vault_key, aes.ZERO_IV, wrapped))
    except (PaddingInvalid, PublicKeyInvalid) as error:
        raise EnvelopeInvalid("device key: another vault key") from error


def open_device_key(state: ActivationState, vault_key: bytes) -> PrivateKey:
    """The activation's device key, which must be the one whose public half the server knows.

    Raises:
        EnvelopeInvalid: the vault key is not the one of this activation.
    """
    private = unwrap_device_key(vault_key, state.device_private_key)
    # A wrong key may decrypt to some number after all, once in some hundred times.
    if point(private.public_key()) != state.device_public_key:
        raise EnvelopeInvalid("device key: another vault key")
    return private


def encryption_key(vault_key: bytes, index: int) -> bytes:
    """The application's own key of this number (0 … 2⁶⁴−1), 16 bytes."""
    return derive(vault_key, check_index(index))


def check_index(index: int) -> int:
    """The number, if a key can have it.

    Raises:
        ValueError: it cannot.
    """
    if not 0 <= index <= LAST_INDEX:
        raise ValueError("an index of a key is a number from 0 to 2⁶⁴−1")
    return index
