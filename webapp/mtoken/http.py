"""The network side of `Transport`. Only this file knows `requests`; importing it is what loads it.

public_http.py stands on it, and guards the way to hosts that are not the operator's.

One request goes out at most once: no retries, no redirects, no proxies or certificates out of the
environment (`REQUESTS_CA_BUNDLE`, `HTTPS_PROXY` and their kin mean nothing here), no cookies. Everything
has a limit: the connection, every silence, the whole exchange, and the size of the answer.
"""

import http.client
import io
import socket
import ssl
from contextvars import ContextVar
from dataclasses import dataclass
from email.errors import MissingHeaderBodySeparatorDefect
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError
from urllib3.response import BaseHTTPResponse
from urllib3.util.timeout import Timeout

from webapp.clock import Clock, SystemClock
from webapp.mtoken.deadline import Deadline
from webapp.mtoken.errors import AnswerLost, NotSent
from webapp.mtoken.transport import Headers, HttpResponse, Request
from webapp.mtoken.user_agent import USER_AGENT

MAX_BODY_BYTES: Final = 1024 * 1024

_BLOCK_BYTES: Final = 65_536
_SHORTEST_WAIT_S: Final = 0.001
_WAYS_KNOWN: Final = 64  # addresses, and so hosts at most
_CONNECTIONS_PER_HOST: Final = 32


@dataclass(slots=True)
class _Exchange:
    """What the connection below has to know, and to tell, about the request it is carrying."""

    deadline: Deadline
    read_timeout_s: float
    may_have_left: bool = False
    certificate_ends: str | None = None
    """As the certificate says it; None where no new connection was made."""

    def wait_s(self) -> float:
        """How long the next read may wait.

        Raises:
            TimeoutError: the time of the whole exchange is over.
        """
        return max(min(self.deadline.left_s(), self.read_timeout_s), _SHORTEST_WAIT_S)


# An exchange happens in one thread from beginning to end; connections are shared between them.
_exchange: ContextVar[_Exchange] = ContextVar("_exchange")


class _BoundedSocketReader(io.RawIOBase):
    """Reads from a socket, each time with as much patience as the exchange has left.

    The timeout of a socket limits one silence only: a server that sends a byte now and then could hold
    a request for hours.
    """

    def __init__(self, sock: socket.socket, raw: io.RawIOBase) -> None:
        super().__init__()
        self._sock = sock
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(_exchange.get().wait_s())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedResponse(http.client.HTTPResponse):
    """Reads the status line, the header, the sizes of chunks and the body through the bounded reader."""

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(_BoundedSocketReader(sock, self.fp.detach()))

    def begin(self) -> None:
        """Read status and header; one that breaks off is taken for a whole one by the library."""
        super().begin()
        if any(isinstance(defect, MissingHeaderBodySeparatorDefect) for defect in self.msg.defects):
            raise http.client.HTTPException("half a header")
        # What else is odd about a header does no harm; the library would log it, and the URL with it.
        self.msg.defects.clear()


class _Watched:
    """What both kinds of connection add: they notice when the first byte of a request may leave."""

    response_class: Any = _BoundedResponse
    sock: Any

    def connect(self) -> None:
        exchange = _exchange.get()
        had_left = exchange.may_have_left
        try:
            super().connect()  # type: ignore[misc]
        finally:
            # What was said to a proxy so far is no part of the request.
            exchange.may_have_left = had_left
        try:
            exchange.wait_s()
        except TimeoutError as error:
            raise ConnectTimeoutError("connected too late") from error

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        _exchange.get().may_have_left = True
        super().send(data)  # type: ignore[misc]


class _PlainConnection(_Watched, HTTPConnection):
    pass


class _TlsConnection(_Watched, HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _exchange.get().certificate_ends = (self.sock.getpeercert() or {}).get("notAfter")


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


_POOLS: Final = {"http": _PlainPool, "https": _TlsPool}


class _Adapter(HTTPAdapter):
    def __init__(self, server_name: str | None) -> None:
        self._tls: dict[str, Any] = {} if server_name is None else {"server_hostname": server_name}
        super().__init__(_WAYS_KNOWN, _CONNECTIONS_PER_HOST, max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **(options | self._tls))
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **(options | self._tls))
        manager.pool_classes_by_scheme = _POOLS
        return manager


@dataclass(frozen=True, slots=True)
class _Way:
    """Where the requests to one address go: connections, and what stands in the first line of a request."""

    pool: HTTPConnectionPool
    target: str


