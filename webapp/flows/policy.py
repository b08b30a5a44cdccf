"""What the operator of this site decides; made once, from the settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from urllib.parse import urlsplit

from webapp.flows.pin import KnowledgeRules
from webapp.flows.ways_in import WaysIn
from webapp.mtoken.operations import URI_OFFLINE
from webapp.powerauth.signature import OFFLINE_DIGITS


class RetypeRule(StrEnum):
    """Which approvals ask for the last characters of the account, or for the amount."""

    OFF = "off"
    FLAGGED = "flagged"
    """Operations with a warning screen, and those over a limit."""
    ALWAYS = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The operator's choices. What is not chosen is the careful way."""

    retype: RetypeRule = RetypeRule.FLAGGED
    limits: Mapping[str, Decimal] = field(default_factory=dict)
    """The largest amount per currency code that is not flagged; empty: no amount is."""
    approves_mismatched: bool = False
    """Whether an operation may be approved whose signed data and shown rows disagree."""
    approves_unshown: bool = False
    """Whether an operation may be approved of which something cannot be shown."""
    redirect_hosts: frozenset[str] = frozenset()
    """Hosts to which a page may lead after an approval, in lower case; `*.shop.example` takes subdomains."""
    redirect_schemes: frozenset[str] = frozenset()
    """Schemes of the operator's own applications, in lower case."""
    proximity_lifetime_s: int = 60
    """How long a proximity code is worth sending after it was received."""
    offline_uri_id: str = URI_OFFLINE
    """What the signature of an offline operation says it is for, as agreed with the bank."""
    offline_digits: int = OFFLINE_DIGITS
    """Digits of each half of an approval code, 4 to 8, as agreed with the bank."""
    knowledge: KnowledgeRules = field(default_factory=KnowledgeRules)
    """Whether people have a PIN or a password, and which ones they may choose."""
    ways: WaysIn = field(default_factory=WaysIn)
    """How browsers are enrolled, beside the activation code."""
    synced_passkeys: bool = False
    """Whether a passkey may sign that can leave its device, because an account copies it to others."""

    def allows_redirect(self, address: str) -> bool:
        """Whether a page may offer this address as the way on. Anything doubtful is not allowed."""
        if not address.isascii() or not address.isprintable() or " " in address or "\\" in address:
            return False
        try:
            parts = urlsplit(address)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            return False
        if parts.scheme in self.redirect_schemes:
            return True
        is_plain = parts.scheme == "https" and "@" not in parts.netloc and port in {None, 443}
        return is_plain and self._knows(host)

    def _knows(self, host: str) -> bool:
        above = (host[at:] for at, character in enumerate(host) if character == ".")
        return host in self.redirect_hosts or any(f"*{parent}" in self.redirect_hosts for parent in above)
