"""What a person retypes, however they type it; and which amounts are over a limit."""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mtoken.documents import payment, read
from webapp.flows.retype import Retype, RetypeKind, exceeds, readings, retype_of
from webapp.mtoken.attributes import (
    Money,
    OperationAttributeAmount,
    OperationAttributeAmountConversion,
    OperationAttributeKeyValue,
    OperationAttributeNote,
    OperationAttributePartyInfo,
    PartyInfo,
)
from webapp.mtoken.operation import OperationFormData, UserOperation
from webapp.sandbox.forms import form_for, templates
from webapp.sandbox.money import money as as_written
from webapp.sandbox.operation_data import operation_data

LANGUAGES = ["en", "cs", "de", "ar"]
MOMENT = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
GERMAN = "DE89370400440532013000"
CZECH = "CZ6508000000192000145399"


def operation(data, *rows):
    form = OperationFormData(attributes=rows)
    return UserOperation(
        id="1", data=data, operation_created=MOMENT, operation_expires=MOMENT, form_data=form
    )


def amount(exact, code, text="some money"):
    return OperationAttributeAmount("", "", None if exact is None else Decimal(exact), code, text, "", text)


def side(exact, code, text="some money"):
    return Money(None if exact is None else Decimal(exact), code, text, "", text)


def conversion(source, target):
    return OperationAttributeAmountConversion("", "", dynamic=False, source=source, target=target)


def value(text):
    return OperationAttributeKeyValue("", "To account", text)


def offered(name, language):
    """An operation of the sandbox as a reader of this language gets it."""
    known = next(one for one in templates() if one.template_name == name)
    form = form_for(
        known.operation_type, known.parameters, language, risk_flags=None, proximity=False, history=False
    )
    document = payment(
        data=operation_data(known.data_template, known.parameters), formData=form.form_data, ui=form.ui
    )
    return read(msgspec.json.Encoder(decimal_format="number").encode(document).decode())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "kind", "typed"),
    [
        ("payment", RetypeKind.ACCOUNT, "3000"),
        ("payment_risk", RetypeKind.ACCOUNT, "5399"),
        ("payment_invoice", RetypeKind.AMOUNT, "389"),
        ("payment_warning", RetypeKind.AMOUNT, "98 000"),
        ("payment_conversion", RetypeKind.AMOUNT, "120,00"),
        ("shop", RetypeKind.AMOUNT, "1799.00"),
    ],
)
def test_what_alice_types_from_the_banks_own_operations(name, kind, typed, language):
    retype = retype_of(offered(name, language))
    assert retype.kind is kind
    assert retype.matches(typed)
    assert retype.matches(retype.shown) is (kind is RetypeKind.AMOUNT)
    assert not retype.matches("")
    assert not retype.matches("1")


@pytest.mark.parametrize("name", ["login", "login_nearby", "login_kiosk", "limit", "consent"])
def test_without_account_and_amount_there_is_nothing_to_retype(name):
    assert retype_of(offered(name, "en")) is None


@pytest.mark.parametrize(
    ("signed", "shown", "last"),
    [
        (f"I{GERMAN}", GERMAN, "3000"),
        (f"I{GERMAN}", "DE89 3704 0044 0532 0130 00", "3000"),
        (f"I{GERMAN}", f"IBAN: {GERMAN.lower()}", "3000"),
        (f"I{CZECH}", "19-2000145399/0800", "0800"),
        ("Q19-2000145399/0800", "CZ65 0800 0000 1920 0014 5399", "5399"),
        ("Q2001234567/2010", "2001234567/2010", "2010"),
        ("Q2001234567/2010", "2001234567 / 2010", "2010"),
        ("Q20-00-00 5577991a", "20-00-00 5577991A", "991A"),
    ],
)
def test_the_end_of_the_account_as_it_is_shown(signed, shown, last):
    for row in (
        value(shown),
        OperationAttributeNote("", "", shown),
        OperationAttributePartyInfo("", "", PartyInfo(name="Bob", description=shown)),
    ):
        retype = retype_of(operation(f"A1*A100EUR*{signed}", amount("100", "EUR", "€100"), row))
        assert retype == Retype(RetypeKind.ACCOUNT, shown)
        assert retype.matches(last)


