"""What an operation from a QR code asks of the person."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.qr.payloads import payload
from webapp.flows.answer import Answer, confirm_offline
from webapp.flows.errors import AnswerRefused
from webapp.flows.offline_demands import OfflineDemands, offline_demands_of
from webapp.flows.pin import KnowledgeRules
from webapp.flows.policy import Policy, RetypeRule
from webapp.flows.retype import RetypeKind, fields_exceed, retype_of_fields
from webapp.powerauth.offline_operation import QROperation, QROperationParser
from webapp.powerauth.operation_data import AccountField, AmountField, AnyAccountField, DateField, TextField
from webapp.powerauth.protocol import SignatureType

IBAN = AccountField("DE89370400440532013000", None)
RENT = AmountField(Decimal("1250.50"), "EUR")


def operation(flags: str = "", data: str = "A1*A1250.50EUR*IDE89370400440532013000") -> QROperation:
    return QROperationParser.parse(payload(flags=flags, data=data))


def demands(flags: str = "", **choices) -> OfflineDemands:
    return offline_demands_of(operation(flags), Policy(**choices))


def test_without_a_flag_nothing_is_asked():
    assert demands() == OfflineDemands(warns=False, asks_about_call=False, retype=None, flips_buttons=False)
    assert demands("B") == demands()


def test_every_flag_asks_for_its_own():
    assert demands("F").warns
    assert demands("C").asks_about_call
    assert demands("X").flips_buttons


@pytest.mark.parametrize(
    ("flags", "choices", "asked"),
    [
        ("", {"retype": RetypeRule.ALWAYS}, True),
        ("F", {"retype": RetypeRule.OFF}, False),
        ("F", {}, True),
        ("", {}, False),
        ("", {"limits": {"EUR": Decimal(1000)}}, True),
        ("", {"limits": {"EUR": Decimal(2000)}}, False),
        ("", {"limits": {"CZK": Decimal(25_000)}}, True),
    ],
)
def test_retyping_follows_the_operators_rule(flags, choices, asked):
    assert (demands(flags, **choices).retype is not None) == asked


@pytest.mark.parametrize(
    ("fields", "kind", "right", "wrong"),
    [
        ((RENT, IBAN), RetypeKind.ACCOUNT, "3000", "1250.50"),
        ((AnyAccountField("115-4488990217/0800"), RENT), RetypeKind.ACCOUNT, "0800", "0217"),
        ((AnyAccountField("77"), RENT), RetypeKind.AMOUNT, "1 250,50", "77"),
        ((RENT,), RetypeKind.AMOUNT, "1,250.50 EUR", "1250.05"),
        ((AmountField(Decimal("-0.50"), "EUR"),), RetypeKind.AMOUNT, "0,5", "5"),
    ],
)
def test_the_account_is_typed_or_else_the_amount(fields, kind, right, wrong):
    retype = retype_of_fields(fields)
    assert retype is not None
    assert retype.kind is kind
    assert retype.matches(right)
    assert not retype.matches(wrong)


def test_where_there_is_neither_nothing_is_typed():
    assert retype_of_fields((TextField("Log in"), DateField(date(2026, 3, 31)))) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2))
def test_whoever_reads_an_amount_can_type_it(amount):
    retype = retype_of_fields((AmountField(amount, "EUR"),))
    assert retype is not None
    assert retype.matches(f"{amount:f}")
    assert retype.matches(f"{amount:,f}".replace(",", "\u00a0").replace(".", ",") + " EUR")


def test_limits_that_are_not_set_are_never_exceeded():
    assert not fields_exceed((RENT,), {})
    assert not fields_exceed((IBAN,), {"EUR": Decimal(1)})


def test_everything_that_is_missing_is_named_at_once():
    asked = demands("FC")
    with pytest.raises(AnswerRefused) as caught:
        confirm_offline(Answer(pin="12"), asked, rules=KnowledgeRules())
    assert caught.value.problems == {
        "read": "offline.warning_unread",
        "on_call": "call.unanswered",
        "retyped": "retyped.missing",
        "pin": "pin.malformed",
    }
    answer = Answer(pin="2580", on_call="no", retyped="3000", is_read=True)
    confirmed = confirm_offline(answer, asked, rules=KnowledgeRules())
    assert confirmed.signature_type is SignatureType.POSSESSION_KNOWLEDGE
