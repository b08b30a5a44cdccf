"""Which address in a page shows a picture of the bank. No page loads anything from another host."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Self
from urllib.parse import urlsplit

from flask import request, url_for

from webapp.flows.pictures import picture_addresses
from webapp.mtoken.operation import UserOperation

SANDBOX_PICTURES: Final = "/sandbox/"


@dataclass(frozen=True, slots=True)
class Pictures:
    """Where this site has the pictures of one operation."""

    routes: Mapping[str, str] = field(default_factory=dict)
    """The bank's address → ours."""
    shows_own: bool = False
    """The sandbox's pictures lie on this site already."""

    def with_own(self) -> Self:
        return replace(self, shows_own=True)

    def route(self, address: str) -> str | None:
        """The address on this site; None: the picture cannot be shown."""
        if self.shows_own and _is_own(address):
            return request.script_root + address
        return self.routes.get(address)


NO_PICTURES: Final = Pictures()


def picture_routes(operation: UserOperation) -> Pictures:
    """The pictures that this site fetches for the page of this operation: those with a safe address."""
    addresses = enumerate(picture_addresses(operation))
    return Pictures(
        {
            address: url_for("pictures.picture", operation_id=operation.id, number=number, v=_digest(address))
            for number, address in addresses
            if safe_address(address)
        }
    )


def _digest(address: str) -> str:
    """Changes with the bank's address, so that no browser shows a picture that it kept for another one."""
    return hashlib.sha256(address.encode()).hexdigest()[:12]


def safe_address(address: str) -> str | None:
    """The address if a person may open it: https, a host, nobody's name in front of it."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return None
    if not address.isascii() or not address.isprintable() or " " in address or "\\" in address:
        return None
    return address if parts.scheme == "https" and host and "@" not in parts.netloc else None


def _is_own(address: str) -> bool:
    plain = address.isascii() and address.isprintable() and ".." not in address and "\\" not in address
    return plain and address.startswith(SANDBOX_PICTURES)
