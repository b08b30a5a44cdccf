"""Long texts, folded: the beginning is shown, the whole is one press away, and the page says how much it is.

A flood of empty lines, also of lines on which only invisible characters stand, becomes one mark with their
number. Nothing is left out, and nothing pushes the amount out of sight.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from webapp.web.visible import BLANK_CLASS, HIDDEN_CLASS

LONGEST: Final = 700
"""Characters of a paragraph that are shown at once; of a label or a heading the templates show fewer."""
MOST_LINES: Final = 12
_FEWEST_EMPTY: Final = 3

_FLOOD: Final = re.compile(rf"(?:\A|\n)((?:[ {BLANK_CLASS}{HIDDEN_CLASS}]*\n){{{_FEWEST_EMPTY},}})")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text, and how many empty lines follow it; 0 at the end."""

    text: str
    empty_lines: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """A text as it is printed. `beginning` is all there is unless `is_folded`."""

    beginning: tuple[Piece, ...]
    whole: tuple[Piece, ...]
    characters: int
    lines: int

    @property
    def is_folded(self) -> bool:
        return self.beginning is not self.whole and self.beginning != self.whole

    @property
    def hidden_characters(self) -> int:
        """How many characters come after the beginning."""
        return self.characters - sum(len(piece.text) for piece in self.beginning)


def passage(text: object, longest: int = LONGEST) -> Passage:
    """Fold a text that has more than `longest` characters or more than twelve lines.

    Lines within a flood of empty ones do not count: the mark that stands for them takes one.
    """
    plain = str(text).replace("\r\n", "\n")
    if len(plain) <= longest and "\n" not in plain:
        beginning = (Piece(plain),)
        return Passage(beginning, beginning, len(plain), 1)
    whole = tuple(_pieces(plain))
    return Passage(tuple(_beginning(whole, longest)), whole, len(plain), plain.count("\n") + 1)


def _pieces(plain: str) -> Iterator[Piece]:
    end = 0
    for found in _FLOOD.finditer(plain):
        yield Piece(plain[end : found.start()], found.group(1).count("\n"))
        end = found.end()
    yield Piece(plain[end:])


def _beginning(whole: tuple[Piece, ...], longest: int) -> Iterator[Piece]:
    characters, lines = longest, MOST_LINES
    for piece in whole:
        start = _start(piece.text, characters, lines)
        if start != piece.text:
            yield Piece(start)
            return
        yield piece
        characters -= len(start)
        # The piece's last line and the mark after it.
        lines -= start.count("\n") + 2
        if lines <= 0 and piece is not whole[-1]:
            return


def _start(text: str, characters: int, lines: int) -> str:
    """At most so much of a text; where it is cut, it is cut between words if they are not too long."""
    start = "\n".join(text.split("\n", lines)[:lines]) if lines > 0 else ""
    if len(start) <= characters:
        return start
    cut = start[: max(characters, 0)]
    words = re.match(r".*\s", cut, re.DOTALL)
    return words.group() if words and len(words.group()) > characters // 2 else cut
