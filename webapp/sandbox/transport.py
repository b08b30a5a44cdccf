"""The way to the sandbox without a socket."""

from webapp.mtoken.errors import NotSent
from webapp.mtoken.transport import HttpResponse, Request
from webapp.sandbox.backend import Backend

_ADDRESS = "in-memory"


class InMemoryTransport:
    """A `Transport` that ends in a backend of this process.

    `base_url` is where the backend pretends to live, such as `https://bank.example/enrollment-server`.
    """

    def __init__(self, backend: Backend, base_url: str) -> None:
        self._backend = backend
        self._home = base_url.rstrip("/")

    def send(self, request: Request) -> HttpResponse:
        """Hand the request over.

        Raises:
            NotSent: nobody lives at this URL.
        """
        if not request.url.startswith(f"{self._home}/"):
            raise NotSent("no such host in memory")
        path = request.url.removeprefix(self._home)
        arrived = Request(request.method, path, request.headers.copy(), request.body)
        return self._backend.handle(arrived, address=_ADDRESS)