@pytest.mark.parametrize("typed", ["991A", "991a", " 99 1a ", "9-9-1-A", "٩٩١a", "\u2066991A\u2069"])
def test_spaces_case_and_script_of_an_account_do_not_matter(typed):
    assert Retype(RetypeKind.ACCOUNT, "20-00-00 5577991A").matches(typed)


@pytest.mark.parametrize("typed", ["", "991", "7991A", "991B", "A199", "20-00-00 5577991A"])
def test_other_characters_than_the_last_four_are_refused(typed):
    assert not Retype(RetypeKind.ACCOUNT, "20-00-00 5577991A").matches(typed)


def test_an_account_that_is_not_both_signed_and_shown_is_not_asked_for():
    euros = amount("100", "EUR", "€100")
    for data, row in [
        ("A1*A100EUR", value(GERMAN)),
        (f"A1*A100EUR*I{GERMAN}", value(CZECH)),
        (f"A1*A100EUR*I{GERMAN}", value(f"Bob, {GERMAN}")),
        ("A1*A100EUR*Q12", value("12")),
        ("A1*A100EUR*Q", value("")),
        ("neither header nor fields", value(GERMAN)),
    ]:
        assert retype_of(operation(data, row, euros)) == Retype(RetypeKind.AMOUNT, "€100")
        assert retype_of(operation(data, row)) is None


def test_of_two_accounts_it_is_the_one_signed_first():
    rows = value(CZECH), value(GERMAN)
    assert retype_of(operation(f"A1*I{GERMAN}*I{CZECH}", *rows)).shown == GERMAN


def test_a_plain_amount_comes_before_a_conversion_and_what_can_be_read_before_what_cannot():
    rows = conversion(side("5", "USD", "$5"), side("6", "EUR", "€6")), amount("7", "EUR", "€7")
    assert retype_of(operation("A2", *rows)).shown == "€7"
    assert retype_of(operation("A2", rows[0])).shown == "$5"
    assert retype_of(operation("A2", amount("7", "EUR", "seven"), rows[0])).shown == "$5"
    assert retype_of(operation("A2", amount("7", "EUR", "seven"))) is None


@pytest.mark.parametrize(
    "typed",
    [
        "2450.50",
        "2450,5",
        "2,450.50",
        "2.450,50",
        "2 450,50",
        "2\u00a0450,50\u00a0Kč",
        "2'450.50",
        "CZK2450.5",
        "- 2450.50",
        "02450.500",
        "٢٤٥٠٫٥٠",
        "٢٬٤٥٠٫٥٠",
        "२४५०.५०",
        " 24 50 .50 ",
    ],
)
@pytest.mark.parametrize("shown", ["2\u00a0450,50\u00a0Kč", "€2,450.50", "-2.450,50\u00a0€", "د.ك. ٢٬٤٥٠٫٥٠"])
def test_an_amount_may_be_typed_in_any_way_that_means_it(shown, typed):
    assert Retype(RetypeKind.AMOUNT, shown).matches(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "Kč",
        "2450",
        "245050",
        "24505.0",
        "2450.05",
        "2,4,50.50",
        "24 50",
        "2450.50 (2450.50)",
        "1e3",
        "1",
        "NaN",
    ],
)
def test_another_amount_is_refused(typed):
    assert not Retype(RetypeKind.AMOUNT, "2\u00a0450,50\u00a0Kč").matches(typed)


@given(
    st.decimals(0, 10**9, places=2),
    st.decimals(0, 10**9, places=2),
    st.sampled_from(LANGUAGES),
    st.booleans(),
)
def test_only_the_amount_itself_will_do(shown, typed, language, with_currency):
    retype = Retype(RetypeKind.AMOUNT, as_written(f"{shown:f}", "EUR", language).value_formatted)
    written = as_written(f"{typed:f}", "EUR", language)
    assert retype.matches(written.value_formatted if with_currency else f"{typed:f}") is (shown == typed)


