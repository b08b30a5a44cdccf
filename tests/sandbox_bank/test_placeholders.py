"""`${name}`: mobile-token-api.md, section 8.1."""

import pytest

from webapp.sandbox.placeholders import fill, names


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("${a}", "1"),
        ("${a}${b.c}", "12"),
        ("x${a}y", "x1y"),
        ("${missing}", "${missing}"),
        ("${missing:-nothing}", "nothing"),
        ("${missing:-}", ""),
        ("${a:-nothing}", "1"),
        ("$${a}", "${a}"),
        ("$${a}${a}", "${a}1"),
        ("${}", "${}"),
        ("${a", "${a"),
        ("$a {a} $", "$a {a} $"),
        ("${again}", "${a}"),
    ],
)
def test_filling(text, filled):
    assert fill(text, {"a": "1", "b.c": "2", "again": "${a}"}) == filled


def test_values_are_escaped_and_defaults_are_not():
    assert fill("${a}*${b:-*}", {"a": "*"}, escape=lambda value: value.replace("*", "\\*")) == "\\***"


def test_names_of_a_template():
    assert names("A1*A${amount}${currency}*N${note:-none}*T$${no}*X${amount}") == [
        "amount",
        "currency",
        "note",
    ]
