"""From where a request comes, as far as one visitor is told from another by it."""

from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

_OF_ONE_HOUSEHOLD: Final = 64
"""Bits of an IPv6 address: whoever has one address has all that begin like it."""


# Each page asks several times for the one who sees it.
@lru_cache(maxsize=128)
def network_of(address: str | None) -> str:
    """`203.0.113.7`, or `2001:db8:1:2::/64`; empty where no address is known, as behind a socket file."""
    try:
        parsed = ip_address((address or "").partition("%")[0])
    except ValueError:
        return ""
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed, _OF_ONE_HOUSEHOLD), strict=False))
