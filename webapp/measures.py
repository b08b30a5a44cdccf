"""What can be counted, for rooms that do not know who counts; and nobody counting."""

from typing import Protocol

from flask import Flask

from webapp.mtoken.exchanges import ExchangeNote


class Measures(Protocol):
    """Told of what happens. No argument is ever an id, an address, or anything of a person."""

    def install(self, app: Flask) -> None:
        """Count the requests of this app."""
        ...

    def exchange(self, note: ExchangeNote) -> None:
        """An exchange with the bank's server."""
        ...

    def act(self, act: str, outcome: str) -> None:
        """Something that a person did, and what it came to."""
        ...

    def lease(self, seconds: float) -> None:
        """Somebody got an activation's lease, or gave up, after this time."""
        ...

    def decoded(self, kind: str, seconds: float) -> None:
        """A picture or a frame was looked at for a code."""
        ...


class Unmeasured:
    """Nobody counts."""

    def install(self, app: Flask) -> None:
        pass

    def exchange(self, note: ExchangeNote) -> None:
        pass

    def act(self, act: str, outcome: str) -> None:
        pass

    def lease(self, seconds: float) -> None:
        pass

    def decoded(self, kind: str, seconds: float) -> None:
        pass
