"""Nothing hides in a text that people read before they sign."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from webapp.web.visible import has_hidden, one_line, visible

HIDDEN = ["\x00", "\x1b", "\x7f", "\x85", "\u00ad", "\u061c", "\u200b", "\u200d", "\u200f", "\u2028"]
HIDDEN += ["\u202e", "\u2066", "\u2069", "\u3164", "\ufe0f", "\ufeff", "\ud800", "\ue000", "\U000e0041"]
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
KEPT = {
    "a family": FAMILY,
    "a skin and hair": "\U0001f9d1\U0001f3fd\u200d\U0001f9b0",
    "a flag of pictures": "\U0001f3f3\ufe0f\u200d\U0001f308",
    "a flag of tags": "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "a heart on fire": "\u2764\ufe0f\u200d\U0001f525",
    "a heart as text": "\u2764\ufe0e",
    "a key cap": "1\ufe0f\u20e3",
    "Persian": "می\u200cخواهد",
    "Persian with a vowel": "می\u0650\u200cخواهد",
    "a Persian year": "۱۳۰۰ ه\u200d.ش",
    "Sinhala": "ශ\u0dca\u200dර\u0dd3",
    "Hindi": "क\u094d\u200cष",
    "Bengali": "র\u200d\u09cdয",
}
TRICKS = {
    "between Latin letters": "pay\u200dpal",
    "in a number": "10\u200c000",
    "after a letter that joins nothing": "دا\u200cرا",
    "at the end of a word": "می\u200c ",
    "between letters that join anyway": "می\u200dخ",
    "in front of an emoji": "\u200d\U0001f469",
    "after an emoji": "\U0001f469\u200d",
    "a selector on a letter": "a\ufe0f",
    "a flag that does not exist": "\U0001f3f4\U000e0061\U000e007f",
    "after a vowel killer at the end": "क\u094d\u200c",
}


@pytest.mark.parametrize("character", HIDDEN, ids=lambda character: f"U+{ord(character):04X}")
def test_a_character_that_hides_is_shown_with_its_number(character):
    page = visible(f"a{character}b")
    assert character not in page
    assert f"⟦U+{ord(character):04X}⟧" in page
    assert page.striptags().startswith("a")


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_what_a_script_or_an_emoji_needs_stays(text):
    assert visible(f"a {text} b") == f"a {text} b"
    assert not has_hidden(text)


@pytest.mark.parametrize("text", TRICKS.values(), ids=TRICKS)
def test_the_same_characters_elsewhere_are_marks(text):
    assert "⟦U+" in visible(text)
    assert has_hidden(text)


def test_a_run_of_the_same_character_is_one_mark():
    assert visible("a\u200b\u200b\u200b\u202eb").striptags() == "a⟦U+200B×3⟧⟦U+202E⟧b"


def test_a_gap_that_looks_like_the_end_is_a_mark_but_no_reason_for_a_caution():
    assert visible("100\u00a0\u00a0\u00a0EUR") == "100\u00a0\u00a0\u00a0EUR"
    assert visible("100" + "\u00a0" * 40 + "000").striptags() == "100⟦U+00A0×40⟧000"
    assert not has_hidden("100" + "\u00a0" * 40 + "000")


def test_a_heap_of_accents_is_taken_apart():
    assert visible("e\u0301\u0302\u0303\u0304") == "e\u0301\u0302\u0303\u0304"
    assert visible("e" + "\u0301" * 9).striptags() == "e\u0301\u0301\u0301\u0301⟦U+0301×5⟧"


def test_a_tab_is_a_mark_but_no_reason_for_a_caution():
    assert "⟦U+0009⟧" in visible("a\tb")
    assert not has_hidden("a\tb\r\nc")
    assert has_hidden("a\rb")


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
