"""The vault key on its way from the server, and the device key that it protects at rest.

Source: powerauth.md, sections 3.5 and 9.
"""

from typing import Final

from webapp.powerauth import aes
from webapp.powerauth.ecc import PrivateKey, read_private, scalar
from webapp.powerauth.errors import EnvelopeInvalid, PaddingInvalid, PublicKeyInvalid

VAULT_KEY_BYTES: Final = 16


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
