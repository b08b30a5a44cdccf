"""What is signed against what is shown: no false alarm, and no other amount, account or day goes unseen."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from babel import Locale
from babel.localedata import locale_identifiers
from babel.numbers import list_currencies
from hypothesis import given
from hypothesis import strategies as st

from tests.mtoken.documents import PAYMENT, read
from tests.support.bank import EXAMPLES, Bank
from tests.support.clock import ManualClock
from tests.support.wire import Wire
from webapp.flows.signed_data import Subject, disagreements
from webapp.mtoken.attributes import (
    Money,
    OperationAttributeAlert,
    OperationAttributeAmount,
    OperationAttributeAmountConversion,
    OperationAttributeHeading,
    OperationAttributeKeyValue,
    OperationAttributeNote,
    OperationAttributePartyInfo,
    OperationAttributeUnknown,
    PartyInfo,
)
from webapp.mtoken.keeper import MemoryKeeper
from webapp.mtoken.mobile_token import WultraMobileToken
from webapp.mtoken.operation import OperationFormData, UserOperation
from webapp.mtoken.power_auth import PowerAuth, PowerAuthConfiguration
from webapp.powerauth.activation_code import parse_activation_code
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend
from webapp.sandbox.money import money as as_written
from webapp.sandbox.transport import InMemoryTransport

LANGUAGES = ["en", "cs", "de", "ar"]
URL = "https://bank.example/enrollment-server"
MOMENT = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
GERMAN = "DE89370400440532013000"
CZECH = "CZ6508000000192000145399"
SLOVAK = "SK3112000000198742637541"


def operation(data, *rows):
    form = OperationFormData(attributes=rows)
    return UserOperation(
        id="1", data=data, operation_created=MOMENT, operation_expires=MOMENT, form_data=form
    )


def money(exact, code, text):
    return Money(None if exact is None else Decimal(exact), code, text, "", text)


def amount(exact, code, text):
    one = money(exact, code, text)
    return OperationAttributeAmount("", "", one.amount, code, text, "", text)


def conversion(source, target):
    return OperationAttributeAmountConversion("", "", dynamic=True, source=source, target=target)


def value(text, label="To account"):
    return OperationAttributeKeyValue("", label, text)


def found(data, *rows):
    """The subjects of all disagreements, with both sides; figures with plain spaces."""
    all_of_them = disagreements(operation(data, *rows))
    return [
        (
            one.subject,
            one.signed.replace("\u00a0", " "),
            tuple(text.replace("\u00a0", " ") for text in one.shown),
        )
        for one in all_of_them
    ]


def subjects(data, *rows):
    return [one.subject for one in disagreements(operation(data, *rows))]


@pytest.fixture(scope="module")
def alice_token():
    """Alice's token at a bank that has offered her everything it knows."""
    with Backend(":memory:", clock=ManualClock(), random=system_random) as sandbox:
        wire = Wire(InMemoryTransport(sandbox, URL))
        configuration = PowerAuthConfiguration(URL, SdkConfiguration.parse(sandbox.sdk_configuration()))
        power_auth = PowerAuth(configuration, wire, MemoryKeeper(), clock=ManualClock())
        bank = Bank(sandbox.admin)
        offer = bank.gives_code("Alice")
        power_auth.create_activation(parse_activation_code(offer.scanned), "kitchen")
        power_auth.commit_activation("2580")
        bank.commits(offer.activation_id)
        for template in EXAMPLES:
            bank.offers("Alice", template)
        yield WultraMobileToken(power_auth)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_honest_bank_is_never_doubted(alice_token, language):
    alice_token.set_accept_language(language)
    offered = alice_token.operations.pending_list().response_object
    assert {one.name for one in offered} == set(EXAMPLES) - {"broken"}
    assert [(one.name, disagreements(one)) for one in offered if disagreements(one)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", ["1234567.5", "-75", "64000", "0.1234567890123456789", "98000.125"])
def test_amounts_as_the_bank_writes_them_are_never_doubted(language, number):
    for code in [*list_currencies(), "BTC"]:
        written = as_written(number, code, language)
        row = OperationAttributeAmount("", "", *(getattr(written, name) for name in Money.__slots__))
        assert found(f"A1*A{number}{code}", row) == []
        assert found(f"A1*A{number}{code}", replace(row, amount=None, currency=None)) == []


@given(
    st.decimals(-(10**9), 10**9, places=2),
    st.decimals(-(10**9), 10**9, places=2),
    st.sampled_from(LANGUAGES),
)
def test_any_other_amount_is_noticed(signed, shown, language):
    written = as_written(f"{shown:f}", "EUR", language).value_formatted
    expected = [] if abs(signed) == abs(shown) else [Subject.AMOUNT]
    assert subjects(f"A1*A{signed:f}EUR", amount(None, None, written)) == expected
    assert subjects(f"A1*A{signed:f}EUR", amount(f"{shown:f}", "EUR", written)) == expected
    assert subjects(f"A1*A{signed:f}EUR", amount(f"{signed:f}", "EUR", written)) == expected


@pytest.mark.parametrize(
    ("data", "row"),
    [
        ("A1*A100CZK", amount("100.00", "CZK", "100,00 Kč")),
        ("A1*A-75EUR", amount("75", "EUR", "€75.00")),
        ("A1*A75EUR", amount("-75", "eur", "-€75.00")),
        ("A1*A2450.5EUR", amount("2450.5", None, "2.450,50")),
        ("A1*A1234.5CHF", amount(None, None, "CHF 1’234.50")),
        ("A1*A123456.78INR", amount(None, None, "₹1,23,456.78")),
        ("A1*A1234.5KWD", amount(None, None, "\u061cد.ك. ١٬٢٣٤٫٥٠٠\u200f")),
        ("A1*A1250CZK", amount(None, None, "1.250,- Kč")),
        ("A1*A.5USD", amount(None, None, "$.50")),
        ("A1*A500INR", amount(None, None, "Rs.500")),
        ("A1*A2450EUR", amount(None, None, "2,450 €")),
        ("A1*A2.45EUR", amount(None, None, "2,450 €")),
        ("A1*A450EUR", amount(None, None, "2 x 450 €")),
        ("A1*A100CZK", amount("100", "CZK", "CZK 100 (about €4)")),
        ("A1*A100CAD", amount(None, None, "$100")),
        ("A1*A100RSD", amount("100", "RSD", "100 DIN")),
        ("A1*A120USD", conversion(money("120", "USD", "US$120"), money("2763.6", "CZK", "2 763,60 Kč"))),
        ("A1*A2763.6CZK", conversion(money("120", "USD", "US$120"), money("2763.6", "CZK", "2 763,60 Kč"))),
    ],
)
def test_the_same_amount_in_other_words_is_the_same(data, row):
    assert found(data, row) == []


@pytest.mark.parametrize(
    ("data", "row", "expected"),
    [
        (
            "A1*A100CZK",
            amount("1000", "CZK", "1 000,00 Kč"),
            (Subject.AMOUNT, "100 CZK", ("1 000,00 Kč",)),
        ),
        ("A1*A100CZK", amount("100", "CZK", "1,00 Kč"), (Subject.AMOUNT, "100 CZK", ("1,00 Kč",))),
        ("A1*A100CZK", amount("100.01", "CZK", "100"), (Subject.AMOUNT, "100 CZK", ("100",))),
        (
            "A1*A100CZK",
            amount("100", "CZK", "next to nothing"),
            (Subject.AMOUNT, "100 CZK", ("next to nothing",)),
        ),
        ("A1*A450EUR", amount(None, None, "2 450,00 €"), (Subject.AMOUNT, "450 EUR", ("2 450,00 €",))),
        (
            "A1*A100.50CZK",
            amount("100.50", "EUR", "100,50 EUR"),
            (Subject.CURRENCY, "100.50 CZK", ("100,50 EUR",)),
        ),
        (
            "A1*A100CZK",
            amount(None, None, "100 E\u200bUR"),
            (Subject.CURRENCY, "100 CZK", ("100 E\u200bUR",)),
        ),
        ("A1*A100CZK", amount("100", "CZK", "€100"), (Subject.CURRENCY, "100 CZK", ("€100",))),
        ("A1*A100EUR", amount(None, None, "100 Kč"), (Subject.CURRENCY, "100 EUR", ("100 Kč",))),
        ("A1*A100EUR", amount(None, None, "US$100.00"), (Subject.CURRENCY, "100 EUR", ("US$100.00",))),
        ("A1*A100EUR", amount(None, None, "100 BTC"), (Subject.CURRENCY, "100 EUR", ("100 BTC",))),
        ("A1*A100DOG", amount(None, None, "100 CAT"), (Subject.CURRENCY, "100 DOG", ("100 CAT",))),
        ("A1*A100BTC", amount(None, None, "100 ETH"), (Subject.CURRENCY, "100 BTC", ("100 ETH",))),
        ("A1*A100BTC", amount("100", "EUR", "100"), (Subject.CURRENCY, "100 BTC", ("100",))),
        (
            "A1*A12USD",
            conversion(money("120", "USD", "US$120"), money("2763.6", "CZK", "2 763,60 Kč")),
            (Subject.AMOUNT, "12 USD", ("US$120", "2 763,60 Kč")),
        ),
        (
            "A1*A120USD",
            conversion(money("120", "USD", "US$120"), money("2763.6", "CZK", "2,76 Kč")),
            (Subject.WRITTEN_AMOUNT, "2763.6 CZK", ("2,76 Kč",)),
        ),
    ],
)
def test_another_amount_or_currency_is_told_with_both_sides(data, row, expected):
    assert found(data, row) == [expected]


# They are no money any more, and some languages write them like one that is.
GONE = {"CYP", "IEP", "ILP", "ILR", "MTP", "RHD"}


def test_no_symbol_of_any_language_is_taken_for_another_currency():
    for language in locale_identifiers():
        for code, symbol in Locale.parse(language).currency_symbols.items():
            if "_" not in language and code not in GONE:
                assert found(f"A1*A100{code}", amount(None, None, f"100\u00a0{symbol}")) == []


def test_a_fee_beside_the_amount_is_no_other_amount():
    fee, total = amount("2", "EUR", "€2"), amount("102", "EUR", "€102")
    assert found("A1*A102EUR", fee, total) == []
    assert found("A1*A100EUR", fee, total) == [(Subject.AMOUNT, "100 EUR", ("€2", "€102"))]


def test_a_fee_that_contradicts_itself_is_told():
    assert found("A1*A100EUR", amount("100", "EUR", "€100"), amount("2", "EUR", "€3")) == [
        (Subject.WRITTEN_AMOUNT, "2 EUR", ("€3",))
    ]


def test_of_two_signed_amounts_one_need_not_be_shown():
    assert found("A1*A100EUR*A5USD", amount("100", "EUR", "€100")) == []
    assert found("A1*A100EUR*A5USD", amount("100", "EUR", "€100"), amount("7", "USD", "$7")) == [
        (Subject.AMOUNT, "5 USD", ("$7",))
    ]


NOTHING = [
    amount("7", "EUR", "€8"),
    value(CZECH),
    value("2001-01-01"),
    OperationAttributeNote("", "", "19-2000145399/0800"),
]


@pytest.mark.parametrize(
    "data",
    [
        "",
        "Pay 100 CZK",
        "A0*TPay 100 CZK to DE89370400440532013000 on 20260331",
        "A0*Dear customer*A100CZK",
        "A1*A${amount}${currency}*I${iban}",
        "A1*A100CZK*T1*T2*T3*T4*T5*T6",
        "A2*Rw-7731",
        "A1***",
        "A1*Qmy savings account*Q4711",
        "A1*NDE89370400440532013000*X100CZK",
    ],
)
def test_data_that_names_nothing_comparable_says_nothing(data):
    assert found(data, *NOTHING) == []


def test_what_is_signed_need_not_be_shown():
    assert found("A1*A100CZK*IDE89370400440532013000**D20260331") == []
    texts = (
        OperationAttributeHeading("", "100 EUR"),
        OperationAttributeAlert("", "", title=CZECH),
        OperationAttributeUnknown("", "", "AMOUNT", (("value", CZECH),)),
        amount(None, None, "see the invoice"),
        value("Order 5521/2026"),
        value("5521/2026"),
        value("12345678/2026"),
        value("12/3456"),
        value("DE00370400440532013000"),
        value("Please pay to account"),
        value("31.02.2026"),
        value("12. 10. 1447"),
        value("03/2026"),
        value(""),
    )
    assert found("A1*A100CZK*IDE89370400440532013000**D20260331", *texts) == []


@pytest.mark.parametrize(
    ("signed", "shown"),
    [
        (f"I{GERMAN}", GERMAN),
        (f"I{GERMAN},COBADEFFXXX", "DE89 3704 0044 0532 0130 00"),
        (f"I{GERMAN}", "IBAN: de89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000"),
        (f"I{GERMAN}", f"\u2066{GERMAN}\u2069"),
        ("QDE89 3704 0044 0532 0130 00", GERMAN),
        (f"I{CZECH}", "19-2000145399/0800"),
        (f"I{CZECH}", "000019-2000145399/0800"),
        (f"I{SLOVAK}", "19-8742637541/1200"),
        ("Q19-2000145399/0800", CZECH),
        ("Q19-8742637541 / 1200", "SK31 1200 0000 1987 4263 7541"),
        ("Q2001234567/2010", "2001234567/2010"),
        ("Q2001234567/2010", "000000-2001234567 / 2010"),
        ("Q2001234567/2010", "2001234567/2010 (Jan Novák)"),
        ("Q123456789/0100", "0123456789/0100"),
        (f"I{GERMAN}", f"Hausverwaltung Nord, {GERMAN}"),
    ],
)
def test_the_same_account_in_other_notation_is_the_same(signed, shown):
    own = value("115-4488990217/0800", label="From account")
    for row in (
        value(shown),
        OperationAttributeNote("", "", shown),
        OperationAttributePartyInfo("", "", PartyInfo(name="Bob", description=shown)),
    ):
        assert found(f"A1**{signed}", row) == []
        assert found(f"A1**{signed}", own, row) == []


@pytest.mark.parametrize(
    ("signed", "shown"),
    [
        (f"I{GERMAN}", CZECH),
        (f"I{GERMAN}", "IBAN CZ65 0800 0000 1920 0014 5399"),
        (f"I{GERMAN}", "CZ65\u200b08000000192000145399"),
        (f"I{GERMAN}", "2001234567/2010"),
        (f"I{CZECH}", SLOVAK),
        (f"I{CZECH}", "18-2000145399/0800"),
        (f"I{CZECH}", "2000145399/0800"),
        ("Q2000145399/0800", "19-2000145399/0800"),
        ("Q2001234567/2010", "2001234568/2010"),
        ("Q2001234567/2010", "2001234567/0100"),
        ("Q2001234567/2010", GERMAN),
        ("QDE89 3704 0044 0532 0130 00", CZECH),
    ],
)
def test_another_account_is_told(signed, shown):
    assert found(f"A1**{signed}", value(shown)) == [(Subject.ACCOUNT, signed[1:], (shown,))]


@pytest.mark.parametrize("longer", ["12345678901234/0800", "5678901234/08001", "19-5678901234/0800"])
def test_a_part_of_a_longer_number_is_not_the_account(longer):
    own = "115-4488990217/0800"
    told = (own,) if not longer.startswith("19-") else (own, longer)
    assert found("A1*Q5678901234/0800", value(own), value(longer)) == [
        (Subject.ACCOUNT, "5678901234/0800", told)
    ]


def test_of_two_signed_accounts_one_need_not_be_shown():
    assert found(f"A1*I{GERMAN}*I{CZECH}", value(CZECH)) == []
    assert found(f"A1*I{GERMAN}*I{CZECH}", value(CZECH), value(SLOVAK)) == [
        (Subject.ACCOUNT, GERMAN, (SLOVAK,))
    ]


@pytest.mark.parametrize(
    "shown",
    [
        "2026-03-31",
        "31.03.2026",
        "31. 3. 2026",
        "31.\u00a03.\u00a02026",
        "03/31/2026",
        "31/03/2026",
        "31-03-2026",
        "2026. 03. 31.",
        "٣١/٠٣/٢٠٢٦",
        "31 March 2026",
        "31.03.26",
        "31.03.2026 14:05",
    ],
)
def test_the_same_day_in_other_words_is_the_same(shown):
    assert found("A1***D20260331", value(shown), value("1. 3. 2026", label="Invoice of")) == []


@pytest.mark.parametrize(
    "shown",
    ["2026-03-30", "30.03.2026", "3. 1. 2026", "31/03/2025", "01/03/2026", "\u200e2026-\u200e03-30\u200e"],
)
def test_another_day_is_told(shown):
    assert found("A1***D20260331", value(shown)) == [(Subject.DATE, "2026-03-31", (shown,))]


@pytest.mark.parametrize("vague", ["30 March 2026", "31 March 2025", "31. 4. 26 ", "31/2026", "March"])
def test_a_text_of_another_day_stands_in_for_none(vague):
    assert found("A1***D20260331", value(vague), value("2026-03-01")) == [
        (Subject.DATE, "2026-03-31", ("2026-03-01",))
    ]
    assert found("A1***D20260331", value(vague)) == []


def test_between_dots_the_day_comes_first():
    assert found("A1*D20261203", value("03.12.2026")) == []
    assert subjects("A1*D20260312", value("03.12.2026")) == [Subject.DATE]


@pytest.mark.parametrize("day", ["20260312", "20261203"])
def test_either_reading_of_a_day_and_a_month_will_do(day):
    assert found(f"A1*D{day}", value("03/12/2026")) == []


def test_a_row_that_repeats_the_signed_note_names_the_note():
    data = f"A1*I{GERMAN}*D20260331*N{CZECH}*R2026-01-01*T30. 1. 2026"
    note = OperationAttributeNote("", "", CZECH)
    assert found(data, note, value("2026-01-01"), value("30. 1. 2026")) == []
    assert found(data, note, value(SLOVAK)) == [(Subject.ACCOUNT, GERMAN, (SLOVAK,))]
    assert found(f"A1*I{GERMAN}*N{GERMAN}", value(GERMAN), value(SLOVAK)) == []


def test_everything_at_once_is_told_in_order_and_once():
    rows = (amount("7", "EUR", "€7"), value(CZECH), value("2026-04-01"))
    assert subjects(f"A1*A100EUR*I{GERMAN}*D20260331", *rows, *rows) == [
        Subject.AMOUNT,
        Subject.ACCOUNT,
        Subject.DATE,
    ]


def test_the_example_of_the_specification_with_one_thing_changed():
    assert disagreements(read(PAYMENT)) == ()
    for before, after, subject in [
        ("A2450.50EUR", "A24500.50EUR", Subject.AMOUNT),
        ("A2450.50EUR", "A2450.50CZK", Subject.CURRENCY),
        ("*IDE89370400440532013000", "*ICZ6508000000192000145399", Subject.ACCOUNT),
    ]:
        assert [one.subject for one in disagreements(read(PAYMENT.replace(before, after)))] == [subject]


def test_what_is_signed_stays_out_of_logs():
    (one,) = disagreements(operation("A1*A100EUR", amount("7", "EUR", "€7")))
    assert "100" not in repr(one)
    assert "7" not in repr(one)


FIGURES = st.decimals(-(10**20), 10**20, allow_nan=False, allow_infinity=False)
TEXTS = st.text() | st.sampled_from(
    [CZECH, GERMAN, "19-2000145399/0800", "2026-03-31", "1 234,50 €", "1.2.3,4"]
)
SIDES = st.builds(Money, st.none() | FIGURES, st.none() | TEXTS, TEXTS, TEXTS, TEXTS)
ROWS = st.one_of(
    st.builds(
        OperationAttributeAmount, TEXTS, TEXTS, st.none() | FIGURES, st.none() | TEXTS, TEXTS, TEXTS, TEXTS
    ),
    st.builds(OperationAttributeAmountConversion, TEXTS, TEXTS, st.booleans(), SIDES, SIDES),
    st.builds(OperationAttributeKeyValue, TEXTS, TEXTS, TEXTS),
    st.builds(OperationAttributeNote, TEXTS, TEXTS, TEXTS),
    st.builds(OperationAttributePartyInfo, TEXTS, TEXTS, st.builds(PartyInfo, name=TEXTS, description=TEXTS)),
)
FIELDS = st.one_of(
    st.builds("A{:f}EUR".format, FIGURES),
    st.dates().map("D{:%Y%m%d}".format),
    st.sampled_from([f"I{CZECH}", "Q19-2000145399/0800", "I1", "Q", "Q0-00/0100", "", "Tx"]),
    st.text(),
)


@given(st.lists(FIELDS, max_size=6), st.lists(ROWS, max_size=5))
def test_any_operation_is_compared(fields, rows):
    for one in disagreements(operation("*".join(["A1", *fields]), *rows)):
        assert one.signed
        assert one.shown


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "1.", "0", " ", "A1", "€", "1-1/", "1/1111 ", "DE89", "١", "\u200b"]
)
def test_a_very_large_operation_is_compared_too(piece):
    text = (piece * 20_000)[:20_000]
    rows = [amount("1", "EUR", text), value(text), OperationAttributeNote("", "", text)] * 20
    disagreements(operation(f"A1*A5EUR*I{CZECH}*Q{GERMAN}*D20260331", *rows))
