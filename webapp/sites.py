"""Several applications in one instance: each under host names, with settings and a database of its own.

`ASSENT_SITES` is a folder with one file per application, such as `mybank.env`, in the form of a systemd
environment file. What a file does not say is as in the common environment. Records of one application cannot
be opened in another: databases and keys are apart, and one that two share is refused at the start.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from wsgiref.types import StartResponse, WSGIEnvironment

from webapp.environment import IN_FILE, with_files
from webapp.settings import Settings, SettingsInvalid
from webapp.web.hosting import FOR_MACHINES, host_name
from webapp.web.security import HEADERS, STRICT_TRANSPORT

SITES: Final = "ASSENT_SITES"
SITE: Final = "ASSENT_SITE"
"""Which of them a command is about."""

_OF_ALL: Final = (SITES, SITE, "ASSENT_BIND", "ASSENT_WORKERS", "ASSENT_THREADS")
_OF_EACH: Final = ("ASSENT_DATABASE_URL", "ASSENT_SECRET_KEY", "ASSENT_SERVER_KEYS")
_SQLITE: Final = "sqlite:///"

Application = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Site:
    """One application; its name is that of its file."""

    name: str
    settings: Settings


def read_sites(environ: Mapping[str, str]) -> tuple[Site, ...]:
    """The applications of this instance: those of the folder, or the one of the environment itself.

    Raises:
        SettingsInvalid: names all that is wrong in all files.
    """
    if not environ.get(SITES):
        return (Site("", Settings.from_environ(_without_choice(environ))),)
    problems: list[str] = []
    environs = _environs(environ, Path(environ[SITES]), problems)
    sites = []
    for name, own in environs.items():
        try:
            sites.append(Site(name, Settings.from_environ(own)))
        except SettingsInvalid as error:
            problems += [f"{name}: {problem}" for problem in error.problems]
    problems += _shared(environs) + _same_hosts(sites)
    if problems:
        raise SettingsInvalid(problems)
    return tuple(sites)


def chosen(environ: Mapping[str, str]) -> Settings:
    """The settings that a command is about: of several applications the one that `ASSENT_SITE` names.

    Raises:
        SettingsInvalid: as above, or none is named.
    """
    sites = {site.name: site.settings for site in read_sites(environ)}
    name = environ.get(SITE, "")
    if name not in sites:
        raise SettingsInvalid([f"{SITE}: one of {', '.join(sorted(sites))}"])
    return sites[name]


def read_file(path: Path) -> dict[str, str]:
    """`NAME=value` lines; quotes around a value, empty lines and those that begin with # or ; are forgiven.

    Raises:
        ValueError: names the line, not what stands in it.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip()
        if not text or text[0] in "#;":
            continue
        name, is_said, value = text.partition("=")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        if not is_said or not name.startswith("ASSENT_") or name in found:
            raise ValueError(f"line {number}: ASSENT_…=value, every name once")
        if name in _OF_ALL:
            raise ValueError(f"line {number}: {name} is for the whole instance, in the common environment")
        found[name] = value
    return found


def _environs(environ: Mapping[str, str], folder: Path, problems: list[str]) -> dict[str, dict[str, str]]:
    common = {name: value for name, value in environ.items() if name not in {SITES, SITE}}
    found = {}
    for path in sorted(folder.glob("*.env")):
        try:
            found[path.stem] = _instead(common, read_file(path))
        except (OSError, ValueError) as error:
            problems.append(f"{path.stem}: {error.strerror if isinstance(error, OSError) else error}")
    if not found and not problems:
        problems.append(f"{SITES}: a folder with a file such as mybank.env for every application")
    return found


def _instead(common: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """What the site says stands for what is said for all, also if only one of them names a file."""
    said = {name.removesuffix(IN_FILE) for name in own}
    return {name: value for name, value in common.items() if name.removesuffix(IN_FILE) not in said} | dict(
        own
    )


def _shared(environs: Mapping[str, Mapping[str, str]]) -> list[str]:
    problems = []
    for name in _OF_EACH:
        owners: dict[str, str] = {}
        for site, environ in environs.items():
            # What cannot be read is told with the settings of the site.
            owner = owners.setdefault(_same(with_files(environ, []).get(name, "")), site)
            if owner != site:
                problems.append(f"{site}: {name} is that of {owner} too; every application has its own")
    return problems


def _same(value: str) -> str:
    """A file is the same, however its path is written."""
    return str(Path(value.removeprefix(_SQLITE)).resolve()) if value.startswith(_SQLITE) else value


def _same_hosts(sites: Iterable[Site]) -> list[str]:
    problems = []
    owners: dict[str, str] = {}
    for site in sites:
        if site.settings.demo:
            problems.append(f"{site.name}: ASSENT_SANDBOX_DATABASE: a demo is alone")
        elif not site.settings.answers_to:
            problems.append(
                f"{site.name}: ASSENT_ORIGIN or ASSENT_HOSTS says under which names it is reached"
            )
        for host in sorted(site.settings.answers_to):
            owner = owners.setdefault(host, site.name)
            if owner != site.name:
                problems.append(f"{site.name}: {host} is a name of {owner} too")
    return problems


def _without_choice(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name not in {SITES, SITE}}


class ByHost:
    """Hands every request to the application with its host name; what has none gets a plain page."""

    def __init__(self, apps: Iterable[tuple[Site, Application]]) -> None:
        self._apps: dict[str, Application] = {}
        self._first: Application | None = None
        for site, app in apps:
            self._first = self._first or app
            self._apps.update(dict.fromkeys(site.settings.answers_to, app))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        app = self._apps.get(host_name(environ.get("HTTP_HOST", "")))
        if app is None and environ.get("PATH_INFO") in FOR_MACHINES:
            # They ask by address; the process is one, and any application can tell.
            app = self._first
        return _nowhere(environ, start_response) if app is None else app(environ, start_response)


_NOWHERE: Final = b"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>There is no site at this address</title></head>
<body><main><h1>There is no site at this address</h1>
<p>Check the address, or open the site by the link that your bank gave you.</p></main></body>
</html>
"""
_POLICY: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"


def _nowhere(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    headers: dict[str, Any] = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(_NOWHERE)),
        "Cache-Control": "no-store",
        "Content-Security-Policy": _POLICY,
        **HEADERS,
    }
    # What a stranger writes into the header of a proxy changes nothing but the answer to that stranger.
    if "https" in {environ["wsgi.url_scheme"], environ.get("HTTP_X_FORWARDED_PROTO")}:
        headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    start_response("400 Bad Request", list(headers.items()))
    return [] if environ.get("REQUEST_METHOD") == "HEAD" else [_NOWHERE]
