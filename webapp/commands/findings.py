"""What a check finds, and how it is printed."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_WIDTH: Final = 12


class State(StrEnum):
    OK = "ok"
    NOTE = "note"
    """Works, but somebody should know."""
    BAD = "BAD"
    """Has to be mended."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line for people: what was looked at, how it is, and how to mend it."""

    what: str
    state: State
    found: str
    fix: str = ""

    def lines(self) -> list[str]:
        """As they are printed."""
        first = f"{self.what:<{_WIDTH}} {self.state:<4}  {self.found}"
        return [first, f"{'':<{_WIDTH}}       fix: {self.fix}"] if self.fix else [first]


def ok(what: str, found: str) -> Finding:
    return Finding(what, State.OK, found)


def note(what: str, found: str, fix: str = "") -> Finding:
    return Finding(what, State.NOTE, found, fix)


def bad(what: str, found: str, fix: str) -> Finding:
    return Finding(what, State.BAD, found, fix)
