"""Text from elsewhere, made safe to look at: escaped, and with nothing hidden in it.

Characters that show nothing or turn the direction of what follows are replaced by a mark with their
number, so that two texts that look the same are the same. Line feeds stay.
"""

import re
from typing import Final

from markupsafe import Markup, escape

# Control, format, separator, surrogate and private-use characters, and letters without a shape.
_HIDDEN: Final = re.compile(
    "["
    "\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\uf8ff\ufeff\uffa0\ufff0-\uffff"
    "\U000e0000-\U0010ffff"
    "]"
)
_MARK: Final = Markup('<span class="mark">⟦U+{}⟧</span>')


def visible(text: object) -> Markup:
    """The text as markup: escaped, hidden characters as marks. Also text that no page could encode."""
    plain = str(text).replace("\r\n", "\n")
    parts: list[Markup] = []
    end = 0
    for found in _HIDDEN.finditer(plain):
        parts += (escape(plain[end : found.start()]), _MARK.format(f"{ord(found.group()):04X}"))
        end = found.end()
    parts.append(escape(plain[end:]))
    return Markup().join(parts)


def one_line(text: str, longest: int) -> str:
    """A person's own text as one line of at most `longest` characters, without hidden characters."""
    return " ".join(_HIDDEN.sub(" ", text).split())[:longest].rstrip()
