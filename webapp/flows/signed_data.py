"""What is signed against what is shown: where both name the same thing and disagree, the person must know.

A bank makes both from the same parameters, so a difference is its error or somebody's trick. Data that cannot
be read says nothing, and what can be read in several ways agrees if one of them fits: warnings without a
reason teach people to pass over warnings.

Rows of the same kind may stand side by side, a fee beside the amount, the payer's own account beside the
receiver's. So a signed value disagrees if no row names it and there are rows that name nothing signed.

Source: formats.md, sections 2.2 to 2.5; mobile-token-api.md, sections 4.3 and 8.3.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, Self, TypeVar

from babel.numbers import list_currencies

from webapp.flows.retype import (
    NATIONAL,
    ShownMoney,
    canonical_account,
    iban_remainder,
    national_account,
    readings,
    shown_money,
    shown_texts,
    signed_accounts,
    signed_fields,
    spellings,
    without_hidden,
)
from webapp.mtoken.attributes import OperationAttributeKeyValue
from webapp.mtoken.operation import UserOperation
from webapp.powerauth.operation_data import (
    AmountField,
    DateField,
    FallbackField,
    NoteField,
    ReferenceField,
    TextField,
)

S = TypeVar("S")
T = TypeVar("T")

_SHOWN_FRACTION_DIGITS: Final = 18
"""Banks cut what follows off when they write an amount (mobile-token-api.md, section 8.3)."""

_CURRENCIES: Final = frozenset(list_currencies()) | {"BTC", "ETH"}
_CODE: Final = re.compile(r"(?<![^\W\d_])[A-Z]{3}(?![^\W\d_])")
_DOLLARS: Final = (
    "ARS AUD BBD BMD BND BRL BSD BZD CAD CLP COP CUC CUP CVE DOP FJD GYD HKD JMD KYD LRD MOP MXN "
    "NAD NIO NZD SBD SGD SRD SVC TOP TTD TWD USD UYU WST XCD ZWG ZWL"
)
_POUNDS: Final = "EGP FKP GBP GGP GIP IMP JEP LBP SDG SHP SSP SYP"
# What a sign may mean. Signs that are not here say nothing.
_SIGNS: Final = {
    "€": "EUR", "$": _DOLLARS, "£": _POUNDS, "¥": "CNH CNY JPY", "₽": "RUB", "₴": "UAH", "₹": "INR",
    "₺": "TRY", "₪": "ILS", "₫": "VND", "Kč": "CZK", "zł": "PLN", "Ft": "HUF",
}  # fmt: skip
_SIGN: Final = re.compile(r"[€$£¥₽₴₹₺₪₫]|(?<![^\W\d_])(?:Kč|zł|Ft)(?![^\W\d_])")

_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_FEWEST_DIGITS: Final = 6
_FEWEST_DIGITS_BEFORE_A_YEAR: Final = 9

_YEAR_FIRST: Final = re.compile(r"(\d{4})([./-])\s?(\d{1,2})\2\s?(\d{1,2})\.?")
_YEAR_LAST: Final = re.compile(r"(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4})")
_YEARS: Final = range(1900, 2200)
"""Other numbers are years of other calendars."""
_SMALL_NUMBER: Final = re.compile(r"(?<!\d)\d{1,4}(?!\d)")


class Subject(StrEnum):
    """What a disagreement is about."""

    AMOUNT = "amount"
    CURRENCY = "currency"
    """The amount is right, but of another currency."""
    ACCOUNT = "account"
    DATE = "date"
    WRITTEN_AMOUNT = "written_amount"
    """A row beside the signed amount contradicts itself: its exact amount is not the one its text tells."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing of which data and rows say different things. Its texts are the server's: data, not markup."""

    subject: Subject
    signed: str = field(repr=False)
    """An amount as `2450.50 EUR`, an account, a day as `2026-03-31`; of a written amount, the exact one."""
    shown: tuple[str, ...] = field(repr=False)
    """The texts of the rows that say something else, as a page prints them."""


