"""Recovery code and PUK: what replaces a lost activation, and how they rest in the one they belong to.

Source: powerauth.md, sections 3.2, 3.5 and 9.
"""

from dataclasses import dataclass, field
from typing import Self

from webapp.powerauth import aes
from webapp.powerauth.activation_code import (
    parse_recovery_code,
    validate_recovery_code,
    validate_recovery_puk,
)
from webapp.powerauth.errors import ActivationInvalid, EnvelopeInvalid, PaddingInvalid


@dataclass(frozen=True, slots=True)
class RecoveryData:
    """A recovery code (23 characters) and the PUK (ten digits) that goes with it."""

    code: str = field(repr=False)
    puk: str = field(repr=False)

    @classmethod
    def read(cls, value: object) -> Self | None:
        """The member `activationRecovery` of an answer; None where the server hands out no such codes.

        Raises:
            ActivationInvalid: something else than a code and a PUK.
        """
        if value is None:
            return None
        code, puk = (value.get("recoveryCode"), value.get("puk")) if isinstance(value, dict) else (None, None)
        if not isinstance(code, str) or not isinstance(puk, str):
            raise ActivationInvalid("recovery data without code and PUK")
        if not validate_recovery_code(code) or not validate_recovery_puk(puk):
            raise ActivationInvalid("malformed recovery code or PUK")
        return cls(parse_recovery_code(code), puk)

    def wrap(self, vault_key: bytes) -> bytes:
        """As it rests in the activation's state, 48 bytes."""
        return aes.encrypt_padded(vault_key, aes.ZERO_IV, f"{self.code} {self.puk}".encode("ascii"))

    @classmethod
    def unwrap(cls, vault_key: bytes, wrapped: bytes) -> Self:
        """With the vault key in hand.

        Raises:
            EnvelopeInvalid: another vault key.
        """
        try:
            code, _, puk = aes.decrypt_padded(vault_key, aes.ZERO_IV, wrapped).decode("ascii").partition(" ")
        except (PaddingInvalid, UnicodeDecodeError) as error:
            raise EnvelopeInvalid("recovery data: another vault key") from error
        if not validate_recovery_code(code, allow_prefix=False) or not validate_recovery_puk(puk):
            raise EnvelopeInvalid("recovery data: another vault key")
        return cls(code, puk)
