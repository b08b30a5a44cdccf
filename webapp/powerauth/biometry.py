"""Biometry set up for an activation that is there already, with the vault key from the server.

The biometry key is forgotten after the key exchange. The device key, which only the vault key opens, grows
the whole key tree once more.

Source: powerauth.md, sections 9 and 9.2.
"""

from dataclasses import replace

from webapp.powerauth.activation import KeyTree, master_secret
from webapp.powerauth.ecc import read_public
from webapp.powerauth.factors import wrap_biometry_key
from webapp.powerauth.state import ActivationState
from webapp.powerauth.vault import open_device_key


def with_biometry(
    state: ActivationState, vault_key: bytes, biometry_key: bytes, context: bytes | None = None
) -> ActivationState:
    """The state with a biometry factor, in place of any that it had.

    Args:
        biometry_key: 16 bytes that the person's device keeps, such as a secret of a passkey.
        context: what has to be remembered about that key.

    Raises:
        EnvelopeInvalid: the vault key is not the one of this activation.
        ValueError: the biometry key has another length, or is all zero.
    """
    device_key = open_device_key(state, vault_key)
    keys = KeyTree.derive(master_secret(device_key, read_public(state.server_public_key)))
    return replace(state, biometry=wrap_biometry_key(keys.biometry, biometry_key), biometry_context=context)


def without_biometry(state: ActivationState) -> ActivationState:
    """The state without a biometry factor, and without what was remembered about its key."""
    return replace(state, biometry=None, biometry_context=None)
