"""Settings: one frozen value from the environment; every bad value is named at once.

Two of them separate the demo from a real installation: `ASSENT_ENROLLMENT_URL` and
`ASSENT_SDK_CONFIGURATION`. docs/configuration.md lists them all.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self, TypeVar
from urllib.parse import urlsplit

from webapp.custody.errors import ServerKeysInvalid
from webapp.custody.server_keys import ServerKeys
from webapp.errors import AssentError
from webapp.powerauth.ecc import read_public
from webapp.powerauth.errors import PublicKeyInvalid, SdkConfigurationInvalid
from webapp.powerauth.protocol import Version
from webapp.powerauth.sdk_configuration import SdkConfiguration

T = TypeVar("T")

LANGUAGES: Final = ("en", "cs")
_MIN_SECRET = 32
_LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


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
    application_name: str = "Assent"
    connect_timeout_s: float = 5.0
    read_timeout_s: float = 15.0
    total_timeout_s: float = 30.0

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
        reader = _Reader(environ)
        sandbox = environ.get("ASSENT_SANDBOX_DATABASE") or None
        backend = None if sandbox else _read_backend(reader)
        settings: dict[str, Any] = {
            "database_url": reader.read("ASSENT_DATABASE_URL", _text, "sqlite:///instance/assent.sqlite"),
            "server_keys": reader.read("ASSENT_SERVER_KEYS", _server_keys),
            "secret_key": reader.read("ASSENT_SECRET_KEY", _secret),
            "protocol_version": reader.read("ASSENT_PROTOCOL_VERSION", _version, "3.3"),
            "languages": reader.read("ASSENT_LANGUAGES", _languages, ",".join(LANGUAGES)),
            "application_name": reader.read("ASSENT_APPLICATION_NAME", _text, "Assent"),
            "connect_timeout_s": reader.read("ASSENT_CONNECT_TIMEOUT", _seconds, "5"),
            "read_timeout_s": reader.read("ASSENT_READ_TIMEOUT", _seconds, "15"),
            "total_timeout_s": reader.read("ASSENT_TOTAL_TIMEOUT", _seconds, "30"),
        }
        reader.refuse_unknown()
        if reader.problems:
            raise SettingsInvalid(reader.problems)
        return cls(backend=backend, sandbox_database=sandbox, **settings)


class _Reader:
    """Reads variables one by one and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._asked = {"ASSENT_SANDBOX_DATABASE", "ASSENT_ENROLLMENT_URL", "ASSENT_SDK_CONFIGURATION"}
        self.problems: list[str] = []

    def read(self, name: str, convert: Callable[[str], T], default: str | None = None) -> T | None:
        self._asked.add(name)
        value = self._environ.get(name) or default
        if value is None:
            self.problems.append(f"{name} is missing")
            return None
        try:
            return convert(value)
        except ValueError as error:
            self.problems.append(f"{name}: {error}")
        return None

    def refuse_unknown(self) -> None:
        for name in sorted(self._environ):
            if name.startswith("ASSENT_") and not name.startswith("ASSENT_TEST_") and name not in self._asked:
                self.problems.append(f"{name} is not a setting")


def _read_backend(reader: _Reader) -> Backend | None:
    url = reader.read("ASSENT_ENROLLMENT_URL", _enrollment_url)
    sdk_configuration = reader.read("ASSENT_SDK_CONFIGURATION", _sdk_configuration)
    return Backend(url, sdk_configuration) if url and sdk_configuration else None


def _text(value: str) -> str:
    return value


def _enrollment_url(value: str) -> str:
    parts = urlsplit(value)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL_HOSTS)
    if not secure or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("an https address such as https://bank.example/enrollment-server")
    return value.rstrip("/")


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
        raise ValueError(f"id:Base64 of 32 random bytes, several separated by commas ({error})") from error


def _secret(value: str) -> str:
    if len(value) < _MIN_SECRET:
        raise ValueError(f"at least {_MIN_SECRET} random characters")
    return value


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


def _seconds(value: str) -> float:
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]+)?", value) is None or not float(value):
        raise ValueError("a number of seconds above zero")
    return float(value)
