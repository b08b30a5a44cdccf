"""Operation data: the text that is signed, such as `A1*A1250.50EUR*IDE89370400440532013000`.

Source: formats.md, sections 2.2, 2.3 and 2.5.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final

import msgspec

from webapp.powerauth.errors import OperationDataError, OperationDataRule

MOST_FIELDS: Final = 6

_HEADER = re.compile(r"([A-Z])([0-9]{1,2})")
_AMOUNT = re.compile(r"(-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))([A-Za-z]{3})")
_ACCOUNT = re.compile(r"([0-9A-Z]+)(?:,([0-9A-Z]*))?")
_DATE = re.compile(r"[0-9]{8}")
_ESCAPE = re.compile(r"\\([\\n*])")
_PIECE = re.compile(r"(?:[^\\*]|\\.|\\\Z)*", re.DOTALL)


class EmptyField(msgspec.Struct, frozen=True):
    """A place that is kept but not filled."""


class AmountField(msgspec.Struct, frozen=True):
    """`A`: an exact amount with its fraction digits as sent; `currency` is three upper-case letters."""

    amount: Decimal
    currency: str


class AccountField(msgspec.Struct, frozen=True):
    """`I`: an IBAN and perhaps a BIC; check digits are not verified."""

    iban: str
    bic: str | None


class AnyAccountField(msgspec.Struct, frozen=True):
    """`Q`: an account in any notation."""

    account: str


class DateField(msgspec.Struct, frozen=True):
    """`D`: a day, without time or zone."""

    date: date


class ReferenceField(msgspec.Struct, frozen=True):
    """`R`: a reference."""

    text: str


class NoteField(msgspec.Struct, frozen=True):
    """`N`: a note."""

    text: str


class TextField(msgspec.Struct, frozen=True):
    """`T`: any text."""

    text: str


class FallbackField(msgspec.Struct, frozen=True):
    """A type that this version does not know; it is shown like a text, never dropped."""

    field_type: str
    text: str


Field = (
    EmptyField
    | AmountField
    | AccountField
    | AnyAccountField
    | DateField
    | ReferenceField
    | NoteField
    | TextField
    | FallbackField
)


class OperationData(msgspec.Struct, frozen=True):
    """What is signed, taken apart. `version` is `V1` or, for any later one, `VX`."""

    version: str
    template_id: int
    fields: tuple[Field, ...]
    source_string: str


def parse_operation_data(text: str) -> OperationData:
    """Take operation data apart.

    Raises:
        OperationDataError: header, number of fields, or the first field that breaks its rule.
    """
    header, *pieces = _split(text)
    found = _HEADER.fullmatch(header)
    if found is None:
        raise OperationDataError(OperationDataRule.DATA_HEADER)
    if len(pieces) > MOST_FIELDS:
        raise OperationDataError(OperationDataRule.FIELD_COUNT)
    version = "V1" if found[1] == "A" else "VX"
    return OperationData(version, int(found[2]), tuple([_field(piece) for piece in pieces]), text)


def unescape(text: str) -> str:
    r"""Read `\\`, `\n` and `\*` in one pass; any other backslash stays what it is."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], text)


def escape(value: str) -> str:
    """Write a value into operation data, so that `unescape` gives it back."""
    return value.replace("\\", "\\\\").replace("*", "\\*").replace("\n", "\\n")


def _split(text: str) -> list[str]:
    """The pieces between asterisks; a backslash takes the next character with it."""
    if "\\" not in text:
        return text.split("*")
    pieces, at = [], 0
    while True:
        piece = _PIECE.match(text, at)
        end = piece.end() if piece else at
        pieces.append(text[at:end])
        if end >= len(text):
            return pieces
        at = end + 1


def _field(piece: str) -> Field:
    if not piece:
        return EmptyField()
    plain = unescape(piece) if "\\" in piece else piece
    kind, value = plain[0], plain[1:]
    read = _READERS.get(kind)
    return FallbackField(kind, value) if read is None else read(value)


def _amount(value: str) -> AmountField:
    found = _AMOUNT.fullmatch(value)
    if found is None:
        raise OperationDataError(OperationDataRule.AMOUNT)
    return AmountField(Decimal(found[1]), found[2].upper())


def _account(value: str) -> AccountField:
    found = _ACCOUNT.fullmatch(value)
    if found is None:
        raise OperationDataError(OperationDataRule.ACCOUNT)
    return AccountField(found[1], found[2] or None)


def _date(value: str) -> DateField:
    if _DATE.fullmatch(value) is None:
        raise OperationDataError(OperationDataRule.DATE)
    try:
        return DateField(date.fromisoformat(value))
    except ValueError:
        raise OperationDataError(OperationDataRule.DATE) from None


_READERS: Final[dict[str, Callable[[str], Field]]] = {
    "A": _amount,
    "I": _account,
    "Q": AnyAccountField,
    "D": _date,
    "R": ReferenceField,
    "N": NoteField,
    "T": TextField,
}
