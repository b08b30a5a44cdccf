"""The wire between the site and the bank's servers, which a story can cut, slow down and listen to."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from webapp.mtoken.errors import AnswerLost, NotSent
from webapp.mtoken.transport import Headers, HttpResponse, Request, Transport

Fault = Callable[[Request, Transport], HttpResponse]


def refused(_request: Request, _transport: Transport) -> HttpResponse:
    """Nobody listens."""
    raise NotSent("connection refused")


def silence(_request: Request, _transport: Transport) -> HttpResponse:
    """The request gets lost on the way, and nobody notices in time."""
    raise AnswerLost("read timeout")


def answer_lost(request: Request, transport: Transport) -> HttpResponse:
    """The server does its work, but its answer never arrives."""
    transport.send(request)
    raise AnswerLost("read timeout")


def garbled(request: Request, transport: Transport) -> HttpResponse:
    """One byte more arrives than was signed, so the server takes the signature for a wrong one."""
    return transport.send(replace(request, body=request.body + b" "))


def html_page(_request: Request, _transport: Transport) -> HttpResponse:
    """A proxy in between shows its own page."""
    return HttpResponse(502, Headers({"Content-Type": "text/html"}), b"<h1>Bad Gateway</h1>")


def html_page_with_200(_request: Request, _transport: Transport) -> HttpResponse:
    """A captive portal claims that all is well."""
    return HttpResponse(200, Headers({"Content-Type": "text/html"}), b"<h1>Welcome to our network</h1>")


def changed(change: Callable[[Any], None]) -> Fault:
    """The server answers, and every operation in its answer is changed on the way."""

    def rewrite(request: Request, transport: Transport) -> HttpResponse:
        answer = transport.send(request)
        document = json.loads(answer.body)
        if document["status"] != "OK":
            return answer
        found = document.get("responseObject")
        for operation in found if isinstance(found, list) else [found]:
            change(operation)
        return HttpResponse(answer.status, answer.headers, json.dumps(document).encode())

    return rewrite


def error(status: int, code: str) -> Fault:
    """The server answers with this error and does nothing."""
    body = f'{{"status":"ERROR","responseObject":{{"code":"{code}","message":"x"}}}}'.encode()
    return lambda _request, _transport: HttpResponse(status, Headers(), body)


@dataclass
class Wire:
    """A `Transport` in front of another; `requests` is what it carried so far."""

    transport: Transport
    requests: list[Request] = field(default_factory=list)
    _faults: list[tuple[str, Fault, int | None]] = field(default_factory=list)

    def breaks(self, path: str, fault: Fault, *, times: int | None = None) -> None:
        """From now on requests whose URL ends in `path` meet this fault; `times` counts down."""
        self._faults.append((path, fault, times))

    def tells_otherwise(self, change: Callable[[Any], None]) -> None:
        """From now on the server tells every operation with this change, in the list and by itself."""
        for path in ("/operation/list", "/operation/detail"):
            self.breaks(path, changed(change))

    def ends(self, code: str) -> None:
        """The operation ends just before it is approved: so say the refusal and, from then on, the detail."""

        def refuse(request: Request, transport: Transport) -> HttpResponse:
            self.breaks("/operation/detail", error(400, code))
            return error(400, code)(request, transport)

        self.breaks("/operation/authorize", refuse)

    def is_mended(self) -> None:
        self._faults.clear()

    def send(self, request: Request) -> HttpResponse:
        self.requests.append(request)
        for position, (path, fault, times) in enumerate(self._faults):
            if request.url.endswith(path):
                if times is not None:
                    if times <= 1:
                        del self._faults[position]
                    else:
                        self._faults[position] = (path, fault, times - 1)
                return fault(request, self.transport)
        return self.transport.send(request)

    def sent(self, path: str) -> list[Request]:
        """The requests whose URL ends in `path`."""
        return [request for request in self.requests if request.url.endswith(path)]
