"""mobile-token-api.md, section 8.2: the best language counts, its region does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.sandbox.languages import best_language, choose


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("cs", "cs"),
        ("cs-CZ", "cs"),
        ("CS-cz", "cs"),
        ("zh-Hant-TW", "zh"),
        ("cs-CZ,cs;q=0.9,en;q=0.8", "cs"),
        ("en;q=0.3, de;q=0.7", "de"),
        ("de;q=0.5,cs;q=0.5", "de"),
        ("de ; q=0.5 , ar", "ar"),
        ("cs;q=0", "en"),
        ("*", "en"),
        ("*,de;q=0.1", "de"),
        ("cs;q=abc,de;q=0.2", "de"),
        ("../../etc,ar;q=0.2", "ar"),
        (",,;q=1,", "en"),
    ],
)
def test_the_best_language_of_a_header(header, language):
    assert best_language(header) == language


@pytest.mark.parametrize(
    ("available", "header", "chosen"),
    [
        (["en", "cs"], "cs-CZ", "cs"),
        (["en", "cs"], "fr,cs;q=0.9", "en"),
        (["de", "cs"], "fr", "de"),
        ([], "en", None),
    ],
)
def test_english_and_then_anything_stand_in(available, header, chosen):
    assert choose(available, header) == chosen


@given(st.text())
def test_any_header_gives_a_language(header):
    assert best_language(header).isalpha()
