"""What a token shows: mobile-token-api.md, sections 4, 8.2 and 9, as literals."""

from decimal import Decimal

import pytest

from tests.sandbox_bank.section_9 import NAMES, OPERATIONS
from webapp.sandbox.forms import form_for, templates

LANGUAGES = ["en", "cs", "de", "ar"]


def template(name):
    return next(one for one in templates() if one.template_name == name)


def shown(name, language="en", *, history=False, proximity=None, **changed):
    known = template(name)
    nearby = known.proximity_check_enabled if proximity is None else proximity
    parameters = {**known.parameters, **changed}
    given = {key: value for key, value in parameters.items() if value is not None}
    return form_for(
        known.operation_type, given, language, risk_flags=known.risk_flags, proximity=nearby, history=history
    )


def attributes(name, language="en", **changed):
    return {one["id"]: one for one in shown(name, language, **changed).form_data["attributes"]}


@pytest.mark.parametrize("expected", OPERATIONS, ids=NAMES)
def test_english_templates_are_those_of_the_specification(expected):
    known = template(expected["templateName"])
    form = known.forms["en"]
    assert known.operation_type == expected["operationType"]
    assert known.parameters == expected["parameters"]
    assert known.proximity_check_enabled is expected.get("proximityCheckEnabled", False)
    assert (form.title, form.message) == (expected["title"], expected["message"])
    assert [
        {"id": one.id, "type": one.type, "text": one.text, **({"params": one.params} if one.params else {})}
        for one in form.attributes
    ] == expected["attributes"]
    assert form.result_texts == expected.get("resultTexts")
    assert form.ui == expected.get("ui")


TWO = ("POSSESSION_KNOWLEDGE", "POSSESSION_BIOMETRY")


@pytest.mark.parametrize(
    ("name", "data_template", "factors", "expiration", "attempts"),
    [
        ("login", "A2*R${session.id}", TWO, 300, 5),
        ("payment", "A1*A${amount}${currency}*I${iban}**D${due}*N${note}", TWO, 300, 5),
        ("payment_conversion", "A1*A${sourceAmount}${sourceCurrency}*Q${account}*N${note}", TWO, 300, 5),
        ("payment_invoice", "A1*A${amount}${currency}*Q${account}*R${reference}", TWO, 900, 5),
        ("payment_warning", "A1*A${amount}${currency}*I${iban}", TWO, 300, 3),
        ("login_nearby", "A2*R${session.id}", TWO, 300, 5),
        ("shop", "A1*A${amount}${currency}*T${order}", TWO, 300, 5),
        ("limit", "A0*T${limit}", TWO, 300, 5),
        ("login_kiosk", "A2*R${kiosk}", TWO, 180, 5),
        ("consent", "A0*T${text}", ("POSSESSION",), 3600, 5),
    ],
)
def test_operation_templates_are_those_of_the_specification(
    name, data_template, factors, expiration, attempts
):
    known = template(name)
    assert known.data_template == data_template
    assert known.signature_type == factors
    assert (known.expiration, known.max_failure_count) == (expiration, attempts)


def test_there_are_two_templates_more():
    assert {one.template_name for one in templates()} == {*NAMES, "payment_risk", "broken"}


def test_only_the_kiosk_belongs_to_nobody():
    assert [one.template_name for one in templates() if not one.personalised] == ["login_kiosk"]


def test_the_payment_in_english_is_the_example_of_section_4():
    assert shown("payment").form_data == {
        "title": "Payment",
        "message": "Confirm a payment of 2450.50 EUR.",
        "attributes": [
            {"type": "HEADING", "id": "payment.heading", "label": "New payment", "level": 0},
            {
                "type": "AMOUNT",
                "id": "payment.amount",
                "label": "Amount",
                "amount": Decimal("2450.50"),
                "currency": "EUR",
                "amountFormatted": "2,450.50",
                "currencyFormatted": "€",
                "valueFormatted": "€2,450.50",
            },
            {
                "type": "KEY_VALUE",
                "id": "payment.account",
                "label": "To account",
                "value": "DE89370400440532013000",
            },
            {
                "type": "PARTY_INFO",
                "id": "payment.party",
                "label": "Payee",
                "partyInfo": {"name": "Hausverwaltung Nord"},
            },
            {"type": "NOTE", "id": "payment.note", "label": "Note", "note": "Rent * March\nflat 4"},
        ],
        "resultTexts": {
            "success": "The payment is on its way.",
            "reject": "Nothing was paid.",
            "failure": "The payment was not made.",
        },
    }
    assert shown("payment").ui is None


def test_a_conversion_for_a_czech_reader_is_the_example_of_section_4():
    assert attributes("payment_conversion", "cs-CZ,en;q=0.5")["conversion"] == {
        "type": "AMOUNT_CONVERSION",
        "id": "conversion",
        "label": "Zaplatíte",
        "dynamic": True,
        "sourceAmount": Decimal(120),
        "sourceCurrency": "USD",
        "sourceAmountFormatted": "120,00",
        "sourceCurrencyFormatted": "US$",
        "sourceValueFormatted": "120,00\u00a0US$",
        "targetAmount": Decimal("2763.6"),
        "targetCurrency": "CZK",
        "targetAmountFormatted": "2\u00a0763,60",
        "targetCurrencyFormatted": "Kč",
        "targetValueFormatted": "2\u00a0763,60\u00a0Kč",
    }


