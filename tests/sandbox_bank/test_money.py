"""mobile-token-api.md, section 8.3, row by row; `_` stands for U+00A0."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.sandbox.money import money

TABLE = """
2450.5                EUR | 2,450.50             €   €2,450.50                | 2_450,50             €   2_450,50_€
-75                   EUR | -75.00               €   -€75.00                  | -75,00               €   -75,00_€
389                   CZK | 389.00               CZK CZK389.00                | 389,00               Kč  389,00_Kč
120                   USD | 120.00               $   $120.00                  | 120,00               US$ 120,00_US$
98000.125             CZK | 98,000.125           CZK CZK98,000.125            | 98_000,125           Kč  98_000,125_Kč
64000                 JPY | 64,000               ¥   ¥64,000                  | 64_000               JP¥ 64_000_JP¥
0.0125                BTC | 0.0125               BTC 0.0125_BTC               | 0,0125               BTC 0,0125_BTC
0.1234567890123456789 ETH | 0.123456789012345678 ETH 0.123456789012345678_ETH | 0,123456789012345678 ETH 0,123456789012345678_ETH
"""  # noqa: E501


def formatted(amount, currency, language):
    value = money(amount, currency, language)
    return [value.amount_formatted, value.currency_formatted, value.value_formatted]


def split(line):
    """On plain spaces only: U+00A0 belongs to the values."""
    return [part for part in line.strip(" ").split(" ") if part]


@pytest.mark.parametrize("line", TABLE.replace("_", "\u00a0").strip().splitlines())
def test_the_table_of_the_specification(line):
    (amount, currency), english, czech = (split(part) for part in line.split("|"))
    assert formatted(amount, currency, "en") == english
    assert formatted(amount, currency, "cs") == czech


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("2450.5", "EUR", "2.450,50\u00a0€"),
        ("-75", "EUR", "-75,00\u00a0€"),
        ("389", "CZK", "389,00\u00a0CZK"),
        ("120", "USD", "120,00\u00a0$"),
        ("0.0125", "BTC", "0,0125\u00a0BTC"),
    ],
)
def test_german_puts_the_symbol_behind(amount, currency, shown):
    assert money(amount, currency, "de").value_formatted == shown


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("-2450.5", "EUR", "-2,450.50\u00a0€"),
        ("120", "USD", "120.00\u00a0US$"),
        ("1000", "EGP", "1,000.00\u00a0ج.م."),
    ],
)
def test_arabic_uses_latin_digits_and_no_invisible_marks(amount, currency, shown):
    assert money(amount, currency, "ar").value_formatted == shown


def test_an_unknown_language_reads_english_numbers():
    assert money("2450.5", "EUR", "fr") == money("2450.5", "EUR", "en")


@pytest.mark.parametrize(
    "amount", ["much", "", "1,5", "1e999999999", "٣", "0x10", "1 000", "NaN", "--1", "9" * 65]
)
def test_what_is_no_number_is_shown_as_it_came(amount):
    value = money(amount, "EUR", "cs")
    assert value.amount is None
    assert value.amount_formatted == amount
    assert value.value_formatted == f"{amount} EUR"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("1e3", "€1,000.00"),
        ("-0", "€0.00"),
        ("+7.", "€7.00"),
        (".5", "€0.50"),
        ("1.999", "€1.999"),
        ("007", "€7.00"),
    ],
)
def test_numbers_are_read_like_bigdecimal(amount, shown):
    assert money(amount, "EUR", "en").value_formatted == shown


@pytest.mark.parametrize(
    ("currency", "shown"),
    [
        ("JPY", "1"),
        ("EUR", "1.00"),
        ("RSD", "1.00"),
        ("KWD", "1.000"),
        ("CLF", "1.0000"),
        ("XAU", "1"),
        ("eur", "1"),
    ],
)
def test_fraction_digits_are_the_currencys_own(currency, shown):
    assert money("1", currency, "en").amount_formatted == shown


def test_the_amount_stays_exact_beyond_the_digits_shown():
    digits = "0.12345678901234567890123456789012345678901234567890"
    assert money(digits, "EUR", "en").amount == Decimal(digits)
    assert money("2450.50", "EUR", "en").amount.as_tuple() == Decimal("2450.50").as_tuple()


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=6), st.sampled_from(["en", "cs", "de", "ar"])
)
def test_no_digit_is_invented(number, language):
    value = money(format(number, "f"), "EUR", language)
    digits = [one for one in value.amount_formatted if one.isdigit()]
    assert "".join(digits).rstrip("0").lstrip("0") == format(number.copy_abs(), "f").replace(".", "").rstrip(
        "0"
    ).lstrip("0")
