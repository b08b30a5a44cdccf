"""The operation of a QR code → what a page prints: every field that is signed.

Amounts and days are written as the page's language does, without losing a digit. The bank's texts stay plain
`str`; the templates escape, isolate and fold them.

Source: formats.md, sections 2.2 and 2.3.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final, assert_never

from babel import Locale
from babel.numbers import get_decimal_symbol, get_group_symbol
from flask_babel import format_date, get_locale, gettext
from flask_babel.speaklater import LazyString

from webapp.powerauth.offline_operation import QROperation
from webapp.powerauth.operation_data import (
    AccountField,
    AmountField,
    AnyAccountField,
    DateField,
    EmptyField,
    FallbackField,
    NoteField,
    ReferenceField,
    TextField,
)
from webapp.web import offline_words
from webapp.web.present import FIGURE, RECEIVER, Row, Value
from webapp.web.visible import has_hidden as hides

_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}")
_PAYMENT: Final = 1
_ORDER: Final = (AmountField, AccountField | AnyAccountField, ReferenceField, DateField, NoteField)
"""In which a payment shows its fields; all others follow."""

Shown = (
    AmountField
    | AccountField
    | AnyAccountField
    | DateField
    | ReferenceField
    | NoteField
    | TextField
    | FallbackField
)


def name(operation: QROperation) -> LazyString:
    """What an operation of this template is called."""
    return offline_words.NAMES.get(operation.operation_data.template_id, offline_words.NO_NAME)


def rows(operation: QROperation) -> tuple[Row, ...]:
    """The fields that are not empty; none is left out."""
    data = operation.operation_data
    shown = [one for one in data.fields if not isinstance(one, EmptyField)]
    if data.template_id == _PAYMENT:
        shown.sort(key=_place)
    return tuple(_rows(shown))


def is_newer(operation: QROperation) -> bool:
    """Whether there may be more in it than this version can show."""
    return operation.is_newer_format or operation.operation_data.version != "V1"


def has_hidden(operation: QROperation) -> bool:
    """Whether a text of it holds characters that hide something: the page then warns."""
    values = (value for row in rows(operation) for value in row.values)
    texts = (text for value in values for text in (value.before, value.text))
    return any(hides(text) for text in (operation.title, operation.message, *texts))


def _place(one: Shown) -> int:
    return next((at for at, kind in enumerate(_ORDER) if isinstance(one, kind)), len(_ORDER))


def _rows(shown: Iterable[Shown]) -> Iterator[Row]:
    unnamed = 0
    for one in shown:
        if isinstance(one, TextField | FallbackField):
            unnamed += 1
        yield _row(one, unnamed)


def _row(one: Shown, number: int) -> Row:
    """One field; `number` counts those without a name of their own."""
    match one:
        case AmountField(amount, currency):
            return Row(gettext("Amount"), (Value(written_amount(amount, currency, get_locale()), FIGURE),))
        case AccountField(iban, bic):
            code = () if bic is None else (Value(bic, before="BIC:"),)
            return Row(gettext("Account"), (Value(in_fours(iban), RECEIVER), *code))
        case AnyAccountField(account):
            return _text(gettext("Account"), Value(account, RECEIVER))
        case DateField(day):
            # The month in words: nobody takes it for another one.
            return Row(gettext("Date"), (Value(format_date(day, "long")),))
        case ReferenceField(text):
            return _text(gettext("Reference"), Value(text))
        case NoteField(text):
            return _text(gettext("Note"), Value(text))
        case TextField(text):
            return _text(gettext("Attribute %(number)s", number=number), Value(text))
        case FallbackField(kind, text):
            label = gettext("Attribute %(number)s", number=number)
            return Row(label, (Value(text, before=f"{kind}:"),), offline_words.UNKNOWN_KIND)
        case _:
            assert_never(one)


def _text(label: str, value: Value) -> Row:
    return Row(label, (value,)) if value.text.strip() else Row(label, (), offline_words.EMPTY)


def written_amount(amount: Decimal, currency: str, locale: Locale | None) -> str:
    """An amount with exactly the digits it came with, however many, and the code of its currency."""
    marks = str.maketrans(",.", get_group_symbol(locale) + get_decimal_symbol(locale))
    return f"{amount:,f}".translate(marks) + f"\u00a0{currency}"


def in_fours(iban: str) -> str:
    """An IBAN in groups of four, as it stands on paper; any other account as it came."""
    if not _IBAN.fullmatch(iban):
        return iban
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
