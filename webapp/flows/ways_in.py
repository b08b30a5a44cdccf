"""The ways to an activation that the operator has opened beside the plain activation code.

Source: powerauth.md, sections 3.4 and 3.6.
"""

from dataclasses import dataclass
from enum import StrEnum


class OtpRule(StrEnum):
    """Whether an activation code comes with a one-time password of its own."""

    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class CredentialField:
    """Something that the bank asks a person for; `name` is the bank's word for it, `label` the person's."""

    name: str
    label: str
    is_secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysIn:
    """Which ways there are. What is not chosen is closed."""

    otp: OtpRule = OtpRule.OFF
    credentials: tuple[CredentialField, ...] = ()
    """What the bank's own check wants to know; empty: it does not enrol anybody like this."""
    recovery: bool = False
    """Whether a recovery code and its PUK replace a lost activation."""
    oidc_provider: str = ""
    """The bank's name for the provider at which people sign in; empty: none."""