def test_the_invoice_in_english_is_the_example_of_section_4():
    assert shown("payment_invoice").form_data["attributes"] == [
        {
            "type": "ALERT",
            "id": "invoice.alert",
            "label": "Warning",
            "alertType": "WARNING",
            "title": "New payee",
            "message": "You have never paid to this account.",
        },
        {
            "type": "AMOUNT",
            "id": "invoice.amount",
            "label": "Amount",
            "amount": Decimal(389),
            "currency": "CZK",
            "amountFormatted": "389.00",
            "currencyFormatted": "CZK",
            "valueFormatted": "CZK389.00",
        },
        {
            "type": "IMAGE",
            "id": "invoice.image",
            "label": "Invoice",
            "thumbnailUrl": "/sandbox/invoice-small.png",
            "originalUrl": "/sandbox/invoice.png",
        },
    ]


def test_screens_are_filled_from_the_parameters():
    assert shown("shop").ui["postApprovalScreen"]["payload"] == {
        "redirectText": "Back to the shop",
        "redirectUrl": "https://shop.example/return?order=5521",
        "countdown": 5,
    }
    review = shown("limit").ui["postApprovalScreen"]
    assert (review["type"], review["heading"], review["message"]) == (
        "REVIEW",
        "Limit changed",
        "It applies at once.",
    )
    assert review["payload"]["attributes"] == [
        {"type": "NOTE", "id": "limit.note", "label": "New limit", "note": "50000 CZK per day"}
    ]


@pytest.mark.parametrize(
    "value", ['a "quoted" one', "back\\slash", "two\nlines", "<b>&amp;", "${limit}", "\u202e\x1b"]
)
def test_a_value_arrives_as_it_is_in_texts_and_in_json(value):
    form = shown("limit", limit=value)
    assert form.form_data["attributes"][0]["value"] == value
    assert form.ui["postApprovalScreen"]["payload"]["attributes"][0]["note"] == value
    assert shown("payment", amount=value).form_data["message"] == f"Confirm a payment of {value} EUR."


@pytest.mark.parametrize(
    ("flags", "ui"),
    [
        (None, None),
        ("", None),
        ("X", {"flipButtons": True}),
        ("C", {"blockApprovalOnCall": True}),
        ("F", {"preApprovalScreen": {"type": "WARNING", "approvalType": "SLIDER"}}),
        (
            "XCF",
            {
                "flipButtons": True,
                "blockApprovalOnCall": True,
                "preApprovalScreen": {"type": "WARNING", "approvalType": "SLIDER"},
            },
        ),
    ],
)
def test_risk_flags_make_the_ui_where_the_form_has_none(flags, ui):
    assert form_for("payment_risk", {}, "en", risk_flags=flags, proximity=False, history=False).ui == ui


def test_risk_flags_are_not_used_beside_a_ui():
    form = form_for("shop", {}, "en", risk_flags="XCF", proximity=False, history=False)
    assert set(form.ui) == {"postApprovalScreen"}


@pytest.mark.parametrize(
    ("proximity", "history", "asks"), [(True, False, True), (False, False, False), (True, True, False)]
)
def test_the_scanning_screen_is_for_pending_operations_with_a_proximity_check(proximity, history, asks):
    form = shown("login_nearby", proximity=proximity, history=history)
    assert ("preApprovalScreen" in form.ui) is asks


def test_a_warning_stays_in_the_history():
    assert shown("payment_warning", history=True).ui["preApprovalScreen"]["type"] == "WARNING"


def test_a_type_without_texts_has_no_form():
    assert shown("broken") is None
    assert form_for("never heard of", {}, "en", risk_flags=None, proximity=False, history=False) is None


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Payment"),
        ("cs-CZ", "Platba"),
        ("de-AT,de;q=0.9", "Zahlung"),
        ("ar", "دفعة"),
        ("fr", "Payment"),
    ],
)
def test_the_reader_gets_their_language_or_english(language, title):
    assert shown("payment", language).form_data["title"] == title


@pytest.mark.parametrize(
    "known", [one for one in templates() if one.forms], ids=lambda one: one.template_name
)
def test_every_language_shows_the_same_things(known):
    assert list(known.forms) == LANGUAGES
    skeletons = [skeleton_of(form) for form in known.forms.values()]
    assert all(one == skeletons[0] for one in skeletons)
    assert len({(form.title, form.message) for form in known.forms.values()}) == len(LANGUAGES)


def skeleton_of(form):
    """Everything but the words."""
    return (
        [(one.id, one.type, one.params) for one in form.attributes],
        sorted(form.result_texts or ()),
        without_words(form.ui),
    )


WORDS = {"heading", "message", "items", "redirectText", "label"}


def without_words(value):
    if isinstance(value, dict):
        return {key: None if key in WORDS else without_words(member) for key, member in value.items()}
    return [without_words(one) for one in value] if isinstance(value, list) else value
