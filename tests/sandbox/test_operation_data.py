"""From a template and parameters to the text that is signed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.sandbox.errors import AdminError
from webapp.sandbox.forms import templates
from webapp.sandbox.operation_data import escape, operation_data

# The literal results of mobile-token-api.md, section 9.
SIGNED = {
    "login": "A2*Rw-7731",
    "payment": "A1*A2450.50EUR*IDE89370400440532013000**D20260331*NRent \\* March\\nflat 4",
    "payment_conversion": "A1*A120USD*Q115-4488990217/0800*NTickets",
    "payment_invoice": "A1*A389CZK*Q2001234567/2010*R2026-0017",
    "payment_warning": "A1*A98000CZK*ICZ6508000000192000145399",
    "login_nearby": "A2*Rk-2209",
    "shop": "A1*A1799CZK*TOrder 5521",
    "limit": "A0*T50000 CZK per day",
    "login_kiosk": "A2*RKiosk 12",
    "consent": "A0*TMonthly statement by e-mail",
}


@pytest.mark.parametrize("name", SIGNED)
def test_the_operations_of_the_specification(name):
    (template,) = (known for known in templates() if known.template_name == name)
    assert operation_data(template.data_template, template.parameters) == SIGNED[name]


@pytest.mark.parametrize(
    ("template", "result"),
    [
        ("${a}", "1"),
        ("${b}", "${b}"),
        ("${b:-text}", "text"),
        ("${a:-text}", "1"),
        ("$${a}", "${a}"),
        ("a}{$", "a}{$"),
    ],
)
def test_placeholders(template, result):
    assert operation_data(template, {"a": "1"}) == result


@pytest.mark.parametrize("value", ["\r", "\t", "\0", "\x1f", "${a}"])
def test_values_that_are_refused(value):
    with pytest.raises(AdminError) as refused:
        operation_data("${a}", {"a": value})
    assert refused.value.code == "ERR0024"


@given(st.text(alphabet="ab\\*\n n"))
def test_no_value_breaks_out_of_its_field(value):
    """Reading the escapes in one pass gives the value back, and no bare asterisk is left."""
    written, read, at = escape(value), "", 0
    while at < len(written):
        assert written[at] not in "*\n"
        step = 2 if written[at] == "\\" else 1
        read += {"\\n": "\n"}.get(written[at : at + step], written[at + step - 1])
        at += step
    assert read == value
