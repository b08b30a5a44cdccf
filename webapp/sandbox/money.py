"""Amounts as a reader of one language expects them. Cut off, never rounded: no cent is invented.

Symbols and the list of currencies come from Babel's CLDR; numbers are written here, because the
server's rules are not CLDR's: at least the currency's own fraction digits and up to 18, with the
surplus cut off. Arabic takes CLDR's order and separators for Latin digits (1,234.50, then a no-break
space and the symbol) without CLDR's invisible direction marks: pages isolate values with `<bdi>`, and
a mark inside a value would look like somebody's trick.

Source: mobile-token-api.md, section 8.3.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import get_currency_symbol, is_currency

_NO_BREAK_SPACE = "\u00a0"
_MOST_FRACTION_DIGITS = 18

# ISO 4217's minor units where they are not two. CLDR's are other numbers (none for RSD), so not Babel's.
_MINOR_UNITS = {
    code: digits
    for digits, codes in {
        0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF "
        "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX",
        3: "BHD IQD JOD KWD LYD OMR TND",
        4: "CLF UYW",
    }.items()
    for code in codes.split()
}

# Java's BigDecimal, bounded: a parameter like 1e999999999 must not become a gigabyte of zeros.
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,64}(?:\.[0-9]{0,64})?|\.[0-9]{1,64})(?:[eE][+-]?[0-9]{1,2})?")
_DIRECTION_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u061c"))


@dataclass(frozen=True, slots=True)
class _Style:
    """How a language writes money."""

    group: str
    point: str
    symbol_first: bool


_STYLES = {
    "en": _Style(",", ".", symbol_first=True),
    "cs": _Style(_NO_BREAK_SPACE, ",", symbol_first=False),
    "de": _Style(".", ",", symbol_first=False),
    "ar": _Style(",", ".", symbol_first=False),
}


@dataclass(frozen=True, slots=True)
class Money:
    """One amount, raw and as it is shown.

    `amount` is exact and in plain notation; None if the parameter was no number.
    """

    amount: Decimal | None
    currency: str
    amount_formatted: str
    currency_formatted: str
    value_formatted: str


def money(amount: str, currency: str, language: str) -> Money:
    """Write an amount for a reader; languages without a style of their own read English numbers."""
    language = language if language in _STYLES else "en"
    known = is_currency(currency)
    symbol = _symbol(currency, language) if known else currency
    number = _number(amount)
    if number is None:
        return Money(None, currency, amount, symbol, f"{amount} {currency}")
    style = _STYLES[language]
    sign = "-" if number < 0 else ""
    digits = _digits(number, _MINOR_UNITS.get(currency, 2) if known else 0, style)
    if known and style.symbol_first:
        value = f"{sign}{symbol}{digits}"
    else:
        value = f"{sign}{digits}{_NO_BREAK_SPACE}{symbol}"
    return Money(number, currency, sign + digits, symbol, value)


def _number(text: str) -> Decimal | None:
    if not _NUMBER.fullmatch(text):
        return None
    number = Decimal(format(Decimal(text), "f"))
    return number or number.copy_abs()  # BigDecimal knows no negative zero; abs() would round


def _symbol(currency: str, language: str) -> str:
    return get_currency_symbol(currency, locale=language).translate(_DIRECTION_MARKS)


def _digits(number: Decimal, least_fraction_digits: int, style: _Style) -> str:
    """The number without its sign: grouped by thousands, its fraction cut to what is shown."""
    whole, _, fraction = format(number.copy_abs(), "f").partition(".")
    fraction = fraction[:_MOST_FRACTION_DIGITS].rstrip("0").ljust(least_fraction_digits, "0")
    grouped = f"{int(whole):,}".replace(",", style.group)
    return f"{grouped}{style.point}{fraction}" if fraction else grouped
