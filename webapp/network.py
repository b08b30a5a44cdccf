"""How people reach the site and how the site reaches the backend: the part of the settings about networks."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

from webapp import environment
from webapp.environment import Reader

SPARE_S: Final = 20.0
EXCHANGES_PER_REQUEST: Final = 6
"""At most: waiting for the lease, the operation (again if it ended), signing, and asking both how it went."""


@dataclass(frozen=True, slots=True)
class Outbound:
    """The way to the backend; without any of these it is direct, and the usual authorities are trusted."""

    proxy: str | None = field(default=None, repr=False)  # may hold a password
    ca_file: str | None = None
    certificate: str | None = None
    """A PEM file with which this site shows the backend who it is."""
    key: str | None = None

    @classmethod
    def read(cls, reader: Reader) -> Self | None:
        values: dict[str, Any] = {
            "proxy": reader.read("ASSENT_OUTBOUND_PROXY", environment.proxy),
            "ca_file": reader.read("ASSENT_CA_FILE", _authorities),
            "certificate": reader.plain("ASSENT_CLIENT_CERTIFICATE") or None,
            "key": reader.plain("ASSENT_CLIENT_KEY") or None,
        }
        outbound = cls(**values)
        if problem := outbound.problem():
            reader.problems.append(f"ASSENT_CLIENT_CERTIFICATE, ASSENT_CLIENT_KEY: {problem}")
        return outbound

    def options(self) -> dict[str, Any]:
        """As `HttpTransport` wants it."""
        is_known = self.certificate is not None and self.key is not None
        return {
            "proxy": self.proxy,
            "ca_file": self.ca_file,
            "client_certificate": (self.certificate, self.key) if is_known else None,
        }

    def problem(self) -> str | None:
        """What is wrong with certificate and key, in words."""
        if self.certificate is None and self.key is None:
            return None
        if self.certificate is None or self.key is None:
            return "both, or neither"
        try:
            # A password would be asked for at the terminal; there is nobody.
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.load_cert_chain(self.certificate, self.key, password="")
        except OSError as error:  # SSLError is one
            return f"PEM files that belong together, the key without a password ({_kind(error)})"
        return None


@dataclass(frozen=True, slots=True)
class Hosting:
    """Where the site stands. What the proxies say counts for as many as there are."""

    trusted_proxies: int = 0
    hosts: frozenset[str] = frozenset()
    prefix: str = ""

    @classmethod
    def read(cls, reader: Reader) -> Self | None:
        values: dict[str, Any] = {
            "trusted_proxies": reader.read("ASSENT_TRUSTED_PROXIES", environment.proxies),
            "hosts": reader.read("ASSENT_HOSTS", environment.names),
            "prefix": reader.read("ASSENT_PREFIX", environment.prefix),
        }
        return None if None in values.values() else cls(**values)

    def answers_to(self, origin: str | None) -> frozenset[str]:
        """All names of the site, that of its origin among them; none: any."""
        return self.hosts | ({urlsplit(origin).hostname or ""} if origin else frozenset())


@dataclass(frozen=True, slots=True)
class Serving:
    """The processes that serve the site: what gunicorn.conf.py asks for."""

    bind: str
    workers: int
    threads: int

    @classmethod
    def read(cls, reader: Reader) -> Self | None:
        values: dict[str, Any] = {
            "bind": reader.read("ASSENT_BIND", environment.bind),
            "workers": reader.read("ASSENT_WORKERS", environment.how_many),
            "threads": reader.read("ASSENT_THREADS", environment.how_many),
        }
        return None if None in values.values() else cls(**values)


def longest_request_s(total_timeout_s: float) -> float:
    """How long one request may take when everything goes as slowly as it may."""
    return EXCHANGES_PER_REQUEST * total_timeout_s + SPARE_S


def _authorities(value: str) -> str | None:
    if not value:
        return None
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cafile=value)
    except OSError as error:
        raise ValueError(f"a PEM file with certificates of authorities ({_kind(error)})") from error
    return str(Path(value))


def _kind(error: OSError) -> str:
    """Which file it is stands in the setting; its content is nobody's business."""
    return "cannot be used" if isinstance(error, ssl.SSLError) else str(error.strerror)
