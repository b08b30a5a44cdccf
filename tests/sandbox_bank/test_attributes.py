"""Attributes and what they do about missing parameters: mobile-token-api.md, section 8.2."""

import pytest

from webapp.sandbox.attributes import AttributeTemplate, attribute


def built(kind, params, **parameters):
    return attribute(AttributeTemplate("some.id", kind, "Label", params), parameters, "en")


@pytest.mark.parametrize(
    ("kind", "params", "parameters"),
    [
        ("AMOUNT", {"amount": "a", "currency": "c"}, {"a": "1"}),
        ("AMOUNT", {"amount": "a", "currency": "c"}, {"c": "EUR"}),
        ("AMOUNT", {}, {}),
        ("KEY_VALUE", {"value": "v"}, {}),
        ("NOTE", {"note": "n"}, {}),
        ("IMAGE", {"thumbnailUrl": "t", "originalUrl": "o"}, {"o": "/x.png"}),
        ("RATING", {"value": "v"}, {}),
        (
            "AMOUNT_CONVERSION",
            {"sourceAmount": "a", "sourceCurrency": "c", "targetAmount": "b", "targetCurrency": "d"},
            {"a": "1", "c": "EUR", "b": "2"},
        ),
    ],
)
def test_what_cannot_be_shown_is_left_out(kind, params, parameters):
    assert built(kind, params, **parameters) is None


def test_an_amount_that_is_no_number_has_no_number():
    assert built("AMOUNT", {"amount": "a", "currency": "c"}, a="about 5", c="EUR") == {
        "type": "AMOUNT",
        "id": "some.id",
        "label": "Label",
        "currency": "EUR",
        "amountFormatted": "about 5",
        "currencyFormatted": "€",
        "valueFormatted": "about 5 EUR",
    }


@pytest.mark.parametrize(
    ("value", "dynamic"), [("true", True), ("TRUE", True), ("yes", False), ("", False), (None, False)]
)
def test_a_rate_is_final_unless_said_otherwise(value, dynamic):
    params = {
        name: name for name in ("dynamic", "sourceAmount", "sourceCurrency", "targetAmount", "targetCurrency")
    }
    parameters = {"sourceAmount": "1", "sourceCurrency": "EUR", "targetAmount": "25", "targetCurrency": "CZK"}
    given = parameters if value is None else parameters | {"dynamic": value}
    assert built("AMOUNT_CONVERSION", params, **given)["dynamic"] is dynamic


@pytest.mark.parametrize(("value", "level"), [(None, 0), ("2", 2), ("big", 0), ("-1", 0)])
def test_a_heading_has_a_level(value, level):
    assert built("HEADING", {"level": "l"}, **({} if value is None else {"l": value})) == {
        "type": "HEADING",
        "id": "some.id",
        "label": "Label",
        "level": level,
    }


@pytest.mark.parametrize(
    ("value", "kind"),
    [("warning", "WARNING"), ("Error", "ERROR"), ("SUCCESS", "SUCCESS"), ("?", "INFO"), (None, "INFO")],
)
def test_an_alert_has_a_type_whatever_the_case(value, kind):
    alert = built(
        "ALERT", {"type": "t", "title": "x", "message": "m"}, m="Mind!", **({"t": value} if value else {})
    )
    assert alert == {
        "type": "ALERT",
        "id": "some.id",
        "label": "Label",
        "alertType": kind,
        "message": "Mind!",
    }


def test_optional_members_are_left_out():
    assert built("IMAGE", {"thumbnailUrl": "t", "originalUrl": "o"}, t="/s.png") == {
        "type": "IMAGE",
        "id": "some.id",
        "label": "Label",
        "thumbnailUrl": "/s.png",
    }
    assert built("PARTY_INFO", {"name": "n", "websiteUrl": "w"}, n="Charlie")["partyInfo"] == {
        "name": "Charlie"
    }


def test_an_unknown_type_becomes_a_key_and_a_value():
    assert built("RATING", {"value": "v"}, v="five stars") == {
        "type": "KEY_VALUE",
        "id": "some.id",
        "label": "Label",
        "value": "five stars",
    }
