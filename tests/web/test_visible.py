"""Nothing hides in a text that people read before they sign."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from webapp.web.visible import one_line, visible

HIDDEN = ["\x00", "\x1b", "\x7f", "\x85", "\u00ad", "\u061c", "\u200b", "\u200d", "\u200f", "\u2028"]
HIDDEN += ["\u202e", "\u2066", "\u2069", "\u3164", "\ufeff", "\ud800", "\ue000", "\U000e0041"]


@pytest.mark.parametrize("character", HIDDEN, ids=lambda character: f"U+{ord(character):04X}")
def test_a_character_that_hides_is_shown_with_its_number(character):
    page = visible(f"a{character}b")
    assert character not in page
    assert f"⟦U+{ord(character):04X}⟧" in page
    assert page.striptags().startswith("a")


@pytest.mark.parametrize("text", ["", "Příliš žluťoučký kůň", "مرحبا", "2\u00a0450,50 Kč", "🏠", "a\nb"])
def test_what_can_be_seen_stays_as_it_is(text):
    assert visible(text) == text


def test_markup_in_a_text_is_text():
    assert visible("<b onclick=x>&\"'") == "&lt;b onclick=x&gt;&amp;&#34;&#39;"
    assert visible(Markup("<b>")) == "&lt;b&gt;", "even if somebody thought that it was safe"


def test_line_breaks_of_other_systems_are_line_breaks():
    assert visible("a\r\nb") == "a\nb"


@given(st.text())
def test_any_text_can_be_put_into_a_page(text):
    page = visible(text)
    page.encode()
    left = {unicodedata.category(character) for character in page if character != "\n"}
    assert not left & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} or _is_visible_format(page)


def _is_visible_format(page: str) -> bool:
    """Some letters of category Cf have a shape of their own: number signs of Arabic and its neighbours."""
    shapes = {character for character in page if unicodedata.category(character) == "Cf"}
    return all(
        any(
            word in unicodedata.name(character, "")
            for word in (
                "SIGN",
                "MARK",
                "NUMBER",
                "JOINER",
                "HIEROGLYPH",
                "SHORTHAND",
                "MUSICAL",
                "END OF AYAH",
                "ABBREVIATION",
            )
        )
        for character in shapes
    )


@given(st.text(), st.integers(1, 80))
def test_a_name_is_one_line_of_bounded_length(text, longest):
    name = one_line(text, longest)
    assert len(name) <= longest
    assert name == name.strip()
    assert "\n" not in name
    assert visible(name).striptags() == " ".join(name.split())
