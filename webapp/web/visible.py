"""Text from elsewhere, made safe to look at: escaped, and with nothing hidden in it.

Characters that show nothing or turn the direction of what follows are replaced by a mark with their
number, so that two texts that look the same are the same. So are letters hidden under a heap of accents, and
wide gaps that only look like the end of a text. Line feeds stay; present_passage.py counts those that show
nothing.

Joiners and variation selectors are no tricks where a script or an emoji needs them: there they stay.

Source: RFC 5892, appendix A.1 and A.2 (joiners); Unicode Technical Standard 51 (emoji sequences).
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import groupby
from typing import Final

from markupsafe import Markup, escape

# Control, format, separator, surrogate and private-use characters, variation selectors, and letters without
# a shape.
HIDDEN_CLASS: Final = (
    "\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    "\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U0010ffff"
)
"""What goes between the brackets of a regular expression that finds them."""
BLANK_CLASS: Final = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
"""The same for spaces that a page does not draw together into one."""
_ACCENTS: Final = (
    "\u0300-\u034e\u0350-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_MOST_ACCENTS: Final = 4  # on one letter; no language needs more of these
_FEWEST_BLANKS: Final = 4  # in a row; fewer only look like a space

_NON_JOINER, _JOINER = "\u200c", "\u200d"
_VIRAMAS: Final = (
    "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u1039\u103a\u17d2\u1b44\u1bab"
)
_EMOJI: Final = "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff"
_EMOJI_TOO: Final = "\u3030\u303d\u3297\u3299\U0001f000-\U0001f3fa\U0001f400-\U0001faff"
_FLAGS: Final = ("gbeng", "gbsct", "gbwls")


def _arabic(form: str) -> str:
    """The letters of the Arabic script that have this form; `initial`: they join what follows."""
    shapes = [*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFD)]
    found = (parts for shape in shapes if (parts := unicodedata.decomposition(chr(shape)).split()))
    # A tag and one letter; ligatures have more, and come from letters that are here by themselves.
    letters = {chr(int(letter, 16)) for tag, letter, *more in found if tag == f"<{form}>" and not more}
    return "".join(sorted(letters))


def _kept() -> str:
    """A pattern of the sequences in which hidden characters do what they are made for."""
    emoji = f"[{_EMOJI}{_EMOJI_TOO}](?:\ufe0f|[\U0001f3fb-\U0001f3ff])?"
    tags = "|".join("".join(chr(0xE0000 + ord(letter)) for letter in flag) for flag in _FLAGS)
    forward, marks = _arabic("initial"), "[\u064b-\u065f\u0670]*"
    return "|".join(
        (
            f"\U0001f3f4(?:{tags})\U000e007f",
            f"{emoji}(?:{_JOINER}{emoji})*\ufe0e?",
            "[0-9#*]\ufe0f\u20e3",
            f"[{forward}]{marks}{_NON_JOINER}(?=[{_arabic('final')}])",
            f"[{forward}]{marks}{_JOINER}(?!\\w)",
            f"[{_VIRAMAS}](?:{_JOINER}|{_NON_JOINER}(?=\\w))",
            f"\u09b0{_JOINER}(?=\u09cd)",
        )
    )


_HIDDEN: Final = re.compile(f"[{HIDDEN_CLASS}]")
_SPECIAL: Final = re.compile(
    f"(?P<kept>{_kept()})"
    f"|(?P<hidden>[{HIDDEN_CLASS}]+)"
    f"|(?P<wide>[{BLANK_CLASS}]{{{_FEWEST_BLANKS},}})"
    f"|(?<=[{_ACCENTS}]{{{_MOST_ACCENTS}}})(?P<heaped>[{_ACCENTS}]+)"
)
_MARK: Final = Markup('<span class="mark">⟦U+{}{}⟧</span>')


def visible(text: object) -> Markup:
    """The text as markup: escaped, hidden characters as marks. Also text that no page could encode."""
    plain = str(text).replace("\r\n", "\n")
    if plain.isascii() and plain.isprintable():
        return escape(plain)  # most texts; nothing in them is special
    parts: list[Markup] = []
    end = 0
    for found in _SPECIAL.finditer(plain):
        if found.lastgroup == "kept":
            continue
        parts += (escape(plain[end : found.start()]), *_marks(found.group()))
        end = found.end()
    parts.append(escape(plain[end:]))
    return Markup().join(parts)


def _marks(characters: str) -> Iterable[Markup]:
    """One mark for each run of the same character: `⟦U+200B×17⟧`."""
    for character, run in groupby(characters):
        times = len(list(run))
        yield _MARK.format(f"{ord(character):04X}", f"×{times}" if times > 1 else "")


def has_hidden(text: str) -> bool:
    """Whether something in this text shows nothing or turns the direction, without need.

    A tab is marked too, but it comes with every copied table, and a caution without reason wears off.
    """
    if text.isascii() and text.isprintable():
        return False
    plain = text.replace("\r\n", "\n").replace("\t", " ")
    return any(found.lastgroup == "hidden" for found in _SPECIAL.finditer(plain))


def one_line(text: str, longest: int) -> str:
    """A person's own text as one line of at most `longest` characters, without hidden characters."""
    return " ".join(_HIDDEN.sub(" ", text).split())[:longest].rstrip()
