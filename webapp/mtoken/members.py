"""Single members of a JSON object, read by the rule that a wrong JSON type counts as missing.

The `…_of` functions give `None` for a member that is absent, null or of another type.

Source: mobile-token-api.md, sections 1.2, 1.3 and 4.3.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar

from webapp.mtoken.screens import FrozenJson, FrozenObject

Json = None | bool | int | Decimal | str | list["Json"] | dict[str, "Json"]
JsonObject = dict[str, Json]
E = TypeVar("E", bound=StrEnum)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DATE: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:?[0-9]{2})"
)
_LONGEST_AMOUNT: Final = 100
_LARGEST_WHOLE: Final = 10**9
DEEPEST: Final = 32
"""Levels of objects and arrays within a member that are looked into."""


def text_of(source: JsonObject, name: str) -> str | None:
    value = source.get(name)
    return value if isinstance(value, str) else None


def flag_of(source: JsonObject, name: str) -> bool | None:
    value = source.get(name)
    return value if isinstance(value, bool) else None


def whole_of(source: JsonObject, name: str) -> int | None:
    """A whole number of at most nine digits; nothing that we count is larger."""
    value = source.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if -_LARGEST_WHOLE < value < _LARGEST_WHOLE else None


def amount_of(source: JsonObject, name: str) -> Decimal | None:
    """An exact number that can be written out: in plain notation it has at most a hundred digits."""
    value = source.get(name)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = Decimal(value)
    _, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or len(digits) + abs(exponent) > _LONGEST_AMOUNT:
        return None
    return number


def object_of(source: JsonObject, name: str) -> JsonObject | None:
    value = source.get(name)
    return value if isinstance(value, dict) else None


def array_of(source: JsonObject, name: str) -> list[Json] | None:
    value = source.get(name)
    return value if isinstance(value, list) else None


def one_of(source: JsonObject, name: str, names: Mapping[str, E]) -> E | None:
    """A text that is one of the names known here."""
    value = source.get(name)
    return names.get(value) if isinstance(value, str) else None


def names_of(kinds: type[E]) -> dict[str, E]:
    """The members of an enumeration under their names on the wire."""
    return {kind.value: kind for kind in kinds}


def date_of(source: JsonObject, name: str) -> datetime | None:
    """A moment, in UTC: a text with any offset, or a whole number of milliseconds since 1970.

    Of up to nine digits of a fraction, the first six are kept.
    """
    value = source.get(name)
    try:
        if isinstance(value, str):
            return _read_date(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return _EPOCH + timedelta(milliseconds=value)
    except (ValueError, OverflowError):
        # No such day, or beyond the years that can be told.
        return None
    return None


def _read_date(text: str) -> datetime | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    seconds, fraction, offset = found.groups()
    moment = datetime.fromisoformat(seconds + offset).astimezone(UTC)
    return moment.replace(microsecond=int(fraction[:6].ljust(6, "0"))) if fraction else moment


def write_date(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and `Z`, as servers read it.

    Raises:
        ValueError: the moment does not know its zone.
    """
    if moment.utcoffset() is None:
        raise ValueError("a moment that is sent needs a zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def frozen_object(source: JsonObject, name: str) -> FrozenObject | None:
    """Any object, read-only; one nested more than 32 deep counts as missing."""
    value = source.get(name)
    if not isinstance(value, dict) or _is_deep(value, DEEPEST):
        return None
    return FrozenObject({key: _freeze(inner) for key, inner in value.items()})


def _is_deep(value: Json, levels: int) -> bool:
    if isinstance(value, dict):
        return levels == 0 or any(_is_deep(inner, levels - 1) for inner in value.values())
    if isinstance(value, list):
        return levels == 0 or any(_is_deep(inner, levels - 1) for inner in value)
    return False


def _freeze(value: Json) -> FrozenJson:
    match value:
        case dict():
            return FrozenObject({key: _freeze(inner) for key, inner in value.items()})
        case list():
            return tuple(_freeze(inner) for inner in value)
        case _:
            return value
