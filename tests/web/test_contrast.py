"""The stylesheet's colours, light and dark: what has to be told apart differs enough (WCAG 1.4.3, 1.4.11)."""

import re

import pytest

from tests.web.conftest import ROOT
from webapp.branding import contrast

STYLE = (ROOT / "static/css/app.css").read_text(encoding="utf-8")
GROUNDS = ("paper", "sheet", "tint", "good-tint", "care-tint", "danger-tint")
TEXTS = ("ink", "soft", "accent", "good", "care", "danger")
MARKS = ("edge", "accent", "danger", "ink")
"""Borders of fields and buttons, and the outline of the focus, which is of ink."""


def tokens(scheme: str) -> dict[str, str]:
    """The colours of a scheme by name; what the dark one does not say is as in the light one."""
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    found = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in blocks]
    assert len(found) >= 2
    return found[0] if scheme == "light" else found[0] | found[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_text_can_be_read_wherever_it_may_stand(scheme, ground, text):
    colours = tokens(scheme)
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "sheet"])
@pytest.mark.parametrize("mark", MARKS)
def test_fields_buttons_and_the_focus_can_be_made_out(scheme, ground, mark):
    colours = tokens(scheme)
    assert contrast(colours[mark], colours[ground]) >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_on_the_accent_can_be_read(scheme):
    colours = tokens(scheme)
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5