def disagreements(operation: UserOperation) -> tuple[Disagreement, ...]:
    """Everything signed that is shown differently, in the order amounts, accounts, dates. Raises nothing."""
    found = (*_amounts(operation), *_accounts(operation), *_dates(operation))
    return tuple(dict.fromkeys(found))


def _unnamed(
    signed: Sequence[S], shown: Sequence[T], names: Callable[[T, S], bool]
) -> Iterator[tuple[S, list[T]]]:
    """The signed values that no row names, with the rows that name nothing signed, if there are any."""
    rest = [row for row in shown if not any(names(row, value) for value in signed)]
    for value in signed:
        if rest and not any(names(row, value) for row in shown):
            yield value, rest


def _signed_texts(operation: UserOperation) -> set[str]:
    """Free texts of the data. A row that repeats one names just that, even a note that is an account."""
    kinds = NoteField | ReferenceField | TextField | FallbackField
    return {one.text for one in signed_fields(operation) if isinstance(one, kinds)}


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


@dataclass(frozen=True, slots=True)
class _Figure:
    """One amount as shown; without its sign, because outgoing money is shown with or without a minus."""

    text: str
    exact: Decimal | None
    code: str
    """Of its currency; empty if the server sent none."""
    readings: tuple[Decimal, ...]

    @classmethod
    def of(cls, money: ShownMoney) -> Self:
        exact = None if money.amount is None else money.amount.copy_abs()
        code = (money.currency or "").upper()
        return cls(money.value_formatted, exact, code, readings(money.value_formatted))

    @property
    def says_something(self) -> bool:
        return self.exact is not None or bool(self.readings)

    def is_as_much_as(self, signed: AmountField) -> bool:
        """Whether both the exact amount, if there is one, and the text are this amount."""
        amount = signed.amount.copy_abs()
        return (self.exact is None or self.exact == amount) and self.reads_as(amount)

    def is_in_currency_of(self, signed: AmountField) -> bool:
        """Whether neither the code beside the amount nor a code or sign in the text is another currency's."""
        if _CODE.fullmatch(self.code) and self.code != signed.currency:
            return False
        named = _currencies(without_hidden(self.text), signed.currency)
        return not named or signed.currency in named

    def reads_as(self, amount: Decimal) -> bool:
        """Whether the text may be this amount, or what is left of it where banks cut amounts off."""
        accepted = (amount, _cut(amount))
        return any(reading in accepted for reading in self.readings)


def _amounts(operation: UserOperation) -> Iterator[Disagreement]:
    signed = [one for one in signed_fields(operation) if isinstance(one, AmountField)]
    if not signed:
        return
    rows = [[_Figure.of(money) for money in row] for row in shown_money(operation)]
    rows = [row for row in rows if any(figure.says_something for figure in row)]
    told: set[str] = set()
    for amount, others in _unnamed(signed, rows, _names_amount):
        figures = [figure for row in others for figure in row]
        only_currency = any(figure.is_as_much_as(amount) for figure in figures)
        subject = Subject.CURRENCY if only_currency else Subject.AMOUNT
        shown = _unique(figure.text for figure in figures)
        told.update(shown)
        yield Disagreement(subject, _printed(amount.amount, amount.currency), shown)
    yield from _contradictions([figure for row in rows for figure in row if figure.text not in told])


def _contradictions(figures: Sequence[_Figure]) -> Iterator[Disagreement]:
    for figure in figures:
        if figure.exact is not None and not figure.reads_as(figure.exact):
            yield Disagreement(Subject.WRITTEN_AMOUNT, _printed(figure.exact, figure.code), (figure.text,))


def _names_amount(row: Sequence[_Figure], signed: AmountField) -> bool:
    return any(figure.is_as_much_as(signed) and figure.is_in_currency_of(signed) for figure in row)


def _printed(amount: Decimal, code: str) -> str:
    return f"{amount:f}\u00a0{code}" if code else f"{amount:f}"


def _cut(amount: Decimal) -> Decimal:
    whole, _, fraction = f"{amount:f}".partition(".")
    return Decimal(f"{whole}.{fraction[:_SHOWN_FRACTION_DIGITS]}")


