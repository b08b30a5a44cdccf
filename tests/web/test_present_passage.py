"""Long texts are folded, floods of empty lines counted, and nothing is lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.web.present_passage import LONGEST, MOST_LINES, Passage, Piece, passage

LINES = st.lists(st.text(alphabet="ab \t\u200b\u00a0", max_size=5), max_size=40).map("\n".join)


def texts(pieces) -> str:
    return "".join(piece.text for piece in pieces)


@pytest.mark.parametrize(
    "text", ["", "a", "a\n\nb", "a\n\n\nb", "x" * LONGEST, "a\n" * (MOST_LINES - 1) + "a"]
)
def test_a_short_text_is_whole(text):
    found = passage(text)
    assert found == Passage((Piece(text),), (Piece(text),), len(text), text.count("\n") + 1)
    assert not found.is_folded


@pytest.mark.parametrize("text", ["x" * (LONGEST + 1), "word " * 4000, "a\n" * MOST_LINES])
def test_a_long_text_shows_its_beginning(text):
    found = passage(text)
    assert found.is_folded
    beginning = texts(found.beginning)
    assert text.startswith(beginning)
    assert len(beginning) <= LONGEST
    assert beginning.count("\n") < MOST_LINES
    assert texts(found.whole) == text
    assert found.hidden_characters == len(text) - len(beginning)


def test_a_text_is_cut_between_words():
    assert texts(passage("one two three", longest=9).beginning) == "one two "
    assert texts(passage("onetwothree", longest=9).beginning) == "onetwothr"


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("a\n\n\n\nb", [("a", 3), ("b", 0)]),
        ("\n\n\n\nb", [("", 4), ("b", 0)]),
        ("b\n\n\n\n\n", [("b", 4), ("", 0)]),
        ("a\n \n\u200b\n\u00a0\t\n\u2800\nb", [("a", 4), ("b", 0)]),
        ("a\r\n\r\n\r\n\r\nb", [("a", 3), ("b", 0)]),
        ("a\n\n\n\nb\n\n\n\n\nc", [("a", 3), ("b", 4), ("c", 0)]),
        ("\n" * 5000, [("", 5000), ("", 0)]),
    ],
)
def test_a_flood_of_empty_lines_is_counted(text, pieces):
    found = passage(text)
    assert [(piece.text, piece.empty_lines) for piece in found.whole] == pieces
    assert not found.is_folded


def test_floods_do_not_push_the_beginning_out():
    found = passage("\n".join(["a", *[""] * 100] * 30))
    assert found.is_folded
    assert [piece.empty_lines for piece in found.beginning] == [100] * (MOST_LINES // 2)


def test_the_size_is_that_of_the_text_as_sent():
    found = passage("a\n\n\n\n" * 500)
    assert (found.characters, found.lines) == (2500, 2001)


@given(LINES, st.integers(1, 60))
def test_nothing_is_lost(text, longest):
    found = passage(text, longest)
    rebuilt = "".join(piece.text + "\n" * (piece.empty_lines > 0) for piece in found.whole)
    assert re.sub(r"[^ab]", "", rebuilt) == re.sub(r"[^ab]", "", text)
    assert sum(piece.empty_lines for piece in found.whole) <= text.count("\n") + 1
    start = found.beginning
    assert start[:-1] == found.whole[: len(start) - 1]
    assert found.whole[len(start) - 1].text.startswith(start[-1].text)
    assert len(texts(start)) <= longest or start == found.whole
