"""A worker that is killed in the middle of an exchange; top-level, so that it can be sent to a process."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

from tests.support.browser import Browser
from tests.support.site import BACKEND_URL, make_settings
from webapp.app import create_app
from webapp.clock import SystemClock
from webapp.mtoken.transport import HttpResponse, Request, Transport
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend
from webapp.sandbox.transport import InMemoryTransport

BEFORE, AFTER = "between persisting and sending", "between sending and reading"


@dataclass
class Deadly:
    """A `Transport` whose process ends, as by `kill -9`, at requests to this path."""

    transport: Transport
    path: str
    moment: str

    def send(self, request: Request) -> HttpResponse:
        if not request.url.endswith(self.path):
            return self.transport.send(request)
        if self.moment == AFTER:
            self.transport.send(request)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("nobody survives this")


def post_and_die(
    folder: Path,
    cookies: dict[str, str],
    action: str,
    values: dict[str, str],
    path: str,
    moment: str,
    timeout_s: float,
) -> None:
    """What a worker does until it is killed."""
    with Backend(folder / "sandbox.sqlite", clock=SystemClock(), random=system_random) as backend:
        settings = make_settings(folder, backend.sdk_configuration(), total_timeout_s=timeout_s)
        wire = Deadly(InMemoryTransport(backend, BACKEND_URL), path, moment)
        browser = Browser(create_app(settings, transport=wire).test_client())
        for name, value in cookies.items():
            browser.client.set_cookie(name, value)
        browser.posts(action, values)