def _currencies(text: str, signed: str) -> set[str]:
    """What codes and signs in a text may mean. Where the signed one is no currency, any code is one."""
    codes = set(_CODE.findall(text))
    if signed in _CURRENCIES:
        codes &= _CURRENCIES
    return codes.union(*(_SIGNS[sign].split() for sign in _SIGN.findall(text)))


@dataclass(frozen=True, slots=True)
class _Mention:
    """A text in which an account may stand."""

    text: str
    plain: str
    nationals: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Self:
        plain = canonical_account(text)
        found = NATIONAL.finditer(plain)
        return cls(text, plain, frozenset(national_account(*one.groups("")) for one in found))

    @property
    def is_account(self) -> bool:
        """Whether this is unmistakably an account and nothing else, not an invoice number like 5521/2026."""
        if national := NATIONAL.fullmatch(self.plain):
            _, number, bank = national.groups()
            fewest = _FEWEST_DIGITS_BEFORE_A_YEAR if bank[:2] in {"19", "20"} else _FEWEST_DIGITS
            return len(number) >= fewest
        return bool(_IBAN.fullmatch(self.plain)) and iban_remainder(self.plain) == 1

    def names(self, account: tuple[str, ...]) -> bool:
        """Whether one of the spellings of an account stands in it."""
        return any(one in self.nationals if "/" in one else one in self.plain for one in account)


def _accounts(operation: UserOperation) -> Iterator[Disagreement]:
    signed = {one: spellings(one) for one in signed_accounts(operation) if _can_be_compared(one)}

    def names(mention: _Mention, account: str) -> bool:
        return mention.names(signed[account])

    if not signed:
        return
    others = _signed_texts(operation)
    shown = [
        one
        for one in map(_Mention.of, shown_texts(operation))
        if any(names(one, account) for account in signed) or (one.is_account and one.text not in others)
    ]
    for account, rest in _unnamed(list(signed), shown, names):
        yield Disagreement(Subject.ACCOUNT, account, _unique(one.text for one in rest))


def _can_be_compared(account: str) -> bool:
    """Whether the notation is known; an account in any other may be the one whose IBAN is shown."""
    plain = canonical_account(account)
    return bool(_IBAN.fullmatch(plain) or NATIONAL.fullmatch(plain))


def _dates(operation: UserOperation) -> Iterator[Disagreement]:
    signed = [one.date for one in signed_fields(operation) if isinstance(one, DateField)]
    others = _signed_texts(operation)
    rows = [one for one in operation.form_data.attributes if isinstance(one, OperationAttributeKeyValue)]
    shown = [
        row.value
        for row in rows
        if any(_names_date(row.value, day) for day in signed)
        or (_dates_in(row.value) and row.value not in others)
    ]
    for day, rest in _unnamed(signed, shown, _names_date):
        yield Disagreement(Subject.DATE, day.isoformat(), _unique(rest))


def _dates_in(text: str) -> list[date]:
    """The days that a text can mean which is a date and nothing else; nothing if it is none."""
    plain = without_hidden(text).strip()
    if found := _YEAR_FIRST.fullmatch(plain):
        orders = [(found[1], found[3], found[4])]
    elif found := _YEAR_LAST.fullmatch(plain):
        orders = [(found[4], found[3], found[1])]
        if found[2] != ".":
            orders.append((found[4], found[1], found[3]))
    else:
        return []
    days = []
    for year, month, day in orders:
        with suppress(ValueError):
            days.append(date(int(year), int(month), int(day)))
    return [day for day in days if day.year in _YEARS]


def _names_date(text: str, day: date) -> bool:
    """Whether a text is this day, or may be: `31 March 2026` has its day and its year."""
    if days := _dates_in(text):
        return day in days
    numbers = {int(number) for number in _SMALL_NUMBER.findall(text)}
    has_year = not numbers.isdisjoint({day.year, day.year % 100})
    has_month = day.month in numbers or any(character.isalpha() for character in text)
    return day.day in numbers and has_year and has_month
