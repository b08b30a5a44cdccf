"""Two instances of the site that share one database, and the bank behind both."""

import http.client
import itertools
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.test import Client

from tests.deploy.served import Gunicorn, Proxy, environ_of, gunicorn, listening
from tests.soak.notes import Notes
from tests.support.bank import Bank
from tests.support.browser import Browser
from tests.support.people import Person
from webapp.clock import SystemClock
from webapp.randomness import system_random
from webapp.sandbox.__main__ import create_app
from webapp.sandbox.backend import Backend

COOKIES = ("__Host-sid", "__Host-key")
CUT = (OSError, http.client.HTTPException)
"""What somebody meets whose worker is killed."""


class Balancer:
    """Sends each request to the next instance; what is cut off is not sent again."""

    def __init__(self, instances: list[Gunicorn]) -> None:
        self._next = itertools.cycle([Proxy(one.port) for one in instances])

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return next(self._next)(environ, start_response)


@dataclass
class Running:
    """All that runs."""

    instances: list[Gunicorn]
    bank: Bank
    notes: Notes

    def browser(self) -> Browser:
        return Browser(Client(Balancer(self.instances)))

    def enrolled(self, name: str) -> Person:
        return Person(name, self.bank, self.browser()).is_enrolled()

    def other_tab(self, person: Person) -> Browser:
        """A browser with the same cookies, for another thread."""
        browser = self.browser()
        for name in COOKIES:
            browser.client.set_cookie(name, person.browser.cookie(name) or "")
        return browser

    def workers(self) -> list[int]:
        """The processes that serve at the moment."""
        found = []
        for one in self.instances:
            pid = one.process.pid
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
            found += [int(child) for child in children.split()]
        return found

    def kills(self, worker: int) -> None:
        os.kill(worker, signal.SIGKILL)


@contextmanager
def two_instances(folder: Path, database_url: str, **settings: str) -> Iterator[Running]:
    """Two times two workers, for as long as the block lasts."""
    with ExitStack() as stack:
        sandbox = stack.enter_context(
            Backend(folder / "sandbox.sqlite", clock=SystemClock(), random=system_random)
        )
        notes = Notes(create_app(sandbox))
        port = stack.enter_context(listening(notes))
        environ = environ_of(
            folder,
            ASSENT_DATABASE_URL=database_url,
            ASSENT_ENROLLMENT_URL=f"http://127.0.0.1:{port}",
            ASSENT_SDK_CONFIGURATION=sandbox.sdk_configuration(),
            ASSENT_ORIGIN="https://localhost",
            ASSENT_TRUSTED_PROXIES="1",
            ASSENT_WORKERS="2",
            **settings,
        )
        instances = [stack.enter_context(gunicorn(environ)) for _ in range(2)]
        yield Running(instances, Bank(sandbox.admin), notes)
