"""Which URLs and which addresses lead to the public internet, and to nothing behind the operator's walls.

Pure: nothing is looked up here. Source: IANA's registries of special-purpose addresses, as far as
`ipaddress` knows them, and RFC 6052 (NAT64), 3056 (6to4), 4380 (Teredo) for what lies inside of others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final, Self
from urllib.parse import urlsplit

from webapp.mtoken.errors import NetworkError

_NAT64: Final = IPv6Network("64:ff9b::/96")
_MAPPED: Final = IPv6Network("::ffff:0:0/96")
_ROUTED: Final = (IPv6Network("2000::/3"), _NAT64, _MAPPED)
# Older versions of Python take most of it for public.
_PROTOCOLS: Final = IPv4Network("192.0.0.0/24")


class AddressRefused(NetworkError):
    """Not a URL that this site may fetch from, or one whose host is not public. Nothing was sent."""

    message_key = "network.not_sent"


@dataclass(frozen=True, slots=True)
class Target:
    """What a URL asks for: a host, as a name or an address, and a path with its query."""

    host: str
    path: str

    @classmethod
    def parse(cls, url: str, *, port: int) -> Self:
        """Read a URL that somebody else wrote.

        Raises:
            AddressRefused: not https, no host, a name or a password in front of it, another port than
                this one, or characters that a URL does not have.
        """
        if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
            raise AddressRefused("characters")
        try:
            parts = urlsplit(url)
            host, its_port = parts.hostname, parts.port
        except ValueError as error:
            raise AddressRefused("malformed") from error
        if parts.scheme != "https" or not host or "@" in parts.netloc or its_port not in {None, port}:
            raise AddressRefused("scheme, host or port")
        return cls(host, f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/")

    @property
    def host_header(self) -> str:
        return _in_url(self.host)

    def at(self, address: str, port: int) -> str:
        """The URL with this address in the host's stead: nobody has to look the name up again."""
        return f"https://{_in_url(address)}:{port}{self.path}"


def is_public(address: str) -> bool:
    """Whether everybody on the internet reaches the same machine under this address.

    An IPv6 address that carries an IPv4 address has to be public as a whole and in its part.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return _is_public_v4(parsed)
    routed = any(parsed in network for network in _ROUTED)
    # 6to4 is withdrawn (RFC 7526), and versions of Python differ about it.
    if not routed or parsed.sixtofour is not None:
        return False
    return parsed.is_global and all(_is_public_v4(part) for part in _carried(parsed))


def _is_public_v4(address: IPv4Address) -> bool:
    special = address.is_multicast or address.is_reserved or address in _PROTOCOLS
    return address.is_global and not special


def _carried(address: IPv6Address) -> Iterator[IPv4Address]:
    """The IPv4 addresses to which a packet for this one would go on."""
    if address in _NAT64 or address in _MAPPED:
        yield IPv4Address(int(address) & 0xFFFF_FFFF)
    if address.teredo is not None:
        yield from address.teredo


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