class HttpTransport:
    """Sends over HTTP and HTTPS; safe to share between threads, which also share its connections.

    The server's certificate is always verified. Names are looked up by the operating system, whose
    patience is its own; a connection that comes about too late is not used.

    Args:
        connect_timeout_s: seconds for each address until it is connected, and for each step of TLS.
        read_timeout_s: seconds of silence while an answer is awaited.
        total_timeout_s: seconds for the whole exchange, from the call until the last byte.
        max_body_bytes: a longer answer is lost.
        ca_file: a PEM file of the authorities to trust instead of the usual ones.
        server_name: whose certificate it has to be, for URLs that hold an address in the name's stead.
        proxy: `http://proxy.example:3128`, perhaps with a name and a password, which opens the way to
            https addresses and sees nothing but TLS. Plain HTTP, which stays on this machine, goes straight.
        client_certificate: PEM files of the certificate and of the key with which we say who we are.
        clock: its monotonic side measures the exchange.
    """

    def __init__(
        self,
        *,
        connect_timeout_s: float = 5.0,
        read_timeout_s: float = 10.0,
        total_timeout_s: float = 20.0,
        max_body_bytes: int = MAX_BODY_BYTES,
        ca_file: str | None = None,
        server_name: str | None = None,
        proxy: str | None = None,
        client_certificate: tuple[str, str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._timeout = Timeout(connect=connect_timeout_s, read=read_timeout_s)
        self._read_timeout_s = read_timeout_s
        self._total_timeout_s = total_timeout_s
        self._max_body_bytes = max_body_bytes
        self._verify: bool | str = ca_file or True
        self._proxies = {} if proxy is None else {"https": proxy}
        self._certificate = client_certificate
        self._clock = clock or SystemClock()
        self.certificate_ends_at: float | None = None
        """Until when the certificate of the server that was connected to last is good, in Unix time."""
        # An adapter, no session: that would keep cookies, and one person's must never reach another.
        self._adapter = _Adapter(server_name)
        self._ways: dict[str, _Way] = {}

    def send(self, request: Request) -> HttpResponse:
        """Send once and read the whole answer, whatever its status is.

        Raises:
            NotSent: name not found, connection refused or not in time, TLS not agreed, impossible URL.
            AnswerLost: anything else that went wrong; the server may have got the request.
        """
        exchange = _Exchange(Deadline.after(self._total_timeout_s, self._clock), self._read_timeout_s)
        outer = _exchange.set(exchange)
        try:
            return self._exchange(request)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            # The cause's text may hold the URL, so only its kind is noted. And its kind alone does not say
            # whether the request left: TLS, for one, may fail before and after.
            kind = type(error).__name__
            raise (AnswerLost(kind) if exchange.may_have_left else NotSent(kind)) from error
        finally:
            _exchange.reset(outer)
            if exchange.certificate_ends is not None:
                self.certificate_ends_at = ssl.cert_time_to_seconds(exchange.certificate_ends)

    def close(self) -> None:
        """Close the connections that are kept for the next request."""
        self._ways.clear()
        self._adapter.close()

    def _exchange(self, request: Request) -> HttpResponse:
        headers = request.headers.copy()
        headers.setdefault("User-Agent", USER_AGENT)
        headers["Accept-Encoding"] = "identity"
        way = self._way(request.url)
        answer = way.pool.urlopen(
            request.method,
            way.target,
            request.body or None,
            headers,
            retries=False,
            redirect=False,
            assert_same_host=False,
            timeout=self._timeout,
            preload_content=False,
            decode_content=False,
        )
        try:
            body = self._read(answer)
        finally:
            # One that was read to its end has given its connection back already; any other is closed.
            answer.close()
            answer.release_conn()
        return HttpResponse(answer.status, Headers(answer.headers), body)

    def _way(self, url: str) -> _Way:
        """The way to this address, which `requests` reads and finds once for all requests to it."""
        way = self._ways.get(url)
        if way is not None:
            return way
        prepared = requests.PreparedRequest()
        prepared.prepare(method="GET", url=url)
        verify, certificate = self._verify, self._certificate
        pool: Any = self._adapter.get_connection_with_tls_context(
            prepared, verify, proxies=self._proxies, cert=certificate
        )
        self._adapter.cert_verify(pool, prepared.url, verify, certificate)  # type: ignore[no-untyped-call]
        if len(self._ways) >= _WAYS_KNOWN:
            self._ways.clear()
        way = self._ways[url] = _Way(pool, self._adapter.request_url(prepared, self._proxies))
        return way

    def _read(self, answer: BaseHTTPResponse) -> bytes:
        """The body as it came: a compressed one stays so, for it was not asked for."""
        body = bytearray()
        while block := answer.read(_BLOCK_BYTES, decode_content=False):
            body += block
            if len(body) > self._max_body_bytes:
                raise AnswerLost(f"HTTP {answer.status}: more than {self._max_body_bytes} bytes")
        return bytes(body)
