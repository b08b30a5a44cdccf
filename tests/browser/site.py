"""A site with its sandbox, served on a port of this machine, for browsers that run for real."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from tests.support.bank import Bank
from tests.support.clock import ManualClock
from tests.support.site import make_settings
from webapp.app import create_app
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend

HOST = "127.0.0.1"


@dataclass
class Site:
    """The site at `address`, the bank behind it, and the clock of both."""

    app: Flask
    bank: Bank
    clock: ManualClock
    address: str
    server: BaseWSGIServer

    def goes_down(self) -> None:
        """From now on nobody listens at its port."""
        self.server.shutdown()
        self.server.server_close()


@contextmanager
def served(directory: Path, **settings: Any) -> Iterator[Site]:
    """Serve a demo site out of `directory`: plain HTTP, the sandbox in the same process.

    Without the service worker, unless it is asked for: it would stand between a test and what it routes.
    """
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    clock, database = ManualClock(), directory / "sandbox.sqlite"
    with Backend(database, clock=clock, random=system_random) as backend:
        demo = {"backend": None, "sandbox_database": str(database), "origin": None, "service_worker": False}
        demo |= settings
        app = create_app(make_settings(directory, backend.sdk_configuration(), **demo), clock=clock)
        server = make_server(HOST, 0, app, threaded=True)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        site = Site(app, Bank(backend.admin), clock, f"http://{HOST}:{server.server_port}", server)
        try:
            yield site
        finally:
            site.goes_down()
            thread.join()
