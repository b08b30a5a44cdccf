"""What a page prints of an operation from a QR code."""

import re

import pytest
from babel import Locale
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from tests.qr.payloads import payload
from webapp.powerauth.errors import QROperationError, QROperationRule
from webapp.powerauth.offline_operation import QROperationParser
from webapp.powerauth.operation_data import escape, parse_operation_data
from webapp.web import offline_words, present_offline
from webapp.web.present import FIGURE, RECEIVER
from webapp.web.present_offline import in_fours, written_amount

DIGITS = st.text("0123456789", min_size=1, max_size=60)
LOCALES = st.sampled_from(["en", "cs", "de", "ar"]).map(Locale)


@pytest.fixture(autouse=True)
def _reader(app):
    with app.test_request_context(), force_locale("en"):
        yield


def read(data="A1", **parts):
    return QROperationParser.parse(payload(data=data, **parts))


def shown(data):
    """Label → texts, in order."""
    return [
        (row.label, *(f"{value.before} {value.text}".strip() for value in row.values))
        for row in present_offline.rows(read(data))
    ]


@given(st.sampled_from(["", "-"]), DIGITS, st.text("0123456789", max_size=60), LOCALES)
def test_no_digit_of_an_amount_is_lost_or_made_up(sign, whole, fraction, locale):
    (field,) = parse_operation_data(f"A1*A{sign}{whole}{'.' if fraction else ''}{fraction}EUR").fields
    written = written_amount(field.amount, field.currency, locale)
    plain = whole.lstrip("0") or "0"
    assert re.sub("[^0-9]", "", written) == plain + fraction
    assert written.startswith("-") == bool(sign)
    assert written.endswith("\u00a0EUR")


@pytest.mark.parametrize(
    ("sent", "language", "written"),
    [
        ("1250.50", "en", "1,250.50 EUR"),
        ("1250.50", "cs", "1 250,50 EUR"),
        ("5.", "en", "5 EUR"),
        (".5", "cs", "0,5 EUR"),
        ("-0", "en", "-0 EUR"),
        ("1000000", "en", "1,000,000 EUR"),
    ],
)
def test_an_amount_is_written_as_the_reader_does(sent, language, written):
    (field,) = parse_operation_data(f"A1*A{sent}EUR").fields
    assert written_amount(field.amount, "EUR", Locale(language)).replace("\u00a0", " ") == written


def test_a_payment_shows_its_fields_in_their_order_whatever_order_they_come_in():
    rows = shown("A1*NRent*D20260331*R2026*IDE89370400440532013000*A5EUR*Tmore")
    assert [row[0] for row in rows] == ["Amount", "Account", "Reference", "Date", "Note", "Attribute 1"]
    assert [row[0] for row in shown("A0*NRent*A5EUR")] == ["Note", "Amount"]


def test_empty_places_are_no_rows_but_empty_texts_are():
    assert shown("A1*A5EUR***D20260331**") == [("Amount", "5\u00a0EUR"), ("Date", "March 31, 2026")]
    rows = present_offline.rows(read("A0*N*T*Q"))
    assert [(row.label, row.values, row.remark) for row in rows] == [
        ("Note", (), offline_words.EMPTY),
        ("Attribute 1", (), offline_words.EMPTY),
        ("Account", (), offline_words.EMPTY),
    ]


def test_what_has_no_name_is_numbered_and_what_is_unknown_keeps_its_type():
    assert shown("A0*Tone*A5EUR*Ztwo*tthree") == [
        ("Attribute 1", "one"),
        ("Amount", "5\u00a0EUR"),
        ("Attribute 2", "Z: two"),
        ("Attribute 3", "t: three"),
    ]
    assert present_offline.rows(read("A0*Ztwo"))[0].remark is offline_words.UNKNOWN_KIND


def test_amount_and_receiver_stand_out():
    rows = present_offline.rows(read("A1*A5EUR*IDE89370400440532013000,COBADEFF"))
    assert [value.role for row in rows for value in row.values] == [FIGURE, RECEIVER, ""]
    assert shown("A1*A5EUR*IDE89370400440532013000,COBADEFF")[1] == (
        "Account",
        "DE89 3704 0044 0532 0130 00",
        "BIC: COBADEFF",
    )


@given(st.from_regex(r"[0-9A-Z]{1,40}", fullmatch=True))
def test_an_account_in_groups_is_the_same_account(account):
    assert in_fours(account).replace(" ", "") == account


@given(
    st.lists(
        st.builds(
            lambda kind, text: kind + text,
            st.sampled_from("QRNTZx"),
            st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40),
        ),
        max_size=6,
    ),
    st.integers(0, 99),
)
def test_every_text_that_is_signed_is_on_the_page(fields, template):
    data = "*".join([f"A{template}", *map(escape, fields)])
    values = [value.text for row in present_offline.rows(read(data)) for value in row.values]
    wanted = [text[1:] for text in fields if text[1:].strip()]
    assert sorted(wanted) == sorted(text for text in values if text.strip())
    assert len(present_offline.rows(read(data))) == len(fields)


@pytest.mark.parametrize(
    ("template", "name"), [("A1", "Payment"), ("A2", "Login"), ("A0", "Operation"), ("A77", "Operation")]
)
def test_a_template_has_a_name(template, name):
    assert str(present_offline.name(read(template))) == name


def test_what_may_be_more_than_is_shown():
    assert not present_offline.is_newer(read("A1", more=["12345678"]))
    assert present_offline.is_newer(read("A1", more=["12345678", "new"]))
    assert present_offline.is_newer(read("B1"))


@pytest.mark.parametrize(
    "parts",
    [{"title": "a\u202eb"}, {"message": "a\u200bb"}, {"data": "A0*Na\u2066b"}, {"data": "A0*\u202ea"}],
)
def test_hidden_characters_are_noticed_wherever_they_stand(parts):
    assert present_offline.has_hidden(read(**parts))
    assert not present_offline.has_hidden(read("A1*A5EUR*Nplain"))


@pytest.mark.parametrize("rule", QROperationRule)
def test_every_rule_has_its_words(rule):
    said = offline_words.broken_rule(QROperationError(rule, 4))
    assert said.startswith("Line 4: ")
    assert said.endswith(offline_words.broken_rule(QROperationError(rule)))
