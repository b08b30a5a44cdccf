"""Who asks: what a browser brings with every request."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser, enrolled or not. `languages` is the value of Accept-Language for the backend.

    `address` is the network that it comes from, as far as one is told from another (web/networks.py).
    `reference` names this one request, in the log, at the bank, and to the person where something went wrong.
    """

    sid: str | None = field(repr=False)
    half: str | None = field(repr=False)
    languages: str
    address: str = field(default="", repr=False)
    reference: str = ""
