"""`${name}` in the bank's texts: filled from the parameters of one operation, in one pass.

`${name:-text}` has a default, `$${name}` stands for the characters `${name}`, and a name that has
neither a parameter nor a default stays as it is written. What was filled in is never read again, so a
value cannot bring placeholders of its own.

Source: mobile-token-api.md, section 8.1; the rules are those of Apache Commons Text, StringSubstitutor.
"""

import re
from collections.abc import Callable, Mapping

_PLACEHOLDER = re.compile(r"\$?\$\{(?P<name>[^{}]+?)(?::-(?P<default>[^{}]*))?\}")


def fill(text: str, parameters: Mapping[str, str], *, escape: Callable[[str], str] = str) -> str:
    """Replace every placeholder of a text; `escape` is applied to each parameter, not to defaults."""

    def value_of(match: re.Match[str]) -> str:
        if match[0].startswith("$$"):
            return match[0][1:]
        value = parameters.get(match["name"])
        if value is not None:
            return escape(value)
        default = match["default"]
        return match[0] if default is None else default

    return _PLACEHOLDER.sub(value_of, text)


def names(text: str) -> list[str]:
    """The parameters a text asks for, in their order, each once."""
    found = (match["name"] for match in _PLACEHOLDER.finditer(text) if not match[0].startswith("$$"))
    return list(dict.fromkeys(found))
