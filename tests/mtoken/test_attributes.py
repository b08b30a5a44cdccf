"""The rows of a form: each type, each way to be malformed, and nothing that vanishes."""

import json
from decimal import Decimal

import pytest

from tests.mtoken.documents import CONVERSION, INVOICE
from webapp.mtoken.attributes import (
    AlertType,
    Money,
    OperationAttributeAlert,
    OperationAttributeAmount,
    OperationAttributeAmountConversion,
    OperationAttributeHeading,
    OperationAttributeImage,
    OperationAttributeKeyValue,
    OperationAttributeNote,
    OperationAttributePartyInfo,
    OperationAttributeType,
    OperationAttributeUnknown,
    PartyInfo,
)
from webapp.mtoken.wire_attributes import read_attribute, read_attributes

COMMON = {"id": "a.b", "label": "Label"}
NBSP = "\u00a0"


def row(kind, **members):
    return read_attribute({"type": kind, **COMMON, **members})


def unknown(kind, *texts):
    return OperationAttributeUnknown("a.b", "Label", kind, texts)


def amount(**members):
    found = row("AMOUNT", **members)
    if isinstance(found, OperationAttributeUnknown):
        return None
    return found.amount_formatted, found.currency_formatted, found.value_formatted


def test_the_rows_of_an_invoice():
    assert read_attributes({"attributes": json.loads(INVOICE)}) == (
        OperationAttributeAlert(
            "invoice.alert", "Warning", AlertType.WARNING, "New payee", "You have never paid to this account."
        ),
        OperationAttributeAmount(
            "invoice.amount", "Amount", Decimal(389), "CZK", "389.00", "CZK", "CZK389.00"
        ),
        OperationAttributeImage(
            "invoice.image", "Invoice", "/sandbox/invoice-small.png", "/sandbox/invoice.png"
        ),
    )


def test_a_conversion():
    assert read_attribute(json.loads(CONVERSION, parse_float=Decimal)) == OperationAttributeAmountConversion(
        "conversion",
        "You pay",
        dynamic=True,
        source=Money(Decimal(120), "USD", "120,00", "US$", f"120,00{NBSP}US$"),
        target=Money(Decimal("2763.6"), "CZK", f"2{NBSP}763,60", "Kč", f"2{NBSP}763,60{NBSP}Kč"),
    )


def test_the_formatted_amount_wins():
    members = {"amount": 5, "currency": "EUR", "amountFormatted": "5,00", "currencyFormatted": "€"}
    assert amount(**members, valueFormatted="€ 5") == ("5,00", "€", "€ 5")
    assert amount(**members) == ("5,00", "€", f"5,00{NBSP}€")


@pytest.mark.parametrize(
    ("number", "plain"),
    [
        (Decimal("2450.50"), "2450.50"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("-0.10"), "-0.10"),
        (0, "0"),
        (10**40, "1" + "0" * 40),
        (Decimal("0.1234567890123456789012345678901234567890"), "0.1234567890123456789012345678901234567890"),
    ],
)
def test_a_raw_amount_fills_in_exactly_and_without_exponent(number, plain):
    assert amount(amount=number, currency="BTC") == (plain, "BTC", f"{plain}{NBSP}BTC")


@pytest.mark.parametrize(
    ("members", "shown"),
    [
        ({"amountFormatted": "5,00", "currencyFormatted": "€"}, f"5,00{NBSP}€"),
        ({"amountFormatted": "5,00", "currency": "EUR"}, f"5,00{NBSP}EUR"),
        ({"amount": 5, "currencyFormatted": "€"}, f"5{NBSP}€"),
        ({"amount": 5, "currency": "EUR", "amountFormatted": 7}, f"5{NBSP}EUR"),
        ({"amount": 5, "currency": "EUR", "valueFormatted": ""}, f"5{NBSP}EUR"),
        ({"amount": 5, "currency": "EUR", "amountFormatted": NBSP, "currencyFormatted": " "}, f"5{NBSP}EUR"),
        ({"amount": "x", "currency": "EUR", "amountFormatted": "x"}, f"x{NBSP}EUR"),
    ],
)
def test_either_form_of_amount_and_currency_is_enough(members, shown):
    assert amount(**members)[2] == shown


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"amount": 5},
        {"currency": "EUR"},
        {"amountFormatted": "5,00"},
        {"valueFormatted": "€5"},
        {"amount": "5", "currency": "EUR"},
        {"amount": True, "currency": "EUR"},
        {"amount": None, "currency": "EUR"},
        {"amount": 5, "currency": 978},
        {"amount": 5, "currency": " "},
        {"amount": Decimal("1E+1000"), "currency": "EUR"},
        {"amount": Decimal("1E-1000"), "currency": "EUR"},
        {"amount": 10**200, "currency": "EUR"},
    ],
)
def test_without_amount_or_currency_the_row_is_unknown(members):
    assert amount(**members) is None


@pytest.mark.parametrize("broken", ["dynamic", "sourceAmount", "targetCurrency"])
def test_a_conversion_needs_both_sides(broken):
    members = {
        "dynamic": False,
        "sourceAmount": 1,
        "sourceCurrency": "A",
        "targetAmount": 2,
        "targetCurrency": "B",
    }
    assert isinstance(row("AMOUNT_CONVERSION", **members), OperationAttributeAmountConversion)
    members[broken] = []
    texts = [(name, value) for name, value in members.items() if isinstance(value, str)]
    assert row("AMOUNT_CONVERSION", **members) == unknown("AMOUNT_CONVERSION", *texts)


