"""A site to measure: its settings, the bank's server in a process of its own, and people who are enrolled."""

import http.client
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from bench.load import drive
from bench.served import ROOT
from tests.support.bank import Bank
from tests.support.browser import Browser
from tests.support.people import Person
from webapp.app import create_app
from webapp.clock import SystemClock
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend
from webapp.sandbox.transport import InMemoryTransport
from webapp.settings import Settings

COOKIES = ("__Host-sid", "__Host-key")
_COOKIE = re.compile(rb"(?mi)^set-cookie: ([^=]+)=([^;\r]*)")
# nginx says these of every visitor.
_HEADERS = {
    "Host": "localhost",
    "X-Forwarded-For": "198.51.100.7",
    "X-Forwarded-Proto": "https",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-US,en;q=0.5",
    "Accept-Encoding": "gzip, deflate, br",
    "Sec-Fetch-Site": "same-origin",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
}


@dataclass
class Visitor:
    """A browser, as far as its requests tell; without cookies, one that was never here."""

    cookies: dict[str, str] = field(default_factory=dict)
    pin: str = "2580"

    def get(self, path: str) -> bytes:
        return self._request("GET", path)

    def post(self, path: str, fields: Mapping[str, str]) -> bytes:
        content = urlencode(fields).encode()
        return self._request("POST", path, content, "application/x-www-form-urlencoded")

    def posts_bytes(self, path: str, content: bytes, kind: str, **headers: str) -> bytes:
        return self._request("POST", path, content, kind, **headers)

    def visits(self, port: int, path: str) -> bytes:
        """Open a page as a browser does, and keep the cookies that come with it."""
        page = drive(port, [self.get(path)], connections=1).pages[0]
        for name, value in _COOKIE.findall(page.partition(b"\r\n\r\n")[0]):
            self.cookies[name.decode()] = value.decode()
        return page

    def _request(self, method: str, path: str, content: bytes = b"", kind: str = "", **headers: str) -> bytes:
        said = _HEADERS | {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            said["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if kind:
            said |= {"Content-Type": kind, "Content-Length": str(len(content)), "Origin": "https://localhost"}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
        return "\r\n".join([*lines, "", ""]).encode() + content


@dataclass
class BankServer:
    """The process of `bench.backend`."""

    port: int

    def lists(self, operations: list[dict[str, Any]]) -> None:
        """From now on these wait, for everybody."""
        self._puts("list", json.dumps(operations))

    def is_late(self, seconds: float) -> None:
        self._puts("latency", str(seconds))

    def counts(self) -> dict[str, int]:
        """How often each path was asked for."""
        return self._puts("counts", "")

    def _puts(self, what: str, content: str) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("PUT", f"/bench/{what}", content)
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer


class Scene:
    """What all measurements need: `environ` starts the site, `bank` answers it."""

    def __init__(self, folder: Path, sandbox: Backend, bank: BankServer) -> None:
        self.folder = folder
        self.bank = bank
        self._sandbox = sandbox
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ASSENT_")}
        self.environ = kept | {
            "ASSENT_DATABASE_URL": f"sqlite:///{folder / 'assent.sqlite'}",
            "ASSENT_SERVER_KEYS": "bench:" + "A" * 43 + "=",
            "ASSENT_SECRET_KEY": "a secret of forty characters for bench..",
            "ASSENT_ENROLLMENT_URL": f"http://127.0.0.1:{bank.port}",
            "ASSENT_SDK_CONFIGURATION": sandbox.sdk_configuration(),
            "ASSENT_ORIGIN": "https://localhost",
            "ASSENT_TRUSTED_PROXIES": "1",
            # One machine asks in the name of everybody.
            "ASSENT_LIMITS": "pin.address:off,pin.activation:off,frames.address:off,frames.browser:off,"
            "scan.address:off,scan.browser:off",
        }

    def site(self, environ: Mapping[str, str] | None = None) -> Flask:
        """A site of these settings in this process; the bank's server is in it, too."""
        transport = InMemoryTransport(self._sandbox, self.environ["ASSENT_ENROLLMENT_URL"])
        return create_app(Settings.from_environ(environ or self.environ), transport=transport)

    def enrols(self, count: int) -> list[Visitor]:
        """So many people with an activation each."""
        site, bank = self.site(), Bank(self._sandbox.admin)
        enrolled = []
        for number in range(count):
            person = Person(f"Person {number}", bank, Browser(site.test_client())).is_enrolled()
            person.opens()
            found = {name: person.browser.cookie(name) or "" for name in COOKIES}
            enrolled.append(Visitor(found, person.pin))
        return enrolled


@contextmanager
def scene(folder: Path) -> Iterator[Scene]:
    """Everything but the site itself, for as long as the block lasts."""
    database = folder / "sandbox.sqlite"
    with Backend(database, clock=SystemClock(), random=system_random) as sandbox:
        command = [sys.executable, "-m", "bench.backend", str(database)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            yield Scene(folder, sandbox, BankServer(int(process.stdout.readline())))
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
