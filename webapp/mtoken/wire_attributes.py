"""The rows of a form, from JSON to values. Nothing is dropped: what cannot be read becomes `Unknown`.

Source: mobile-token-api.md, section 4.3.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from webapp.mtoken.attributes import (
    AlertType,
    Money,
    OperationAttribute,
    OperationAttributeAlert,
    OperationAttributeAmount,
    OperationAttributeAmountConversion,
    OperationAttributeHeading,
    OperationAttributeImage,
    OperationAttributeKeyValue,
    OperationAttributeNote,
    OperationAttributePartyInfo,
    OperationAttributeUnknown,
    PartyInfo,
)
from webapp.mtoken.members import (
    DEEPEST,
    Json,
    JsonObject,
    amount_of,
    array_of,
    flag_of,
    names_of,
    object_of,
    one_of,
    text_of,
    whole_of,
)

_ALERTS: Final = names_of(AlertType)
_NO_BREAK_SPACE: Final = "\u00a0"
_COMMON: Final = frozenset({"type", "id", "label"})

_Reader = Callable[[JsonObject, str, str], OperationAttribute | None]


def read_attributes(source: JsonObject, name: str = "attributes") -> tuple[OperationAttribute, ...]:
    """All rows in the order sent. A member that is there but no array is one row that cannot be shown."""
    rows = array_of(source, name)
    if rows is not None:
        return tuple(read_attribute(row) for row in rows)
    return () if source.get(name) is None else (read_attribute(source[name]),)


def read_attribute(row: Json) -> OperationAttribute:
    """One row, whatever it is."""
    if not isinstance(row, dict):
        return OperationAttributeUnknown("", "", texts=tuple(_texts("", row)))
    row_id, label = text_of(row, "id"), text_of(row, "label")
    wire_type = text_of(row, "type") or ""
    read = _READERS.get(wire_type)
    if read is not None and row_id is not None and label is not None:
        attribute = read(row, row_id, label)
        if attribute is not None:
            return attribute
    rest = {name: value for name, value in row.items() if name not in _COMMON}
    return OperationAttributeUnknown(row_id or "", label or "", wire_type, tuple(_texts("", rest)))


def _texts(name: str, value: Json, levels: int = DEEPEST) -> Iterator[tuple[str, str]]:
    """Every text in a value with the name of the member that holds it; what lies deeper is left out."""
    match value:
        case str():
            yield name, value
        case dict() if levels:
            for key, inner in value.items():
                yield from _texts(key, inner, levels - 1)
        case list() if levels:
            for inner in value:
                yield from _texts(name, inner, levels - 1)
        case _:
            pass


def _amount(row: JsonObject, row_id: str, label: str) -> OperationAttribute | None:
    money = _money(row, "amount", "currency", "valueFormatted")
    if money is None:
        return None
    return OperationAttributeAmount(
        row_id,
        label,
        money.amount,
        money.currency,
        money.amount_formatted,
        money.currency_formatted,
        money.value_formatted,
    )


def _conversion(row: JsonObject, row_id: str, label: str) -> OperationAttribute | None:
    dynamic = flag_of(row, "dynamic")
    source = _money(row, "sourceAmount", "sourceCurrency", "sourceValueFormatted")
    target = _money(row, "targetAmount", "targetCurrency", "targetValueFormatted")
    if dynamic is None or source is None or target is None:
        return None
    return OperationAttributeAmountConversion(row_id, label, dynamic, source, target)


def _money(row: JsonObject, amount_name: str, currency_name: str, value_name: str) -> Money | None:
    """An amount and a currency, each formatted or raw; `None` if one of them is there in neither form."""
    amount, currency = amount_of(row, amount_name), _shown(row, currency_name)
    amount_formatted = _shown(row, amount_name + "Formatted") or _plain(amount)
    currency_formatted = _shown(row, currency_name + "Formatted") or currency
    if amount_formatted is None or currency_formatted is None:
        return None
    value_formatted = _shown(row, value_name)
    if value_formatted is None:
        value_formatted = amount_formatted + _NO_BREAK_SPACE + currency_formatted
    return Money(amount, currency, amount_formatted, currency_formatted, value_formatted)


def _shown(row: JsonObject, name: str) -> str | None:
    """A text with something to see in it; an amount of blanks would be a row that vanished."""
    text = text_of(row, name)
    return text if text and not text.isspace() else None


def _plain(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def _key_value(row: JsonObject, row_id: str, label: str) -> OperationAttribute | None:
    value = text_of(row, "value")
    return None if value is None else OperationAttributeKeyValue(row_id, label, value)


def _note(row: JsonObject, row_id: str, label: str) -> OperationAttribute | None:
    note = text_of(row, "note")
    return None if note is None else OperationAttributeNote(row_id, label, note)


def _heading(row: JsonObject, row_id: str, label: str) -> OperationAttribute:
    return OperationAttributeHeading(row_id, label, whole_of(row, "level") or 0)


def _image(row: JsonObject, row_id: str, label: str) -> OperationAttribute | None:
    thumbnail_url = text_of(row, "thumbnailUrl")
    if thumbnail_url is None:
        return None
    return OperationAttributeImage(row_id, label, thumbnail_url, text_of(row, "originalUrl"))


def _alert(row: JsonObject, row_id: str, label: str) -> OperationAttribute:
    alert_type = one_of(row, "alertType", _ALERTS) or AlertType.INFO
    return OperationAttributeAlert(row_id, label, alert_type, text_of(row, "title"), text_of(row, "message"))


def _party_info(row: JsonObject, row_id: str, label: str) -> OperationAttribute | None:
    party = object_of(row, "partyInfo")
    if party is None:
        return None
    info = PartyInfo(
        text_of(party, "logoUrl"),
        text_of(party, "name"),
        text_of(party, "description"),
        text_of(party, "websiteUrl"),
    )
    return OperationAttributePartyInfo(row_id, label, info)


_READERS: Final[dict[str, _Reader]] = {
    "AMOUNT": _amount,
    "AMOUNT_CONVERSION": _conversion,
    "KEY_VALUE": _key_value,
    "NOTE": _note,
    "HEADING": _heading,
    "IMAGE": _image,
    "ALERT": _alert,
    "PARTY_INFO": _party_info,
}
