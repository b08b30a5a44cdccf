r"""Operation data: the one line of text that is signed.

    template    A1*A${amount}${currency}*N${note}
    parameters  amount 5, currency EUR, note "a * b"
    result      A1*A5EUR*Na \* b

Source: mobile-token-api.md, section 8.1; formats.md, sections 2.2 and 2.5.
"""

import re
from collections.abc import Mapping
from typing import Final

from webapp.sandbox.errors import malformed
from webapp.sandbox.placeholders import fill

MAX_TEMPLATE_CHARACTERS: Final = 255
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_GAP = re.compile(r"[^\S\n]+")
_UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def operation_data(template: str, parameters: Mapping[str, str]) -> str:
    """The template with every value escaped and filled in.

    The result is not checked: what a bank's template makes of it is the bank's business.

    Raises:
        AdminError: ERR0024, a value has a control character other than LF, or a placeholder.
    """
    for name, value in parameters.items():
        if _CONTROL.search(value):
            raise malformed(f"control character in parameter {name}")
        if "${" in value:
            # The real server would fill it in turn, so that one parameter could smuggle in another.
            raise malformed(f"placeholder in parameter {name}")
    return fill(template, parameters, escape=escape)


def escape(value: str) -> str:
    r"""Make a value safe between asterisks: `\` → `\\`, `*` → `\*`, LF → `\n`."""
    return value.replace("\\", "\\\\").replace("*", "\\*").replace("\n", "\\n")


def escape_heading(text: str) -> str:
    r"""Write a title or a message on one line: `\` → `\\`, LF → `\n`; other gaps shrink to one space."""
    plain = _UNPRINTABLE.sub("", _GAP.sub(" ", text))
    return plain.replace("\\", "\\\\").replace("\n", "\\n")
