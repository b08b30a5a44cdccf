"""What goes to a server and what comes back, and the one method that carries it.

Everything that speaks to a server takes a `Transport`: `webapp.mtoken.http` goes over the network, the
sandbox answers in memory. This file knows neither.
"""

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Protocol


class Headers(MutableMapping[str, str]):
    """Header fields by name. Case of a name means nothing; the last spelling written is the one sent.

    A name occurs once: setting it again replaces the value. Compares equal to any mapping with the same
    names and values. `repr` shows the names only, because some values are credentials.
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        self._items: dict[str, tuple[str, str]] = {}
        for name, value in items.items() if isinstance(items, Mapping) else items:
            self[name] = value

    def __getitem__(self, name: str) -> str:
        return self._items[name.lower()][1]

    def __setitem__(self, name: str, value: str) -> None:
        self._items[name.lower()] = (name, value)

    def __delitem__(self, name: str) -> None:
        del self._items[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._items

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        mine = {name: value for name, (_, value) in self._items.items()}
        return mine == {str(name).lower(): value for name, value in other.items()}

    __hash__ = None  # type: ignore[assignment]  # mutable, like a dict

    def __repr__(self) -> str:
        return f"Headers({', '.join(self)})"

    def copy(self) -> "Headers":
        return Headers(self.items())


@dataclass(slots=True)
class Request:
    """One HTTP request just before it leaves. Mutable, because a request processor may add headers."""

    method: str
    url: str
    """Absolute, with scheme, host and path."""
    headers: Headers = field(default_factory=Headers)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What a server answered, whatever the status is."""

    status: int
    headers: Headers = field(default_factory=Headers)
    body: bytes = field(default=b"", repr=False)


class Transport(Protocol):
    """Carries a request to a server, once, and brings the answer."""

    def send(self, request: Request) -> HttpResponse:
        """Send as it is: no second try, no redirect followed.

        Raises:
            NotSent: the request did not leave this machine; nothing happened anywhere.
            AnswerLost: it left, or may have left, and no whole answer came.
        """
        ...
