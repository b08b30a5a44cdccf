"""Settings: one frozen value from the environment; every bad value is named at once.

Two of them separate the demo from a real installation: `ASSENT_ENROLLMENT_URL` and
`ASSENT_SDK_CONFIGURATION`. docs/configuration.md lists them all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from webapp import environment, rates
from webapp.branding import Branding
from webapp.custody.errors import ServerKeysInvalid
from webapp.custody.server_keys import ServerKeys
from webapp.custody.tries import Rate
from webapp.environment import Reader
from webapp.errors import AssentError
from webapp.flows.pin import LIMITS, KnowledgeKind, KnowledgeRules
from webapp.flows.policy import Policy, RetypeRule
from webapp.flows.ways_in import CredentialField, OtpRule, WaysIn
from webapp.network import Hosting, Outbound, Serving
from webapp.powerauth.ecc import read_public
from webapp.powerauth.errors import PublicKeyInvalid, SdkConfigurationInvalid
from webapp.powerauth.protocol import Version
from webapp.powerauth.sdk_configuration import SdkConfiguration

LANGUAGES: Final = ("en", "cs", "de", "es", "fr", "pl", "uk", "ar")


class SettingsInvalid(AssentError):
    """The site cannot start like this; `problems` has one line for every bad value."""

    message_key = "settings.invalid"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(["The settings cannot be used:", *(f"  {problem}" for problem in self.problems)])


@dataclass(frozen=True, slots=True)
class Backend:
    """The enrollment server to speak to, and the application it knows us by."""

    enrollment_url: str
    sdk_configuration: SdkConfiguration


@dataclass(frozen=True, slots=True)
class AlarmTarget:
    """The operator's own service; it knows our messages by the secret that signs them."""

    url: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this instance runs. Times are in seconds."""

    backend: Backend | None
    """None in the demo: there the sandbox is embedded."""
    sandbox_database: str | None
    """The file of the embedded sandbox: this instance is a demo. Never set it in production."""
    database_url: str
    server_keys: ServerKeys
    secret_key: str = field(repr=False)
    protocol_version: Version = Version.V3_3
    languages: tuple[str, ...] = LANGUAGES
    origin: str | None = None
    """Where people reach the site, such as `https://approve.bank.example`; there are no passkeys without."""
    application_name: str = "Assent"
    support_phone: str | None = None
    """Whom people call when something is wrong, as they would dial it."""
    branding: Branding = field(default_factory=Branding)
    policy: Policy = field(default_factory=Policy)
    alarm: AlarmTarget | None = None
    """Who is told at once that somebody did not ask for an operation."""
    rates: Mapping[str, Rate] = field(default_factory=lambda: rates.DEFAULTS)
    """How often something may be tried, by the names of webapp/rates.py."""
    rates_storage: str | None = field(default=None, repr=False)
    """Where workers count the coarse limits together; None: each for itself."""
    audit_keys: ServerKeys | None = None
    """What seals the audit trail; None: the server keys do."""
    metrics_bind: tuple[str, int] | None = None
    """Where numbers are told on an address of their own, which gunicorn.conf.py listens on."""
    metrics_token: str | None = field(default=None, repr=False)
    """Who has it is told the numbers at `/metrics`."""
    service_worker: bool = True
    """Whether browsers keep static files and a page for when the site cannot be reached."""
    hosting: Hosting = field(default_factory=Hosting)
    outbound: Outbound = field(default_factory=Outbound)
    receipt_days: int = 90
    """How long `purge` leaves receipts, which answer a form sent twice and a result looked at again."""
    connect_timeout_s: float = 5.0
    read_timeout_s: float = 15.0
    total_timeout_s: float = 30.0

    @property
    def has_metrics(self) -> bool:
        return self.metrics_bind is not None or self.metrics_token is not None

    @property
    def offers_passkeys(self) -> bool:
        """Whether it is known where people reach the site; the demo is on this machine, at whatever port."""
        return self.demo or self.origin is not None

    @property
    def answers_to(self) -> frozenset[str]:
        """The names of the site; none: any. The demo is on this machine, however that is called."""
        return self.hosting.answers_to(None if self.demo else self.origin)

    @property
    def trusted_proxies(self) -> int:
        """How many proxies are believed."""
        return self.hosting.trusted_proxies

    @property
    def prefix(self) -> str:
        """The path below which the site lies, such as `/approve`; mostly empty."""
        return self.hosting.prefix

    @property
    def demo(self) -> bool:
        """Plain HTTP on this machine is fine, and the sandbox bank has its pages."""
        return self.sandbox_database is not None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read every `ASSENT_…` variable.

        Raises:
            SettingsInvalid: names all that is wrong; values that may be secret are not repeated.
        """
        reader = Reader(environ)
        settings: dict[str, Any] = {
            "sandbox_database": reader.plain("ASSENT_SANDBOX_DATABASE") or None,
            "backend": _read_backend(reader),
            "database_url": reader.read("ASSENT_DATABASE_URL", environment.text),
            "server_keys": reader.read("ASSENT_SERVER_KEYS", _server_keys),
            "secret_key": reader.read("ASSENT_SECRET_KEY", environment.secret),
            "protocol_version": reader.read("ASSENT_PROTOCOL_VERSION", _version),
            "languages": reader.read("ASSENT_LANGUAGES", _languages),
            "origin": reader.read("ASSENT_ORIGIN", environment.origin),
            "application_name": reader.read("ASSENT_APPLICATION_NAME", environment.text),
            "support_phone": reader.read("ASSENT_SUPPORT_PHONE", environment.phone),
            "branding": Branding.read(reader),
            "policy": _read_policy(reader),
            "alarm": _read_alarm(reader),
            "rates": reader.read("ASSENT_LIMITS", rates.read),
            "rates_storage": reader.plain("ASSENT_LIMITS_STORAGE") or None,
            "audit_keys": reader.read("ASSENT_AUDIT_KEYS", _server_keys_or_none),
            "metrics_bind": reader.read("ASSENT_METRICS_BIND", environment.listen),
            "metrics_token": reader.read("ASSENT_METRICS_TOKEN", environment.secret_or_none),
            "service_worker": reader.read("ASSENT_SERVICE_WORKER", _on_or_off),
            "hosting": Hosting.read(reader),
            "outbound": Outbound.read(reader),
            "receipt_days": reader.read("ASSENT_RECEIPT_DAYS", environment.days),
            "connect_timeout_s": reader.read("ASSENT_CONNECT_TIMEOUT", environment.seconds),
            "read_timeout_s": reader.read("ASSENT_READ_TIMEOUT", environment.seconds),
            "total_timeout_s": reader.read("ASSENT_TOTAL_TIMEOUT", environment.seconds),
        }
        Serving.read(reader)  # for gunicorn.conf.py, which starts before the site; here it is only checked
        reader.refuse_unknown()
        if reader.problems:
            raise SettingsInvalid(reader.problems)
        return cls(**settings)


