"""Many visitors at once, in one thread: requests as bytes, over connections kept as a proxy keeps them."""

import selectors
import socket
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_BLOCK = 65_536
_PATIENCE_S = 60.0


class NotAnswered(Exception):
    """A page that is not the one that was to be measured."""


@dataclass(slots=True)
class Answered:
    """What came back."""

    seconds: float = 0.0
    """From the first request to the last answer."""
    pages: list[bytes] = field(default_factory=list)

    @property
    def size(self) -> int:
        """The bytes of the body of the last page."""
        return len(self.pages[-1].partition(b"\r\n\r\n")[2])


class _Connection:
    """One connection, which asks for the next thing once it has its answer."""

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._requests = requests
        self._got = b""

    def asks(self) -> bool:
        """Whether there was something left to ask."""
        request = next(self._requests, None)
        if request is not None:
            self.socket.sendall(request)
        return request is not None

    def hears(self) -> bytes | None:
        """The whole answer, once it is there."""
        block = self.socket.recv(_BLOCK)
        if not block:
            raise NotAnswered("cut off")
        self._got += block
        head, end, body = self._got.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return None
        whole, self._got = self._got, b""
        return whole


def drive(
    port: int, requests: Iterable[bytes], *, status: int = 200, connections: int = 8, keep: bool = False
) -> Answered:
    """Send all of them, `connections` at a time.

    Args:
        status: what every page has to have.
        keep: all pages, not only the last one.

    Raises:
        NotAnswered: a page with another status.
    """
    answered, left = Answered(), iter(requests)
    with selectors.DefaultSelector() as selector:
        open_ones = [_Connection(port, left) for _ in range(connections)]
        began = time.perf_counter()
        for one in open_ones:
            if one.asks():
                selector.register(one.socket, selectors.EVENT_READ, one)
        while selector.get_map():
            for key, _ in selector.select(_PATIENCE_S):
                page = key.data.hears()
                if page is None:
                    continue
                if not page.startswith(b"HTTP/1.1 %d " % status):
                    raise NotAnswered(page[:200].decode("latin-1"))
                answered.pages = [*answered.pages, page] if keep else [page]
                if not key.data.asks():
                    selector.unregister(key.fileobj)
        answered.seconds = time.perf_counter() - began
        for one in open_ones:
            one.socket.close()
    return answered


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
