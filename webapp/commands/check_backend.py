"""Whether the backend can be reached, is the right one, and agrees with this machine about the time."""

from collections.abc import Iterator
from contextlib import closing
from typing import Final
from urllib.parse import urlsplit

from webapp.clock import Clock
from webapp.commands.causes import Trouble, trouble
from webapp.commands.findings import Finding, bad, note, ok
from webapp.mtoken.encryption import EncryptionKeys
from webapp.mtoken.errors import NetworkError, RefusedByServer
from webapp.mtoken.http import HttpTransport
from webapp.mtoken.server_time import ServerTime
from webapp.mtoken.standard_api import StandardApi
from webapp.powerauth.errors import PowerAuthError
from webapp.powerauth.protocol import Version
from webapp.randomness import Random
from webapp.settings import Backend, Settings

BACKEND: Final = "backend"
TLS: Final = "tls"
CLOCK: Final = "clock"
APPLICATION: Final = "application"

SOON_DAYS: Final = 14
SMALL_OFFSET_S: Final = 2.0
LARGE_OFFSET_S: Final = 30.0
_DAY_S: Final = 24 * 3600

_FIXES: Final = {
    Trouble.NAME: "check the name in ASSENT_ENROLLMENT_URL, and DNS here; or set ASSENT_OUTBOUND_PROXY",
    Trouble.CONNECTION: "let this machine through the firewall, check the port; or set ASSENT_OUTBOUND_PROXY",
    Trouble.PROXY: "check ASSENT_OUTBOUND_PROXY, its password, and whether it lets this machine through",
    Trouble.CERTIFICATE: "let ASSENT_CA_FILE name the authority that signed it, or have it renewed",
    Trouble.TLS: "set ASSENT_CLIENT_CERTIFICATE and ASSENT_CLIENT_KEY if the server asks for them",
    Trouble.SILENCE: "look after the server, or raise ASSENT_READ_TIMEOUT and ASSENT_TOTAL_TIMEOUT",
    Trouble.ANSWER: "ASSENT_ENROLLMENT_URL ends before /pa/v3; check its path, and what stands in between",
}


def check_backend(settings: Settings, backend: Backend, *, clock: Clock, random: Random) -> Iterator[Finding]:
    """Ask for the status, then for a key that only the right server can sign. Nothing is changed there."""
    transport = HttpTransport(
        connect_timeout_s=settings.connect_timeout_s,
        read_timeout_s=settings.read_timeout_s,
        total_timeout_s=settings.total_timeout_s,
        **settings.outbound.options(),
    )
    server_time = ServerTime(clock)
    # Only 3.3 has something that the master key signs for everybody, so that is asked for in any case.
    keys = EncryptionKeys(
        backend.sdk_configuration,
        Version.V3_3,
        StandardApi(backend.enrollment_url, transport),
        server_time,
        random,
    )
    with closing(transport):
        try:
            status = keys.ask_status(anew=True)
        except (NetworkError, RefusedByServer) as error:
            found = trouble(error)
            yield bad(BACKEND, f"{backend.enrollment_url}: {found.told}", _FIXES[found.kind])
            return
        named = " ".join(filter(None, (status.application_name, status.application_version)))
        yield ok(BACKEND, f"{backend.enrollment_url} answers{f' as {named}' if named else ''}")
        yield certificate(backend.enrollment_url, transport.certificate_ends_at, clock)
        yield _clock(server_time.now_ms() - clock.now_ms())
        yield _application(keys, settings.protocol_version)


def certificate(url: str, ends_at: float | None, clock: Clock) -> Finding:
    """How long the certificate is good; one that is none was refused before."""
    host = urlsplit(url).hostname
    if ends_at is None:
        return note(TLS, f"{host}: plain HTTP, which stays on this machine")
    days = int((ends_at - clock.now_ms() / 1000) // _DAY_S)
    if days < SOON_DAYS:
        return note(
            TLS, f"{host}: the certificate is good for {days} more days only", "have it renewed in time"
        )
    return ok(TLS, f"{host}: the certificate is good for {days} days")


def _clock(offset_ms: int) -> Finding:
    offset_s = offset_ms / 1000
    told = f"this machine is {abs(offset_s):.1f} s {'behind' if offset_s > 0 else 'ahead of'} the backend"
    if abs(offset_s) <= SMALL_OFFSET_S:
        return ok(CLOCK, told)
    fix = "timedatectl set-ntp true, here and there"
    return note(CLOCK, told, fix) if abs(offset_s) <= LARGE_OFFSET_S else bad(CLOCK, told, fix)


def _application(keys: EncryptionKeys, version: Version) -> Finding:
    """The key of application scope: asked for with our secret, signed by the server's master key."""
    fix = (
        "take ASSENT_SDK_CONFIGURATION from this server and this application; its version has to be supported"
    )
    try:
        keys.application()
    except PowerAuthError:
        return bad(APPLICATION, "the answer is not signed by the master key of ASSENT_SDK_CONFIGURATION", fix)
    except (NetworkError, RefusedByServer) as error:
        if version.uses_temporary_keys:
            return bad(
                APPLICATION,
                f"no key for protocol {version}: {trouble(error).told}",
                f"{fix}; or another ASSENT_PROTOCOL_VERSION",
            )
        return note(
            APPLICATION, f"with protocol {version} nothing shows the master key before somebody enrols"
        )
    return ok(APPLICATION, f"the server knows it, and its master key signs; protocol {version}")