def _read_backend(reader: Reader) -> Backend | None:
    names = "ASSENT_ENROLLMENT_URL", "ASSENT_SDK_CONFIGURATION"
    if reader.plain("ASSENT_SANDBOX_DATABASE"):
        return None
    url = reader.read(names[0], environment.service_url)
    sdk_configuration = reader.read(names[1], _sdk_configuration)
    return Backend(url, sdk_configuration) if url and sdk_configuration else None


def _read_policy(reader: Reader) -> Policy | None:
    choices: dict[str, Any] = {
        "retype": reader.read("ASSENT_RETYPE", _retype_rule),
        "limits": reader.read("ASSENT_AMOUNT_LIMITS", environment.limits),
        "approves_mismatched": reader.read("ASSENT_APPROVE_MISMATCHED", environment.yes_or_no),
        "approves_unshown": reader.read("ASSENT_APPROVE_UNSHOWN", environment.yes_or_no),
        "redirect_hosts": reader.read("ASSENT_REDIRECT_HOSTS", environment.hosts),
        "redirect_schemes": reader.read("ASSENT_REDIRECT_SCHEMES", environment.schemes),
        "proximity_lifetime_s": reader.read("ASSENT_PROXIMITY_LIFETIME", environment.whole_seconds),
        "offline_uri_id": reader.read("ASSENT_OFFLINE_URI_ID", environment.uri_id),
        "offline_digits": reader.read("ASSENT_OFFLINE_DIGITS", environment.code_digits),
        "knowledge": _read_knowledge(reader),
        "ways": _read_ways(reader),
        "synced_passkeys": reader.read("ASSENT_SYNCED_PASSKEYS", environment.yes_or_no),
    }
    return None if None in choices.values() else Policy(**choices)


