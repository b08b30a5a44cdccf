"""Versions of the protocol, and the factors that a signature proves.

Source: powerauth.md, sections 6.1 and 11 (differences at a glance).
"""

from enum import Enum, StrEnum


class Version(StrEnum):
    """A protocol version, and what it does differently; their texts compare as they came."""

    V3_0 = "3.0"
    V3_1 = "3.1"
    V3_2 = "3.2"
    V3_3 = "3.3"

    @property
    def decimal_signatures(self) -> bool:
        """Online signatures are decimal digits, not Base64."""
        return self == "3.0"

    @property
    def sends_nonce(self) -> bool:
        """An encrypted request carries a nonce, from which its IV is derived."""
        return self > "3.0"

    @property
    def sends_timestamp(self) -> bool:
        """Encrypted messages carry a timestamp, the response a nonce of its own, the MAC covers both."""
        return self >= "3.2"

    @property
    def uses_temporary_keys(self) -> bool:
        """Requests are encrypted to a short-lived key that is fetched first."""
        return self >= "3.3"

    @property
    def signs_token_version(self) -> bool:
        """The digest of a token covers the version."""
        return self >= "3.2"

    @property
    def status_has_challenge(self) -> bool:
        """The status blob depends on a challenge and carries the counter's hash."""
        return self > "3.0"


class Factor(Enum):
    """What a signature proves: the browser's activation, the PIN, the passkey."""

    POSSESSION = "possession"
    KNOWLEDGE = "knowledge"
    BIOMETRY = "biometry"


class SignatureType(StrEnum):
    """The factors of one signature, in the order of their keys."""

    POSSESSION = "possession"
    KNOWLEDGE = "knowledge"
    BIOMETRY = "biometry"
    POSSESSION_KNOWLEDGE = "possession_knowledge"
    POSSESSION_BIOMETRY = "possession_biometry"
    POSSESSION_KNOWLEDGE_BIOMETRY = "possession_knowledge_biometry"

    @property
    def factors(self) -> tuple[Factor, ...]:
        """The single factors, in order."""
        return _FACTORS[self]


_FACTORS = {kind: tuple(Factor(name) for name in kind.value.split("_")) for kind in SignatureType}
