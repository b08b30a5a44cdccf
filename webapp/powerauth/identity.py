"""Who asks for an activation, and what proves it: a code, credentials, a recovery code, or a sign-in.

Source: powerauth.md, section 3.4.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from webapp.powerauth.activation_code import ActivationCode, parse_recovery_code, validate_recovery_puk


class IdentityKind(StrEnum):
    """The `type` of an activation: who decides whose it becomes."""

    CODE = "CODE"
    CUSTOM = "CUSTOM"
    DIRECT = "DIRECT"
    RECOVERY = "RECOVERY"


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity attributes of an activation. Made by one of the class methods.

    `signed_code` is there when a code was scanned together with the bank's signature.
    """

    kind: IdentityKind
    attributes: Mapping[str, str] = field(repr=False)
    signed_code: ActivationCode | None = None

    @classmethod
    def of_code(cls, code: ActivationCode) -> Self:
        """An activation code that the bank gave out."""
        return cls(IdentityKind.CODE, {"code": code.code}, code)

    @classmethod
    def of_attributes(cls, attributes: Mapping[str, str]) -> Self:
        """Whatever the bank's own check understands, such as `username` and `password`.

        Raises:
            ValueError: nothing at all.
        """
        if not attributes:
            raise ValueError("identity attributes are not empty")
        return cls(IdentityKind.CUSTOM, dict(attributes))

    @classmethod
    def of_recovery(cls, code: str, puk: str) -> Self:
        """A recovery code, with or without `R:`, and its PUK. The activation that it replaces is removed.

        Raises:
            ActivationCodeError: the rule that the code breaks.
            ValueError: a PUK has ten digits.
        """
        if not validate_recovery_puk(puk):
            raise ValueError("a PUK has ten digits")
        return cls(IdentityKind.RECOVERY, {"recoveryCode": parse_recovery_code(code), "puk": puk})

    @classmethod
    def of_oidc(
        cls, provider_id: str, authorization_code: str, nonce: str, code_verifier: str | None = None
    ) -> Self:
        """What came back from a sign-in at an OpenID provider; the verifier only where PKCE is used."""
        attributes = {
            "method": "oidc",
            "providerId": provider_id,
            "code": authorization_code,
            "nonce": nonce,
        }
        if code_verifier is not None:
            attributes["codeVerifier"] = code_verifier
        return cls(IdentityKind.DIRECT, attributes)
