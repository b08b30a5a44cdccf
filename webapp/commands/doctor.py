"""`flask --app webapp.app doctor`: what is set up well, what is not, and how to mend it.

It works when the site would not start, changes nothing anywhere, and prints no secret.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from typing import Final

import click

from webapp.clock import Clock, SystemClock
from webapp.commands.causes import trouble
from webapp.commands.check_backend import certificate, check_backend
from webapp.commands.check_store import check_store
from webapp.commands.findings import Finding, State, bad, note, ok
from webapp.mtoken.errors import NetworkError
from webapp.mtoken.http import HttpTransport
from webapp.mtoken.transport import Request
from webapp.randomness import Random, system_random
from webapp.settings import Settings, SettingsInvalid
from webapp.sites import Site, read_sites

SETTINGS: Final = "settings"
ADDRESS: Final = "address"
_OK: Final = 200
_HOW: Final = {
    "ASSENT_SERVER_KEYS": "2026-11:$(openssl rand -base64 32), with an id of your own; keep it safe",
    "ASSENT_SECRET_KEY": "$(openssl rand -base64 32)",
    "ASSENT_SDK_CONFIGURATION": "take mobileSdkConfig of the application from the PowerAuth Server",
}


@click.command("doctor")
def doctor() -> None:
    """Check settings, database, backend, clock and TLS, and say what to fix."""
    found = _print(examine(os.environ, clock=SystemClock(), random=system_random))
    wrong = [finding for finding in found if finding.state is State.BAD]
    if wrong:
        click.echo(f"\n{len(wrong)} to fix.")
        raise click.exceptions.Exit(1)
    click.echo("\nNothing has to be fixed.")


def examine(environ: Mapping[str, str], *, clock: Clock, random: Random) -> Iterator[Finding]:
    """All findings, one after the other; without usable settings there is nothing else to look at."""
    try:
        sites = read_sites(environ)
    except SettingsInvalid as error:
        for problem in error.problems:
            yield bad(SETTINGS, problem, _how_to_set(problem))
        return
    for site in sites:
        yield from _examine(site, clock, random)


def _examine(site: Site, clock: Clock, random: Random) -> Iterator[Finding]:
    settings = site.settings
    yield ok(
        SETTINGS,
        f"{f'{site.name}: ' if site.name else ''}all can be used; protocol {settings.protocol_version}",
    )
    yield from check_store(settings.database_url)
    if settings.backend is None:
        yield note("backend", "this is a demo: the sandbox is embedded")
        return
    yield from check_backend(settings, settings.backend, clock=clock, random=random)
    yield from _address(settings, clock)


def _address(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Whether the site is where people are told to go."""
    if not settings.trusted_proxies:
        yield note(
            ADDRESS,
            "no proxy is believed: the address of visitors is that of whoever connects",
            "set ASSENT_TRUSTED_PROXIES to how many stand in front",
        )
    if settings.origin is None:
        fix = "set ASSENT_ORIGIN to where people reach the site"
        yield note(
            ADDRESS,
            "not known: there are no passkeys"
            + ("" if settings.answers_to else ", and any host name is answered"),
            fix,
        )
        return
    home = f"{settings.origin}{settings.prefix}"
    transport = HttpTransport(connect_timeout_s=settings.connect_timeout_s, ca_file=settings.outbound.ca_file)
    with closing(transport):
        try:
            status = transport.send(Request("GET", f"{home}/manifest.webmanifest")).status
        except NetworkError as error:
            yield note(
                ADDRESS,
                f"{home} cannot be looked at from here: {trouble(error).told}",
                "start the site and the proxy, then look again",
            )
            return
    if status == _OK:
        yield ok(ADDRESS, f"{home} is there")
    else:
        yield bad(
            ADDRESS,
            f"{home} answers HTTP {status}",
            "see that the proxy passes Host, path and X-Forwarded-Proto on to this site",
        )
    yield certificate(home, transport.certificate_ends_at, clock)


def _how_to_set(problem: str) -> str:
    known = (how for name, how in _HOW.items() if name in problem)
    return next(known, "docs/configuration.md says what it takes")


def _print(findings: Iterable[Finding]) -> list[Finding]:
    """Each as soon as it is known: some take their time."""
    printed = []
    for finding in findings:
        for line in finding.lines():
            click.echo(line)
        printed.append(finding)
    return printed