@pytest.mark.parametrize(
    ("kind", "members", "expected"),
    [
        ("KEY_VALUE", {"value": ""}, OperationAttributeKeyValue("a.b", "Label", "")),
        ("KEY_VALUE", {"value": 7}, unknown("KEY_VALUE")),
        ("KEY_VALUE", {}, unknown("KEY_VALUE")),
        ("NOTE", {"note": "a\nb"}, OperationAttributeNote("a.b", "Label", "a\nb")),
        ("NOTE", {"note": None, "value": "x"}, unknown("NOTE", ("value", "x"))),
        ("HEADING", {}, OperationAttributeHeading("a.b", "Label", 0)),
        ("HEADING", {"level": 2}, OperationAttributeHeading("a.b", "Label", 2)),
        ("HEADING", {"level": "2"}, OperationAttributeHeading("a.b", "Label", 0)),
        ("HEADING", {"level": True}, OperationAttributeHeading("a.b", "Label", 0)),
        ("HEADING", {"level": 10**30}, OperationAttributeHeading("a.b", "Label", 0)),
        ("IMAGE", {"thumbnailUrl": "t"}, OperationAttributeImage("a.b", "Label", "t", None)),
        ("IMAGE", {"thumbnailUrl": "t", "originalUrl": 12345}, OperationAttributeImage("a.b", "Label", "t")),
        ("IMAGE", {"originalUrl": "o"}, unknown("IMAGE", ("originalUrl", "o"))),
        ("ALERT", {}, OperationAttributeAlert("a.b", "Label", AlertType.INFO, None, None)),
        (
            "ALERT",
            {"alertType": "ERROR", "title": 1},
            OperationAttributeAlert("a.b", "Label", AlertType.ERROR),
        ),
        ("ALERT", {"alertType": "LOUD"}, OperationAttributeAlert("a.b", "Label", AlertType.INFO)),
        ("PARTY_INFO", {"partyInfo": {}}, OperationAttributePartyInfo("a.b", "Label", PartyInfo())),
        (
            "PARTY_INFO",
            {"partyInfo": {"logoUrl": "l", "name": "n", "description": [], "websiteUrl": "w"}},
            OperationAttributePartyInfo("a.b", "Label", PartyInfo("l", "n", None, "w")),
        ),
        ("PARTY_INFO", {"partyInfo": "Bob"}, unknown("PARTY_INFO", ("partyInfo", "Bob"))),
        ("HOLOGRAM", {"text": "x", "n": 1, "y": "z"}, unknown("HOLOGRAM", ("text", "x"), ("y", "z"))),
        ("UNKNOWN", {}, unknown("UNKNOWN")),
        ("note", {"note": "x"}, unknown("note", ("note", "x"))),
    ],
)
def test_each_type_and_what_it_needs(kind, members, expected):
    assert row(kind, **members) == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (
            {"type": "NOTE", "id": "a", "note": "x"},
            OperationAttributeUnknown("a", "", "NOTE", (("note", "x"),)),
        ),
        (
            {"type": "NOTE", "label": "l", "note": "x"},
            OperationAttributeUnknown("", "l", "NOTE", (("note", "x"),)),
        ),
        ({"type": 7, "id": 7, "label": 7}, OperationAttributeUnknown("", "")),
        ({}, OperationAttributeUnknown("", "")),
        ("text", OperationAttributeUnknown("", "", texts=(("", "text"),))),
        (7, OperationAttributeUnknown("", "")),
        (None, OperationAttributeUnknown("", "")),
        ([["x"], 7], OperationAttributeUnknown("", "", texts=(("", "x"),))),
        (
            {
                "type": "PARTY_INFO",
                "id": "p",
                "partyInfo": {"name": "Bob", "since": 1911, "of": ["x", {"y": "z"}]},
            },
            OperationAttributeUnknown("p", "", "PARTY_INFO", (("name", "Bob"), ("of", "x"), ("y", "z"))),
        ),
    ],
)
def test_what_is_hardly_a_row_is_one_still(sent, expected):
    assert read_attribute(sent) == expected


def test_texts_below_many_levels_are_not_looked_for():
    deep = "x"
    for _ in range(40):
        deep = [deep]
    assert row("HOLOGRAM", deep=deep, here="y") == unknown("HOLOGRAM", ("here", "y"))


def test_an_empty_label_is_a_label():
    assert read_attribute({"type": "NOTE", "id": "", "label": "", "note": "x"}) == OperationAttributeNote(
        "", "", "x"
    )


def test_three_hundred_rows_with_one_identifier_keep_their_order():
    rows = [{"type": "NOTE", "id": "same", "label": "l", "note": str(number)} for number in range(300)]
    assert [found.note for found in read_attributes({"attributes": rows})] == [str(n) for n in range(300)]


def test_every_type_has_a_class_that_says_so():
    classes = {
        OperationAttributeAmount,
        OperationAttributeAmountConversion,
        OperationAttributeKeyValue,
        OperationAttributeNote,
        OperationAttributeHeading,
        OperationAttributeImage,
        OperationAttributeAlert,
        OperationAttributePartyInfo,
        OperationAttributeUnknown,
    }
    assert {found.type for found in classes} == set(OperationAttributeType)