LIMITS = {"EUR": Decimal(1000), "CZK": Decimal(25000)}


@pytest.mark.parametrize(
    ("data", "rows", "over"),
    [
        ("A1*A1000EUR", [], False),
        ("A1*A1000.01EUR", [], True),
        ("A1*A-1000.01eur", [], True),
        ("A1*A5EUR*A30000CZK", [], True),
        ("A1*A5USD", [], True),
        ("A2*Rw-7731", [], False),
        ("A0*Dear customer", [], False),
        ("A0*Dear customer", [amount("1000", "EUR")], False),
        ("A0*Dear customer", [amount("1000.01", "eur")], True),
        ("A0*Dear customer", [amount("-1000.01", "EUR")], True),
        ("A1*A5EUR", [amount("5", "EUR"), amount("2000", "EUR")], True),
        ("A1*A5EUR", [amount("5", None)], True),
        ("A1*A5EUR", [amount(None, "EUR", "€5")], True),
        ("A1*A5EUR", [amount("5", "XAU")], True),
        ("A1*A5EUR", [conversion(side("5", "EUR"), side("125", "CZK"))], False),
        ("A1*A5EUR", [conversion(side("5", "EUR"), side("25001", "CZK"))], True),
        ("A1*A5EUR", [conversion(side(None, "EUR"), side("125", "CZK"))], True),
    ],
)
def test_an_amount_over_the_limit_of_its_currency(data, rows, over):
    assert exceeds(operation(data, *rows), LIMITS) is over
    assert not exceeds(operation(data, *rows), {})


def test_the_sandboxs_large_payment_is_over_a_limit():
    large = offered("payment_warning", "cs")
    assert exceeds(large, {"CZK": Decimal(97999)})
    assert not exceeds(large, {"CZK": Decimal(98000)})


def test_what_is_retyped_stays_out_of_logs():
    assert "3000" not in repr(Retype(RetypeKind.ACCOUNT, GERMAN))


def test_readings_are_all_that_make_sense():
    for text, expected in {
        "1,234": ["1234", "1.234"],
        "0,125": ["0.125"],
        "1.234.567": ["1234567"],
        "1,23,456.78": ["123456.78"],
        "12 450,00": ["12450"],
        "1 2 450,00": ["1", "2", "450"],
        "1,234.56,78": [],
        "12.34.56": [],
        "1 234.567": ["1234.567"],
        "1٫234٫567": [],
        "100¹": ["100"],
        "no number": [],
    }.items():
        assert readings(text) == tuple(map(Decimal, expected))


TEXTS = st.text() | st.sampled_from([CZECH, GERMAN, "19-2000145399/0800", "1 234,50 €", "1.2.3,4", "٣"])
FIGURES = st.decimals(-(10**20), 10**20, allow_nan=False, allow_infinity=False)
ROWS = st.one_of(
    st.builds(amount, st.none() | FIGURES, st.none() | TEXTS, TEXTS),
    st.builds(conversion, st.builds(side, FIGURES, TEXTS, TEXTS), st.builds(side, FIGURES, TEXTS, TEXTS)),
    st.builds(value, TEXTS),
    st.builds(lambda name: OperationAttributePartyInfo("", "", PartyInfo(name=name)), TEXTS),
)
FIELDS = st.text() | st.sampled_from([f"I{CZECH}", "Q19-2000145399/0800", "A5EUR", "Q"])


@given(st.lists(FIELDS, max_size=6), st.lists(ROWS, max_size=5), TEXTS)
def test_any_operation_is_asked_about_and_can_be_answered(fields, rows, typed):
    one = operation("*".join(["A1", *fields]), *rows)
    assert isinstance(exceeds(one, LIMITS), bool)
    retype = retype_of(one)
    if retype is not None:
        assert isinstance(retype.matches(typed), bool)
        last = "".join(character for character in retype.shown if character.isalnum())[-4:]
        number = next(iter(readings(retype.shown)), 0)
        assert retype.matches(last if retype.kind is RetypeKind.ACCOUNT else f"{number:f}")
