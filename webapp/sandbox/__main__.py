"""The sandbox alone: `python -m webapp.sandbox --port 8080 [--database FILE] [--host ADDRESS]`.

The enrollment server's paths (/pa/v3, /api), the back office (/rest/v3) and an OpenID provider
(/oidc/authorize) hang directly under the root.
"""

import argparse
import signal
import sys

from flask import Flask
from werkzeug.serving import make_server

from webapp.clock import SystemClock
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend
from webapp.sandbox.oidc_pages import provider_pages
from webapp.sandbox.routes import create_blueprint
from webapp.sandbox.store import IN_MEMORY


def create_app(backend: Backend) -> Flask:
    """An application with nothing in it but the sandbox."""
    app = Flask("webapp.sandbox", static_folder=None)
    app.register_blueprint(create_blueprint(backend))
    app.register_blueprint(provider_pages(backend), url_prefix="/oidc")
    return app


def main(arguments: list[str] | None = None) -> None:
    """Serve until somebody stops it."""
    parser = argparse.ArgumentParser(prog="python -m webapp.sandbox", description="A PowerAuth sandbox.")
    parser.add_argument("--port", type=int, required=True, help="0 takes any free port")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--database", default=IN_MEMORY, help="SQLite file; without it nothing is kept")
    options = parser.parse_args(arguments)
    with Backend(options.database, clock=SystemClock(), random=system_random) as backend:
        server = make_server(options.host, options.port, create_app(backend), threaded=True)
        address = f"http://{options.host}:{server.port}"
        sys.stdout.write(
            f"Enrollment server         {address}\n"
            f"PowerAuth Server          {address} (back office below /rest/v3)\n"
            f"Mobile SDK configuration  {backend.sdk_configuration()}\n"
        )
        sys.stdout.flush()
        # Being asked to stop is the normal end: leave by the front door, so that nothing is left behind.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        server.serve_forever()


if __name__ == "__main__":
    main()
