"""Operation data: what is signed, taken apart without a doubt."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.powerauth.errors import OperationDataError
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
    escape,
    parse_operation_data,
    unescape,
)

READ = [
    ("A0", []),
    ("A1*", [EmptyField()]),
    ("A07*T one ", [TextField(" one ")]),
    ("A1*A7.czk", [AmountField(Decimal("7."), "CZK")]),
    ("A1*A-.5Gbp", [AmountField(Decimal("-0.5"), "GBP")]),
    (
        "A1*A0012345678901234567890.123456789012345678JPY",
        [AmountField(Decimal("12345678901234567890.123456789012345678"), "JPY")],
    ),
    ("A1*IGB29NWBK60161331926819,", [AccountField("GB29NWBK60161331926819", None)]),
    ("A1*ICH93,POFICHBEXXX", [AccountField("CH93", "POFICHBEXXX")]),
    ("A1*D20240229*D00010101", [DateField(date(2024, 2, 29)), DateField(date(1, 1, 1))]),
    ("A1*N*R*T*Q", [NoteField(""), ReferenceField(""), TextField(""), AnyAccountField("")]),
    (
        "A1*9nine*äumlaut*\\*star",
        [FallbackField("9", "nine"), FallbackField("ä", "umlaut"), FallbackField("*", "star")],
    ),
    ("A1*Ta\\\\*Tb", [TextField("a\\"), TextField("b")]),
    ("A1*Ta\\\\\\*Tb", [TextField("a\\*Tb")]),
    (
        "A1*Ta\\*b\\\\*NC:\\\\new\\nline*Rx\\qy\\\\",
        [
            TextField("a*b\\"),
            NoteField("C:\\new\nline"),
            ReferenceField("x\\qy\\"),
        ],
    ),
    ("A1*T1*T2*T3*T4*T5*T6", [TextField(str(number)) for number in range(1, 7)]),
    ("A1*Tend\\", [TextField("end\\")]),
]

REFUSED = {
    "DATA_HEADER": ["", "A", "A001", "A1.5", "A+1", " A1", "a1", "*Tx", "Ä1", "A1 *Tx", "A\u0661", "A1\\*Tx"],
    "FIELD_COUNT": ["A1*T1*T2*T3*T4*T5*T6*T7", "A1*******"],
    "AMOUNT": [
        "A1,5EUR",
        "A1.5USDT",
        "A+5EUR",
        "A1e5EUR",
        "A-.EUR",
        "A1 000EUR",
        "AEUR10",
        "A10EU1",
        "A1.2.3EUR",
        "A10\\*EUR",
        "A",
        "AEUR",
        "A\u0661EUR",
        "A0x1FEUR",
        "AInfinityEUR",
    ],
    "ACCOUNT": ["ICZ65 0800", "I,COBADEFF", "IGB29,ABC,DEF", "Igb29", "IGB29;ABC", "I"],
    "DATE": ["D20260230", "D2026-03-01", "D260301", "D00000101", "D٢٠٢٦٠٣٠١", "D20250229", "D20261301", "D"],
}


@pytest.mark.parametrize(("text", "fields"), READ)
def test_fields_are_read(text, fields):
    data = parse_operation_data(text)
    assert list(data.fields) == fields
    assert data.source_string == text


def test_an_amount_keeps_its_fraction_digits():
    (field,) = parse_operation_data("A1*A1250.50EUR").fields
    assert str(field.amount) == "1250.50"


def test_a_later_version_is_read_and_said():
    assert parse_operation_data("Z99*Tx").version == "VX"
    assert parse_operation_data("A1*Tx").version == "V1"
    assert parse_operation_data("A07").template_id == 7


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (rule, text if rule in {"DATA_HEADER", "FIELD_COUNT"} else f"A1*{text}")
        for rule, texts in REFUSED.items()
        for text in texts
    ],
)
def test_what_breaks_a_rule_is_refused_with_that_rule(rule, text):
    with pytest.raises(OperationDataError) as caught:
        parse_operation_data(text)
    assert caught.value.rule == rule


@given(st.text())
def test_what_is_escaped_reads_as_it_was(value):
    assert unescape(escape(value)) == value


@given(st.lists(st.text(), max_size=6))
def test_fields_that_were_written_are_read_again(values):
    text = "A0" + "".join(f"*{escape('T' + value)}" for value in values)
    assert [field.text for field in parse_operation_data(text).fields] == values


@given(st.text())
def test_any_text_is_read_or_refused_with_a_rule(text):
    try:
        data = parse_operation_data(text)
    except OperationDataError:
        return
    assert data.source_string == text


def test_a_long_text_of_backslashes_takes_no_longer_than_its_length():
    parse_operation_data("A1*T" + "\\" * 100_001)
