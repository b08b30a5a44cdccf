"""Titles and messages on one line: formats.md, section 2.5."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.powerauth.operation_data import unescape
from webapp.sandbox.operation_data import escape_heading


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("C:\\new", "C:\\\\new"),
        ("one\ntwo", "one\\ntwo"),
        ("a * b", "a * b"),
        ("wide \t\u00a0gap", "wide gap"),
        ("bell\x07 and\x7f delete", "bell and delete"),
        ("", ""),
    ],
)
def test_a_heading_is_written_on_one_line(text, line):
    assert escape_heading(text) == line


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]) | st.just("\n")))
def test_a_heading_comes_out_as_it_was(text):
    line = escape_heading(text)
    assert "\n" not in line
    assert unescape(line.replace("*", "\\*")) == text
