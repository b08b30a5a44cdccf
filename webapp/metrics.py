"""Numbers for Prometheus: counts and durations by route, endpoint, act and outcome.

A label is a word of this program, never anything that came with a request: routes are templates, methods and
endpoints a short list, outcomes words of the code. docs/monitoring.md lists the numbers.

With several workers `PROMETHEUS_MULTIPROC_DIR` names a folder where each keeps its own, and whoever is asked
adds them up; gunicorn.conf.py takes care of it. The library looks for it when it is loaded, so only what
counts loads this file.
"""

import hmac
import os
import threading
from functools import cache
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from flask import Flask, Response, g, request
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    make_wsgi_app,
    multiprocess,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from webapp.clock import Clock
from webapp.mtoken.exchanges import ExchangeNote

DIRECTORY: Final = "PROMETHEUS_MULTIPROC_DIR"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
_SECONDS: Final = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)


class _Numbers:
    """All numbers there are, in one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, what: str, *labels: str) -> Counter:
            return Counter(f"assent_{name}", what, labels, registry=registry)

        def histogram(name: str, what: str, *labels: str) -> Histogram:
            return Histogram(f"assent_{name}", what, labels, registry=registry, buckets=_SECONDS)

        self.requests = counter("requests", "Requests answered", "route", "method", "status")
        self.request_seconds = histogram("request_seconds", "Time to answer them", "route", "method")
        self.exchanges = counter("exchanges", "Exchanges with the bank's server", "endpoint", "result")
        self.exchange_seconds = histogram("exchange_seconds", "Time they took", "endpoint")
        self.acts = counter("acts", "What people did, and what it came to", "act", "outcome")
        self.lease_seconds = histogram("lease_wait_seconds", "Waiting for an activation's lease")
        self.decode_seconds = histogram("decode_seconds", "Looking for a code in a picture", "kind")


@cache
def _shared_numbers() -> _Numbers:
    """The apps of one process write into the same file, so they share what writes there."""
    return _Numbers(CollectorRegistry())


class Metrics:
    """Counts what happens in one app."""

    def __init__(self, clock: Clock, *, token: str | None = None) -> None:
        self._clock = clock
        self._token = token
        self._own = CollectorRegistry()
        self._numbers = _shared_numbers() if os.environ.get(DIRECTORY) else _Numbers(self._own)

    def install(self, app: Flask) -> None:
        """Count every request; with a token, `/metrics` tells the numbers to who has it."""
        app.before_request_funcs.setdefault(None, []).insert(0, self._begin)
        app.after_request(self._end)
        app.extensions["assent_decoded"] = self.decoded
        if self._token is not None:
            app.add_url_rule("/metrics", "metrics", self._page)

    def exchange(self, note: ExchangeNote) -> None:
        self._numbers.exchanges.labels(note.endpoint, note.result.value).inc()
        self._numbers.exchange_seconds.labels(note.endpoint).observe(note.seconds)

    def act(self, act: str, outcome: str) -> None:
        self._numbers.acts.labels(act, outcome).inc()

    def lease(self, seconds: float) -> None:
        self._numbers.lease_seconds.observe(seconds)

    def decoded(self, kind: str, seconds: float) -> None:
        self._numbers.decode_seconds.labels(kind).observe(seconds)

    def _begin(self) -> None:
        g.measured_since = self._clock.monotonic()

    def _end(self, response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        method = request.method if request.method in _METHODS else "other"
        self._numbers.requests.labels(route, method, str(response.status_code)).inc()
        if "measured_since" in g:
            passed = self._clock.monotonic() - g.measured_since
            self._numbers.request_seconds.labels(route, method).observe(passed)
        return response

    def _page(self) -> Response:
        given = request.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {self._token}".encode()):
            return Response("", HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": "Bearer"}, "text/plain")
        return Response(generate_latest(self._registry()), content_type=CONTENT_TYPE_PLAIN_0_0_4)

    def _registry(self) -> CollectorRegistry:
        return all_workers() if os.environ.get(DIRECTORY) else self._own


def all_workers() -> CollectorRegistry:
    """Where to read the numbers of all workers that share the folder."""
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


class _Server(ThreadingMixIn, WSGIServer):
    """Every worker listens on the same port; whichever is asked tells the numbers of all."""

    allow_reuse_port = True
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        pass


def serve(host: str, port: int) -> WSGIServer:
    """Tell the numbers of all workers on an address of their own, in a thread that ends with the process.

    Raises:
        OSError: nobody can listen there.
    """
    tell = make_wsgi_app(all_workers())
    server = make_server(host, port, tell, _Server, _Silent)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server
