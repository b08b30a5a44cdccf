"""The passkey of an activation: what is kept of it, and how its secret opens the biometry key.

The page derives a key of 32 bytes from the passkey's secret (PRF) and sends it with one answer. Two things
grow from it here: the key that wraps the biometry key, and a check value that is kept. Neither the secret
nor either key is kept anywhere.

The check value tells another secret from a signature that the bank refuses, before anything is signed. It
is no help in guessing: the secret has 256 random bits, unlike a PIN, for which there must be no such value.

All of it lies in the sealed state of the activation, as its `biometry_context`; docs/passkeys.md says more.
"""

import hmac
from dataclasses import dataclass, field, replace
from typing import Final, Self

import msgspec

from webapp.custody.sealing import derive
from webapp.flows.passkey_errors import PasskeySecretOther, PasskeyUsed
from webapp.flows.passkey_notes import LIFETIME_S
from webapp.powerauth.factors import KEY_BYTES
from webapp.powerauth.state import ActivationState

SECRET_BYTES: Final = 32
_WRAP_INFO: Final = b"assent/flows/passkey/wrap/1"
_CHECK_INFO: Final = b"assent/flows/passkey/check/1"


@dataclass(frozen=True, slots=True)
class Use:
    """An answer that was accepted, by its challenge, until nobody could bring it again."""

    challenge: bytes = field(repr=False)
    made_at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A passkey as the specification sees it; `public_key` is COSE in CBOR."""

    id: bytes
    public_key: bytes = field(repr=False)
    sign_count: int
    transports: tuple[str, ...]
    can_be_backed_up: bool
    """It may be synced to other devices; that never changes."""
    is_backed_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """The credential, and what ties it to this activation. `salt` and `check` have 32 bytes."""

    credential: Credential
    salt: bytes = field(repr=False)
    check: bytes = field(repr=False)
    added_at_ms: int
    used: tuple[Use, ...] = ()
    format: int = 1

    @classmethod
    def new(cls, credential: Credential, *, salt: bytes, secret: bytes, now_ms: int) -> Self:
        return cls(credential=credential, salt=salt, check=_check_of(secret), added_at_ms=now_ms)

    def wrapping_key(self, secret: bytes) -> bytes:
        """What wraps the biometry key, 16 bytes.

        Raises:
            PasskeySecretOther: this is not the secret that it was added with.
        """
        if not hmac.compare_digest(_check_of(secret), self.check):
            raise PasskeySecretOther
        return derive(secret, _WRAP_INFO, length=KEY_BYTES)

    def after_use(self, credential: Credential, use: Use) -> Self:
        """With this answer used up, and the credential as it told of itself.

        Raises:
            PasskeyUsed: it was used up before.
        """
        if any(earlier.challenge == use.challenge for earlier in self.used):
            raise PasskeyUsed
        oldest_ms = use.made_at_ms - 2 * LIFETIME_S * 1000
        recent = (one for one in self.used if one.made_at_ms >= oldest_ms)
        return replace(self, credential=credential, used=(*recent, use))

    def to_bytes(self) -> bytes:
        """What lies in the activation's state."""
        return msgspec.json.encode(self)


def passkey_of(state: ActivationState) -> Passkey | None:
    """The passkey with which this activation can sign; one of a form not known here counts as none."""
    if state.biometry is None or state.biometry_context is None:
        return None
    try:
        found = msgspec.json.decode(state.biometry_context, type=Passkey)
    except msgspec.MsgspecError:
        return None
    return found if found.format == 1 else None


def _check_of(secret: bytes) -> bytes:
    return derive(secret, _CHECK_INFO)
