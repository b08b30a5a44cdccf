"""Who asks: what a browser brings with every request."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser, enrolled or not. `languages` is the value of Accept-Language for the backend."""

    sid: str | None = field(repr=False)
    half: str | None = field(repr=False)
    languages: str
