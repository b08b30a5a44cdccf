"""A server of one's own making: each connection is handed to a function that may do anything with it."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from webapp.mtoken.transport import Headers, Request

Behaviour = Callable[["Connection"], None]


@dataclass
class Connection:
    """What a behaviour gets: the socket, and what was said to the server so far."""

    socket: socket.socket
    server: "RawServer"

    def read_request(self) -> bytes:
        """One whole request; empty when the client hung up."""
        received = b""
        while b"\r\n\r\n" not in received:
            block = self.socket.recv(65_536)
            if not block:
                return b""
            received += block
        head, _, body = received.partition(b"\r\n\r\n")
        length = next(
            (
                int(line.split(b":")[1])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length:")
            ),
            0,
        )
        while len(body) < length:
            body += self.socket.recv(65_536)
        self.server.requests.append(head + b"\r\n\r\n" + body)
        return head

    def answer(self, body: bytes = b"{}", status: str = "200 OK", *headers: str) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
        self.socket.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


@dataclass
class RawServer:
    """Requests in the order they came, and how many connections were made."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)
    sockets: list[socket.socket] = field(default_factory=list)


@contextlib.contextmanager
def serving(behaviour: Behaviour, *, tls: ssl.SSLContext | None = None) -> Iterator[RawServer]:
    """Serve on a free port of this machine until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = RawServer(listener.getsockname()[1])
        threads: list[threading.Thread] = []

        def accept() -> None:
            while True:
                try:
                    plain, _ = listener.accept()
                except OSError:
                    return
                server.connections += 1
                thread = threading.Thread(target=_serve, args=(plain, server, behaviour, tls), daemon=True)
                threads.append(thread)
                thread.start()

        acceptor = threading.Thread(target=accept, daemon=True)
        acceptor.start()
        try:
            yield server
        finally:
            server.stopping.set()
            for open_socket in (listener, *server.sockets):
                with contextlib.suppress(OSError):
                    open_socket.shutdown(socket.SHUT_RDWR)
            acceptor.join(5)
            for thread in threads:
                thread.join(5)


def _serve(plain: socket.socket, server: RawServer, behaviour: Behaviour, tls: ssl.SSLContext | None) -> None:
    # The client may hang up at any moment: that is what the tests are about.
    with contextlib.suppress(OSError), plain:
        plain.settimeout(5)
        if tls is None:
            server.sockets.append(plain)
            behaviour(Connection(plain, server))
        else:
            with tls.wrap_socket(plain, server_side=True) as secured:
                server.sockets.append(secured)
                behaviour(Connection(secured, server))


def post(port, *, scheme="http", path="/api/list", body=b'{"requestObject":{}}', **headers):
    return Request("POST", f"{scheme}://127.0.0.1:{port}{path}", Headers(headers), body)


def answering(body=b"{}", status="200 OK", *headers):
    def behave(connection: Connection) -> None:
        while connection.read_request():
            connection.answer(body, status, *headers)

    return behave
