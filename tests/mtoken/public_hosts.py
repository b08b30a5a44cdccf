"""Another host on the internet, as far as a transport can tell: this machine under another name."""

from tests.mtoken.raw_server import RawServer
from webapp.mtoken.public_http import PublicTransport
from webapp.mtoken.transport import Headers, Request

HOST = "pictures.example"
URL = f"https://{HOST}/invoice.png?id=7"
HERE = "127.0.0.1"
NOBODY = "127.0.0.2"  # this machine too, but nobody listens there


class Names:
    """A name server that knows what the test tells it, and remembers what it was asked."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> tuple[str, ...]:
        self.asked.append(host)
        return self.addresses


def transport_to(server: RawServer | None = None, names=None, **changes) -> PublicTransport:
    """A transport that takes this machine for public, and speaks to the port of this server only."""
    options = {
        "port": server.port if server else 443,
        "resolve": names or Names(HERE),
        "is_allowed": {HERE, NOBODY}.__contains__,
        "total_timeout_s": 0.8,
        "max_body_bytes": 1000,
    }
    return PublicTransport(**{**options, **changes})


def get(url=URL, **headers):
    return Request("GET", url, Headers(headers))
