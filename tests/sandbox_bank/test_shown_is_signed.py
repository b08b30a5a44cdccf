"""What a person is shown and what they sign come from the same parameters of the same operation."""

import json

import pytest

from tests.sandbox_bank.section_9 import NAMES, OPERATIONS
from webapp.sandbox.forms import form_for, templates
from webapp.sandbox.placeholders import names

# The parameters that stand both in the form and in what is signed.
SHOWN_AND_SIGNED = {
    "login": set(),
    "payment": {"amount", "currency", "iban", "note"},
    "payment_conversion": {"sourceAmount", "sourceCurrency"},
    "payment_invoice": {"amount", "currency"},
    "payment_warning": {"amount", "currency"},
    "payment_risk": {"amount", "currency", "iban"},
    "login_nearby": set(),
    "shop": {"amount", "currency", "order"},
    "limit": {"limit"},
    "login_kiosk": {"kiosk"},
    "consent": {"text"},
}
OTHER_VALUES = {"amount": "7.31", "currency": "GBP", "sourceAmount": "7.31", "sourceCurrency": "GBP"}
PAIRS = [(name, parameter) for name, both in SHOWN_AND_SIGNED.items() for parameter in sorted(both)]


def template(name):
    return next(one for one in templates() if one.template_name == name)


def created(backend, name, parameters):
    return backend.admin(
        "/operation/create",
        {"applications": ["assent-demo"], "templateName": name, "userId": "Alice", "parameters": parameters},
    )


def attributes(operation):
    """All attributes as text, as the operation's own record gives them."""
    form = form_for(
        operation["operationType"],
        operation["parameters"],
        "en",
        risk_flags=operation.get("riskFlags"),
        proximity="proximityOtp" in operation,
        history=False,
    )
    return json.dumps(form.form_data["attributes"], default=str)


@pytest.mark.parametrize("expected", OPERATIONS, ids=NAMES)
def test_what_is_signed_is_the_data_of_the_specification(backend, expected):
    assert created(backend, expected["templateName"], expected["parameters"])["data"] == expected["data"]


@pytest.mark.parametrize("name", SHOWN_AND_SIGNED)
def test_which_parameters_are_both_shown_and_signed(name):
    known = template(name)
    for form in known.forms.values():
        shown = {parameter for one in form.attributes for parameter in one.params.values()}
        assert shown & set(names(known.data_template)) == SHOWN_AND_SIGNED[name]


@pytest.mark.parametrize(("name", "parameter"), PAIRS)
def test_a_shown_value_is_the_signed_value(backend, name, parameter):
    value = OTHER_VALUES.get(parameter, "another value")
    operation = created(backend, name, {**template(name).parameters, parameter: value})
    assert value in operation["data"]
    assert value in attributes(operation)


@pytest.mark.parametrize(("name", "parameter"), PAIRS)
def test_neither_changes_without_the_other(backend, name, parameter):
    value = OTHER_VALUES.get(parameter, "another value")
    before = created(backend, name, template(name).parameters)
    after = created(backend, name, {**template(name).parameters, parameter: value})
    assert before["data"] != after["data"]
    assert attributes(before) != attributes(after)


@pytest.mark.parametrize(
    "known", [one for one in templates() if one.forms], ids=lambda one: one.template_name
)
def test_every_text_asks_only_for_parameters_that_the_operation_has(known):
    offered = set(known.parameters)
    assert set(names(known.data_template)) <= offered
    for form in known.forms.values():
        assert {parameter for one in form.attributes for parameter in one.params.values()} <= offered
        texts = json.dumps([form.title, form.message, form.result_texts, form.ui])
        assert set(names(texts)) <= offered