def _read_knowledge(reader: Reader) -> KnowledgeRules | None:
    kind = reader.read("ASSENT_SECRET_KIND", _knowledge_kind)
    least, most = LIMITS[kind or KnowledgeKind.PIN]
    shortest = reader.read("ASSENT_PIN_MIN", environment.length, str(least))
    longest = reader.read("ASSENT_PIN_MAX", environment.length, str(most))
    if kind is None or shortest is None or longest is None:
        return None
    if not least <= shortest <= longest <= most:
        reader.problems.append(
            f"ASSENT_PIN_MIN, ASSENT_PIN_MAX: from {least} to {most}, the smaller one first"
        )
        return None
    return KnowledgeRules(kind, shortest, longest)


def _read_ways(reader: Reader) -> WaysIn | None:
    ways: dict[str, Any] = {
        "otp": reader.read("ASSENT_ACTIVATION_OTP", _otp_rule),
        "credentials": reader.read("ASSENT_CREDENTIALS", _credential_fields),
        "recovery": reader.read("ASSENT_RECOVERY", _on_or_off),
        "oidc_provider": reader.read("ASSENT_OIDC_PROVIDER", environment.identifier),
    }
    return None if None in ways.values() else WaysIn(**ways)


def _read_alarm(reader: Reader) -> AlarmTarget | None:
    if not reader.plain("ASSENT_ALARM_URL") and not reader.plain("ASSENT_ALARM_SECRET"):
        return None
    url = reader.read("ASSENT_ALARM_URL", environment.service_url)
    secret = reader.read("ASSENT_ALARM_SECRET", environment.secret)
    return AlarmTarget(url, secret) if url and secret else None


def _sdk_configuration(value: str) -> SdkConfiguration:
    try:
        configuration = SdkConfiguration.parse(value)
        read_public(configuration.master_public_key)
    except (SdkConfigurationInvalid, PublicKeyInvalid) as error:
        raise ValueError(f"the mobile SDK configuration string of the PowerAuth Server ({error})") from error
    return configuration


def _server_keys(value: str) -> ServerKeys:
    try:
        return ServerKeys.parse(value)
    except ServerKeysInvalid as error:
        expected = "id:Base64 of 32 random bytes, perhaps :2027-01-31, several separated by commas"
        raise ValueError(f"{expected} ({error})") from error


def _server_keys_or_none(value: str) -> ServerKeys | None:
    return _server_keys(value) if value else None


def _version(value: str) -> Version:
    try:
        return Version(value)
    except ValueError as error:
        raise ValueError("one of 3.0, 3.1, 3.2, 3.3") from error


def _languages(value: str) -> tuple[str, ...]:
    languages = tuple(part.strip() for part in value.split(","))
    unknown = [language for language in languages if language not in LANGUAGES]
    if unknown:
        raise ValueError(f"some of {', '.join(LANGUAGES)}, separated by commas")
    return languages


def _on_or_off(value: str) -> bool:
    if value not in {"on", "off"}:
        raise ValueError("on or off")
    return value == "on"


def _knowledge_kind(value: str) -> KnowledgeKind:
    try:
        return KnowledgeKind(value)
    except ValueError as error:
        raise ValueError(f"one of {', '.join(KnowledgeKind)}") from error


def _otp_rule(value: str) -> OtpRule:
    try:
        return OtpRule(value)
    except ValueError as error:
        raise ValueError(f"one of {', '.join(OtpRule)}") from error


def _credential_fields(value: str) -> tuple[CredentialField, ...]:
    fields = tuple(
        CredentialField(name, label, is_secret=kind == "secret")
        for name, label, kind in environment.labelled(value, ("", "secret"))
    )
    if len({field.name for field in fields}) < len(fields):
        raise ValueError("every name only once")
    return fields


def _retype_rule(value: str) -> RetypeRule:
    try:
        return RetypeRule(value)
    except ValueError as error:
        raise ValueError(f"one of {', '.join(RetypeRule)}") from error
