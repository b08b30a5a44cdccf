"""The site as operators run it: gunicorn in a process of its own, a proxy in front, the bank behind."""

import http.client
import os
import queue
import re
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server
from werkzeug.wrappers import Request as Incoming
from werkzeug.wrappers import Response as Outgoing

ROOT = Path(__file__).parents[2]
PATIENCE_S = 120
_HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "date", "server"}


def environ_of(directory: Path, **settings: str) -> dict[str, str]:
    """An environment with these settings and no others; keys are made up."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ASSENT_")}
    return kept | {
        "ASSENT_DATABASE_URL": f"sqlite:///{directory / 'assent.sqlite'}",
        "ASSENT_SERVER_KEYS": "test:" + "A" * 43 + "=",
        "ASSENT_SECRET_KEY": "a secret of forty characters for tests..",
        "ASSENT_BIND": "127.0.0.1:0",
        **settings,
    }


class Gunicorn:
    """gunicorn with its own settings file, in a process of its own."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        command = [sys.executable, "-m", "gunicorn", "--log-level", "info"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=dict(environ), stderr=subprocess.PIPE, text=True
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        # What it has to say may not fill the pipe and stop it.
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.port = 0

    def says(self, pattern: str) -> re.Match[str]:
        """Wait until it has said this."""
        while True:
            line = self._lines.get(timeout=PATIENCE_S)
            if found := re.search(pattern, line):
                return found

    def ends(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE_S)
        self._reader.join()

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            for line in lines:
                self._lines.put(line)


@contextmanager
def gunicorn(environ: Mapping[str, str]) -> Iterator[Gunicorn]:
    """gunicorn for as long as the block lasts."""
    served = Gunicorn(environ)
    try:
        served.port = int(served.says(r"Listening at: http://127\.0\.0\.1:(\d+)")[1])
        yield served
    finally:
        served.ends()


class Proxy:
    """Stands in front as nginx would: visitors speak https to it, and it says so."""

    def __init__(self, port: int) -> None:
        self._port = port

    def __call__(self, environ: Any, start_response: Any) -> Any:
        incoming = Incoming(environ)
        headers = {name: value for name, value in incoming.headers.items() if name != "Connection"}
        headers |= {"X-Forwarded-Proto": incoming.scheme, "X-Forwarded-For": "198.51.100.7"}
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_S)
        try:
            connection.request(incoming.method, incoming.full_path.rstrip("?"), incoming.get_data(), headers)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        passed = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP]
        return Outgoing(body, answer.status, passed)(environ, start_response)


class Gate:
    """Stands before an application: requests for one path wait there until they are let through."""

    def __init__(self, inner: Any, path: str) -> None:
        self._inner = inner
        self._path = path
        self.is_asked = threading.Event()
        self.is_open = threading.Event()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        if environ["PATH_INFO"].endswith(self._path):
            self.is_asked.set()
            assert self.is_open.wait(PATIENCE_S)
        return self._inner(environ, start_response)


@contextmanager
def listening(app: Any, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve a WSGI application on a free port."""
    server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=tls)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
