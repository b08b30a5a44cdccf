"""The other side in a process of its own: it answers at once what it was given before.

`python -m bench.backend FILE` prints the port that it listens on. Operations are answered out of memory;
what has to be computed anew each time (how an activation stands, a new key) the sandbox answers, on its
database FILE.

What it says of operations is put there: `PUT /bench/list` with a JSON array of them, `PUT /bench/latency`
with seconds. Both, and `PUT /bench/counts`, tell how often each path was asked for.
"""

import json
import socket
import sys
import threading
import time
from collections import Counter
from typing import Any, BinaryIO

from bench.documents import ok
from webapp.clock import SystemClock
from webapp.mtoken.transport import Headers, Request
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend

_OPERATION = "/api/auth/token/app/operation"
_FINISHED = b'{"status":"ERROR","responseObject":{"code":"OPERATION_ALREADY_FINISHED","message":"x"}}'


class Answers:
    """What is said, and how late."""

    def __init__(self, sandbox: Backend) -> None:
        self._sandbox = sandbox
        self._list = ok([])
        self._details: dict[str, bytes] = {}
        self._finished: set[str] = set()
        self._latency_s = 0.0
        self._counts: Counter[str] = Counter()

    def answer(self, request: Request) -> tuple[int, bytes]:
        """The status and the body."""
        if request.url.startswith("/bench/"):
            return 200, self._told(request)
        self._counts[request.url] += 1
        if self._latency_s:
            time.sleep(self._latency_s)
        if request.url == f"{_OPERATION}/list":
            return 200, self._list
        if request.url == f"{_OPERATION}/detail":
            wanted = _identifier(request)
            return (400, _FINISHED) if wanted in self._finished else (200, self._details[wanted])
        if request.url == f"{_OPERATION}/authorize":
            self._finished.add(_identifier(request))
            return 200, b'{"status":"OK"}'
        answered = self._sandbox.handle(request)
        return answered.status, answered.body

    def _told(self, request: Request) -> bytes:
        if request.url == "/bench/list":
            operations = json.loads(request.body)
            self._details |= {one["id"]: ok(one) for one in operations}
            self._list = ok(operations)
        if request.url == "/bench/latency":
            self._latency_s = float(request.body)
        return json.dumps(self._counts).encode()


def _identifier(request: Request) -> str:
    return str(json.loads(request.body)["requestObject"]["id"])


def serve(answers: Answers, connection: socket.socket) -> None:
    """One request after the other, for as long as the client stays."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection, connection.makefile("rb") as incoming:
        while (request := _read(incoming)) is not None:
            status, body = answers.answer(request)
            head = b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            connection.sendall(head % (status, len(body)) + body)


def _read(incoming: BinaryIO) -> Request | None:
    first = incoming.readline().decode("ascii").split()
    if not first:
        return None
    fields: list[tuple[str, str]] = []
    while line := incoming.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        fields.append((name, value.strip()))
    headers = Headers(fields)
    return Request(first[0], first[1], headers, incoming.read(int(headers.get("Content-Length") or 0)))


def main() -> None:
    """Serve until somebody ends this process."""
    with Backend(sys.argv[1], clock=SystemClock(), random=system_random) as sandbox:
        answers = Answers(sandbox)
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        print(listener.getsockname()[1], flush=True)
        while True:
            connection: Any = listener.accept()[0]
            threading.Thread(target=serve, args=(answers, connection), daemon=True).start()


if __name__ == "__main__":
    main()
