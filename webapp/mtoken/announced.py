"""Tells the server on whose behalf a request comes: by which name to find it again, from where, from what.

The address is the visitor's true one as the site knows it, one and no list; what the visitor claims in
headers of their own goes nowhere. Servers keep address and browser with the operation.

Source: docs/monitoring.md; wultra/enrollment-server, RequestContextConverter.
"""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from webapp.mtoken.transport import HttpResponse, Request, Transport
from webapp.mtoken.user_agent import user_agent_for

CORRELATION: Final = "X-Correlation-ID"
ADDRESS: Final = "X-Forwarded-For"


@dataclass(frozen=True, slots=True)
class Origin:
    """The visitor for whom a request is sent, and the name of what they do."""

    reference: str
    address: str | None = field(repr=False)
    user_agent: str | None = field(repr=False)


class AnnouncedTransport:
    """Carries what another carries, with the headers that say for whom."""

    def __init__(self, transport: Transport, whose: Callable[[], Origin | None]) -> None:
        self._transport = transport
        self._whose = whose

    def send(self, request: Request) -> HttpResponse:
        """As the other. Without anybody to name, the request goes as it is."""
        origin = self._whose()
        return self._transport.send(request if origin is None else _announced(request, origin))


def _announced(request: Request, origin: Origin) -> Request:
    headers = request.headers.copy()
    headers[CORRELATION] = origin.reference
    headers["User-Agent"] = user_agent_for(origin.user_agent)
    address = _read_address(origin.address)
    if address is not None:
        headers[ADDRESS] = address
    return replace(request, headers=headers)


def _read_address(text: str | None) -> str | None:
    """An address as it is usually written; of one that is of this very link, without the link's name."""
    try:
        address = ipaddress.ip_address((text or "").partition("%")[0])
    except ValueError:
        return None
    is_mapped = isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped
    return str(is_mapped or address)
