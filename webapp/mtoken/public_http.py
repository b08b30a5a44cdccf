"""GET from hosts that the server names, and not the operator: only https, only to public addresses.

The name is looked up once, every address found is judged, and the connection goes to an address that
passed; so a name that leads elsewhere at a second look (DNS rebinding) leads nowhere. Limits, redirects,
cookies and proxies are as in http.py; what the caller put into the request's header stays at home.
"""

import queue
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Final

from webapp.clock import Clock, SystemClock
from webapp.mtoken.deadline import Deadline
from webapp.mtoken.errors import NotSent
from webapp.mtoken.http import HttpTransport
from webapp.mtoken.public_address import AddressRefused, Target, is_public
from webapp.mtoken.transport import Headers, HttpResponse, Request

TOTAL_TIMEOUT_S: Final = 5.0
MAX_BODY_BYTES: Final = 2 * 1024 * 1024
HTTPS_PORT: Final = 443

_HEADERS: Final = {
    "User-Agent": "Assent",
    "Accept": "image/png, image/jpeg, image/webp, image/gif",
}
_LOOK_UPS: Final = 8
_ADDRESSES_TRIED: Final = 3

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port → addresses, the one to try first before the others; an OSError if there are none."""


def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the operating system, which waits as long as it likes."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(place[0]) for *_, place in found))


class PublicTransport:
    """A `Transport` for pictures on other people's servers; safe to share between threads.

    No connection is kept: the next name is judged anew.

    Args:
        total_timeout_s: seconds for the whole exchange, the look-up included.
        max_body_bytes: a longer answer is lost; its rest is not read.
        resolve: looks a name up.
        is_allowed: judges one address; all that a name has must pass.
        port: the only port that is spoken to.
        ca_file: a PEM file of the authorities to trust instead of the usual ones.
        clock: its monotonic side measures the exchange.
    """

    def __init__(
        self,
        *,
        total_timeout_s: float = TOTAL_TIMEOUT_S,
        max_body_bytes: int = MAX_BODY_BYTES,
        resolve: Resolve = resolve,
        is_allowed: Callable[[str], bool] = is_public,
        port: int = HTTPS_PORT,
        ca_file: str | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._total_timeout_s = total_timeout_s
        self._max_body_bytes = max_body_bytes
        self._resolve = resolve
        self._is_allowed = is_allowed
        self._port = port
        self._ca_file = ca_file
        self._clock = clock or SystemClock()
        # A look-up cannot be stopped, only left alone. Names that never answer may not pile up threads.
        self._look_ups = threading.BoundedSemaphore(_LOOK_UPS)

    def send(self, request: Request) -> HttpResponse:
        """Fetch what the URL names; nothing else of the request is used.

        Raises:
            AddressRefused: this URL, or an address of its host, is none to fetch from.
            NotSent: name not found, no connection, or not in time.
            AnswerLost: no whole answer, too large an answer, or not in time.
        """
        if request.method != "GET":
            raise ValueError("public hosts are only read from")
        target = Target.parse(request.url, port=self._port)
        try:
            return self._fetch_from_any(target, Deadline.after(self._total_timeout_s, self._clock))
        except TimeoutError as error:
            raise NotSent(type(error).__name__) from error

    def _fetch_from_any(self, target: Target, deadline: Deadline) -> HttpResponse:
        """From the first address; from the next one only if nothing was sent to those before."""
        failure = NotSent("no address")
        for address in self._allowed_addresses(target.host, deadline)[:_ADDRESSES_TRIED]:
            try:
                return self._fetch(target, address, deadline)
            except NotSent as error:
                failure = error
        raise failure

    def _allowed_addresses(self, host: str, deadline: Deadline) -> Sequence[str]:
        addresses = self._look_up(host, deadline)
        if not all(self._is_allowed(address) for address in addresses):
            raise AddressRefused("not public")
        return addresses

    def _look_up(self, host: str, deadline: Deadline) -> Sequence[str]:
        """The addresses of a host; none if it is not known.

        Raises:
            TimeoutError: they were not found in time.
        """
        if not self._look_ups.acquire(timeout=deadline.left_s()):
            raise TimeoutError("too many look-ups")
        answers: queue.SimpleQueue[Sequence[str]] = queue.SimpleQueue()
        threading.Thread(target=self._answer, args=(host, answers), daemon=True).start()
        try:
            return answers.get(timeout=deadline.left_s())
        except queue.Empty as error:
            raise TimeoutError("the name was not found in time") from error

    def _answer(self, host: str, answers: "queue.SimpleQueue[Sequence[str]]") -> None:
        try:
            answers.put(tuple(self._resolve(host, self._port)))
        except (OSError, ValueError):  # ValueError: no host can be called like this
            answers.put(())
        finally:
            self._look_ups.release()

    def _fetch(self, target: Target, address: str, deadline: Deadline) -> HttpResponse:
        left_s = deadline.left_s()
        transport = HttpTransport(
            connect_timeout_s=left_s / 2,  # once for the connection and once for TLS
            read_timeout_s=left_s,
            total_timeout_s=left_s,
            max_body_bytes=self._max_body_bytes,
            ca_file=self._ca_file,
            server_name=target.host,
            clock=self._clock,
        )
        headers = Headers({**_HEADERS, "Host": target.host_header})
        with closing(transport):
            return transport.send(Request("GET", target.at(address, self._port), headers))
