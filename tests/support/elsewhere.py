"""Hosts that are neither the site's nor the bank's, as far as a story needs them."""

from dataclasses import dataclass, field

from webapp.mtoken.errors import NetworkError, NotSent
from webapp.mtoken.transport import Headers, HttpResponse, Request


@dataclass
class Elsewhere:
    """A `Transport` to them; `requests` is what they were asked. Where nothing was put, nobody listens."""

    requests: list[Request] = field(default_factory=list)
    _answers: dict[str, HttpResponse | NetworkError] = field(default_factory=dict)

    def has(self, url: str, content: bytes, content_type: str = "image/png") -> None:
        self._answers[url] = HttpResponse(200, Headers({"Content-Type": content_type}), content)

    def answers(self, url: str, status: int, **headers: str) -> None:
        self._answers[url] = HttpResponse(status, Headers(headers))

    def fails(self, url: str, error: NetworkError) -> None:
        self._answers[url] = error

    def send(self, request: Request) -> HttpResponse:
        self.requests.append(request)
        answer = self._answers.get(request.url, NotSent("connection refused"))
        if isinstance(answer, NetworkError):
            raise answer
        return answer
