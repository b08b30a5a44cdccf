"""A wire that carries everything but one exchange faithfully, and remembers what was answered before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.support.clock import ManualClock
from tests.support.site import BACKEND_URL
from webapp.mtoken.transport import HttpResponse, Request, Transport
from webapp.powerauth.headers import AUTHORIZATION

HOME = urlsplit(BACKEND_URL).path


@dataclass(frozen=True)
class Exchange:
    """One request on its way, for a fault to do with as it likes.

    `earlier` is what each path was answered in better days, `last` the answer just before this one.
    """

    number: int
    path: str
    request: Request
    transport: Transport
    clock: ManualClock
    earlier: Mapping[str, HttpResponse]
    last: HttpResponse | None

    def happens(self) -> HttpResponse:
        """The server gets the request and answers it; a second time, if a second time."""
        return self.transport.send(self.request)


Fault = Callable[[Exchange], HttpResponse]


@dataclass
class FaultyWire:
    """A `Transport`. `requests` is what was sent, in order; `struck` the exchange that met the fault."""

    transport: Transport
    clock: ManualClock
    earlier: dict[str, HttpResponse] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    struck: Exchange | None = None
    times: int = 0
    """How often the server got the request that met the fault."""
    _fault: Fault | None = None
    _at: int = -1
    _last: HttpResponse | None = None

    def strikes(self, fault: Fault, at: int) -> None:
        """The exchange of this number, counted from 0, will meet the fault."""
        self._fault, self._at = fault, at

    def is_mended(self) -> None:
        self._fault = None

    def send(self, request: Request) -> HttpResponse:
        number, path = len(self.requests), path_of(request)
        self.requests.append(request)
        if self._fault is None or number != self._at:
            self._last = self.transport.send(request)
            return self._last
        counted = _Counted(self.transport)
        self.struck = Exchange(number, path, request, counted, self.clock, self.earlier, self._last)
        try:
            return self._fault(self.struck)
        finally:
            self.times = counted.times


@dataclass
class _Counted:
    transport: Transport
    times: int = 0

    def send(self, request: Request) -> HttpResponse:
        self.times += 1
        return self.transport.send(request)


@dataclass
class Recorder:
    """A `Transport` that keeps the newest good answer of each path."""

    transport: Transport
    answers: dict[str, HttpResponse] = field(default_factory=dict)

    def send(self, request: Request) -> HttpResponse:
        answer = self.transport.send(request)
        if answer.status == 200:
            self.answers[path_of(request)] = answer
        return answer


def path_of(request: Request) -> str:
    return urlsplit(request.url).path.removeprefix(HOME)


def is_signed(request: Request) -> bool:
    return AUTHORIZATION in request.headers


def is_counted(request: Request) -> bool:
    """Whether the server counts a failed attempt when this signature does not verify."""
    header = request.headers.get(AUTHORIZATION, "")
    return "knowledge" in header or "biometry" in header
