"""The JSON of an answer, exact: numbers with a fraction become decimals, never binary floats.

Source: mobile-token-api.md, section 1.2.
"""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Final, NoReturn

import msgspec

from webapp.mtoken.members import Json, JsonObject

_HALF: Final = re.compile("[\ud800-\udfff]")
_REPLACEMENT: Final = "\ufffd"
# What is signed or names an operation is right in every bit or not there.
_EXACT_MEMBERS: Final = frozenset({"id", "data"})


def read_json(body: bytes) -> Json:
    r"""JSON in UTF-8.

    Some servers cut texts in the middle of a character and send its first half alone, as `\ud83d`. No text
    can hold that, but one such note must not take the whole list away: in its place stands U+FFFD. An `id`
    or `data` with half a character counts as missing.

    Raises:
        ValueError: no JSON.
        RecursionError: nested about a thousand levels deep.
    """
    try:
        return _decoder.decode(body)  # type: ignore[no-any-return]
    except ValueError:
        if b"\\u" not in body:
            raise
    return json.loads(  # type: ignore[no-any-return]
        body.decode(), parse_float=exact, parse_constant=_refuse, object_pairs_hook=_mended_object
    )


def exact(number: str) -> Decimal | None:
    """A number with fraction or exponent; one beyond what decimals can hold counts as missing."""
    try:
        return Decimal(number)
    except InvalidOperation:
        return None


_decoder: Final = msgspec.json.Decoder(float_hook=exact)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _mended_object(members: list[tuple[str, Json]]) -> JsonObject:
    return {
        _HALF.sub(_REPLACEMENT, name): None if name in _EXACT_MEMBERS and _is_cut(value) else _mended(value)
        for name, value in members
    }


def _is_cut(value: Json) -> bool:
    return isinstance(value, str) and _HALF.search(value) is not None


def _mended(value: Json) -> Json:
    match value:
        case str():
            return _HALF.sub(_REPLACEMENT, value)
        case list():
            return [_mended(inner) for inner in value]
        case _:
            return value
