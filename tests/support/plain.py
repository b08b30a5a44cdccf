"""The settings that pages depend on, for apps without a backend."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from webapp.branding import Branding
from webapp.custody.tries import Rate
from webapp.flows.policy import Policy
from webapp.rates import DEFAULTS


@dataclass(frozen=True)
class Plain:
    """The settings that pages depend on."""

    demo: bool = False
    secret_key: str = "a secret of forty characters for tests.."
    languages: tuple[str, ...] = ("en", "cs")
    application_name: str = "Assent"
    support_phone: str | None = None
    service_worker: bool = True
    offers_passkeys: bool = False
    origin: str | None = None
    answers_to: frozenset[str] = frozenset()
    trusted_proxies: int = 0
    prefix: str = ""
    branding: Branding = field(default_factory=Branding)
    policy: Policy = field(default_factory=Policy)
    rates: Mapping[str, Rate] = field(default_factory=lambda: DEFAULTS)
    rates_storage: str | None = None


@dataclass(frozen=True)
class Without:
    """The services of a site that has none: pages may ask whether there are passkeys."""

    passkeys: None = None
