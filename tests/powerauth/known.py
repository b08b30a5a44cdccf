"""The parties of Appendix A of the protocol's specification, for tests that need somebody to talk to.

Private keys are SHA-256 of a name, secrets are consecutive bytes: nothing here is worth hiding.
"""

import hashlib
from typing import Final

from webapp.powerauth.ecc import PrivateKey, point, read_private
from webapp.powerauth.ecies import Scope
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.protocol import Version
from webapp.powerauth.sdk_configuration import SdkConfiguration


def run(first: int, last: int) -> bytes:
    """Consecutive bytes, both ends included."""
    return bytes(range(first, last + 1))


def private_key(name: str) -> PrivateKey:
    """The key pair of a name."""
    return read_private(hashlib.sha256(name.encode()).digest())


MASTER: Final = private_key("master")
SERVER: Final = private_key("server")
DEVICE: Final = private_key("device")
TEMPORARY: Final = private_key("temp")
EPHEMERAL: Final = private_key("ephemeral")

APPLICATION_KEY: Final = to_base64(run(0x00, 0x0F))
APPLICATION_SECRET: Final = to_base64(run(0x10, 0x1F))
ACTIVATION_ID: Final = "3eec1d5b-5c2b-4a5e-9e2b-0c3d5f6a7b8c"
TEMPORARY_KEY_ID: Final = "7a1c9f10-2b3c-4d5e-8f90-a1b2c3d4e5f6"
TRANSPORT_KEY: Final = bytes.fromhex("d47b5ee0d781670265d1e73a12ab16d3")
COUNTER: Final = run(0x40, 0x4F)
NONCE: Final = run(0x50, 0x5F)
NOW_MS: Final = 1_700_000_000_000

CONFIGURATION: Final = SdkConfiguration(APPLICATION_KEY, APPLICATION_SECRET, point(MASTER.public_key()))


def application_scope(version: Version) -> Scope:
    return Scope.application(version, APPLICATION_KEY, APPLICATION_SECRET)


def activation_scope(version: Version) -> Scope:
    return Scope.activation(version, APPLICATION_KEY, APPLICATION_SECRET, ACTIVATION_ID, TRANSPORT_KEY)
