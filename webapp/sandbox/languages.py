"""Which language a reader gets: the best of `Accept-Language`, then English, then whatever there is.

Source: mobile-token-api.md, section 8.2.
"""

import re
from collections.abc import Iterable

DEFAULT = "en"

# Longer lists come from no browser; a header must not cost more than a glance.
_MOST_RANGES = 50
_RANGE = re.compile(
    r"\s*(?P<language>[A-Za-z]{1,8})(?:-[A-Za-z0-9]{1,8})*\s*(?:;\s*[qQ]=(?P<quality>[01](?:\.[0-9]{0,3})?)\s*)?"
)


def best_language(accept_language: str) -> str:
    """The one language of a header that counts, without its region, in lower case.

    Of equal quality the first one wins; a quality of 0 means "not this one"; ranges that cannot be read
    and `*` are passed over. Nothing usable at all: English.
    """
    best, best_quality = DEFAULT, 0.0
    for part in accept_language.split(",", _MOST_RANGES)[:_MOST_RANGES]:
        match = _RANGE.fullmatch(part)
        if match is None:
            continue
        quality = min(float(match["quality"] or 1), 1.0)
        if quality > best_quality:
            best, best_quality = match["language"].lower(), quality
    return best


def choose(available: Iterable[str], accept_language: str) -> str | None:
    """The language of the texts to show; None if there are texts in no language."""
    languages = list(available)
    for wanted in (best_language(accept_language), DEFAULT):
        if wanted in languages:
            return wanted
    return languages[0] if languages else None
