"""Forms become typed values, or errors per field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.flows.pin import KnowledgeKind, KnowledgeRules
from webapp.flows.ways_in import OtpRule
from webapp.web.field_words import FIELDS
from webapp.web.forms import ApproveForm, EnrolForm, RejectForm

RULES = KnowledgeRules()
CODE = "AERUK-Z4JVP-G66EB-S6C3Q"
GOOD = {"code": CODE, "name": "Laptop", "pin": "2580", "pin_again": "2580"}


def test_a_good_form_has_no_errors():
    form = EnrolForm.parse(GOOD, RULES)
    assert (form.code, form.name, form.pin, form.errors) == (CODE, "Laptop", "2580", {})


@pytest.mark.parametrize(
    ("changed", "field", "key"),
    [
        ({"code": " "}, "code", "activation.code.missing"),
        ({"code": "AERUK"}, "code", "activation.code.format"),
        ({"code": "AERUK-Z4JVP-G66EB-S6C3R"}, "code", "activation.code.tail"),
        ({"code": "AERUK-ZJ4VP-G66EB-S6C3Q"}, "code", "activation.code.checksum"),
        ({"code": f"{CODE}#?"}, "code", "activation.code.signature"),
        ({"code": "A" * 5000}, "code", "activation.code.format"),
        ({"name": " \u200b "}, "name", "name.missing"),
        ({"pin": "", "pin_again": ""}, "pin", "pin.too_short"),
        ({"pin": "2580", "pin_again": "2581"}, "pin_again", "pin.differ"),
        ({"pin": "1234", "pin_again": "1234"}, "pin", "pin.sequence"),
        ({"pin": "25 80", "pin_again": "25 80"}, "pin", "pin.characters"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changed, field, key):
    form = EnrolForm.parse({**GOOD, **changed}, RULES)
    assert form.errors == {field: key}
    assert key in FIELDS


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_the_page():
    assert list(EnrolForm.parse({}, RULES).errors) == ["code", "name", "pin"]


@pytest.mark.parametrize("typed", ["٢٥٨٠", "２５８０", " 2580\n", "२५८०"])
def test_digits_of_another_script_are_the_same_digits(typed):
    assert EnrolForm.parse({**GOOD, "pin": typed, "pin_again": "2580"}, RULES).pin == "2580"


def test_a_one_time_password_is_read_where_the_operator_wants_one():
    sent = {**GOOD, "otp": " 4711 "}
    assert EnrolForm.parse(sent, RULES).otp is None
    assert EnrolForm.parse(sent, RULES, OtpRule.OPTIONAL).otp == "4711"
    assert EnrolForm.parse(GOOD, RULES, OtpRule.OPTIONAL).errors == {}
    assert EnrolForm.parse(GOOD, RULES, OtpRule.REQUIRED).errors == {"otp": "activation.otp.missing"}


def test_a_password_is_read_by_the_rules_of_passwords():
    rules = KnowledgeRules(KnowledgeKind.PASSWORD, 8, 64)
    sent = {**GOOD, "pin": "seven owls", "pin_again": "seven\u00a0owls"}
    assert EnrolForm.parse(sent, rules).pin == "seven owls"
    long = "x1" * 200
    assert EnrolForm.parse({**GOOD, "pin": long, "pin_again": long}, rules).errors == {"pin": "pin.too_long"}


def test_a_page_without_a_pin_field_sends_none():
    assert ApproveForm.parse({"snapshot": "x"}).pin is None
    assert ApproveForm.parse({"snapshot": "x", "pin": ""}).pin == ""


def test_no_form_shows_its_secrets():
    shown = repr([EnrolForm.parse(GOOD, RULES), ApproveForm.parse({"snapshot": "signed", "pin": "2580"})])
    assert "2580" not in shown
    assert CODE not in shown
    assert "signed" not in shown


@given(
    st.dictionaries(st.sampled_from(["code", "name", "pin", "pin_again", "snapshot", "reason"]), st.text())
)
def test_any_fields_are_read_and_bounded(fields):
    form = EnrolForm.parse(fields, RULES)
    assert set(form.errors.values()) <= set(FIELDS)
    assert len(form.code) <= 301
    assert len(form.pin) <= 32
    assert len(ApproveForm.parse(fields).snapshot) <= 4096
    assert len(RejectForm.parse(fields).reason) <= 32
