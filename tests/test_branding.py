"""The operator's logo and colours: what cannot be read well does not start."""

import re
from pathlib import Path

import pytest

from webapp.branding import DARK_GROUNDS, LIGHT_GROUNDS, Branding, contrast
from webapp.environment import Reader

CSS = (Path(__file__).parents[1] / "static/css/app.css").read_text(encoding="utf-8")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 24"><path d="M0 0h48v24z"/></svg>'
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\x0dIHDR" + (60).to_bytes(4) + (20).to_bytes(4) + b"\x08\x06\0\0\0"


def read(**variables: str) -> tuple[Branding, list[str]]:
    reader = Reader({f"ASSENT_{name}": value for name, value in variables.items()})
    return Branding.read(reader), reader.problems


def sheets() -> tuple[dict[str, str], dict[str, str]]:
    """The custom properties of the stylesheet: those of light, and those of dark."""
    light, dark = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[:2]
    return dict(re.findall(r"--([\w-]+): (#\w+);", light)), dict(re.findall(r"--([\w-]+): (#\w+);", dark))


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.0),
        ("#123456", "#123456", 1),
    ],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.01)


def test_the_grounds_are_those_of_the_stylesheet():
    for grounds, found in zip((LIGHT_GROUNDS, DARK_GROUNDS), sheets(), strict=True):
        assert {name: found[name] for name in grounds} == grounds


def test_what_stands_on_the_colour_is_beyond_its_grounds():
    """So a colour with enough contrast on its grounds carries the words of a button, too."""
    light, dark = sheets()
    assert all(
        contrast("#000000", light["on-accent"]) >= contrast("#000000", one) for one in LIGHT_GROUNDS.values()
    )
    assert all(
        contrast("#ffffff", dark["on-accent"]) >= contrast("#ffffff", one) for one in DARK_GROUNDS.values()
    )


@pytest.mark.parametrize("number", [0, 1], ids=["light", "dark"])
def test_our_own_colours_can_be_read_everywhere(number):
    found, grounds = sheets()[number], (LIGHT_GROUNDS, DARK_GROUNDS)[number]
    for name in ("ink", "soft", "accent"):
        for ground in grounds.values():
            assert contrast(found[name], ground) >= 4.5, (name, ground)
    for name in ("good", "care", "danger"):
        for ground in (found["paper"], found["sheet"], found[f"{name}-tint"]):
            assert contrast(found[name], ground) >= 4.5, (name, ground)
    for ground in (found["paper"], found["sheet"]):
        assert contrast(found["edge"], ground) >= 3, "the border of a field"


def test_nothing_has_to_be_chosen():
    assert read() == (Branding(), [])


def test_colours_are_taken():
    found, problems = read(COLOUR="#8A1538", COLOUR_DARK="#f2a0b5")
    assert (found.light, found.dark, problems) == ("#8a1538", "#f2a0b5", [])


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"COLOUR": "#ff6600"}, "ASSENT_COLOUR: its contrast is 2.5:1 on #fcebea, at least 4.5:1 is needed"),
        (
            {"COLOUR_DARK": "#0a4a8c"},
            "ASSENT_COLOUR_DARK: its contrast is 1.6:1 on #1f2c3a, at least 4.5:1 is needed",
        ),
        ({"COLOUR": "red"}, "ASSENT_COLOUR: a colour such as #0a4a8c"),
        ({"COLOUR": "#0a4a8c;}"}, "ASSENT_COLOUR: a colour such as #0a4a8c"),
        ({"LOGO": "/nowhere/logo.svg"}, "ASSENT_LOGO: a file that can be read (No such file or directory)"),
        ({"LOGO": "/"}, "ASSENT_LOGO: a file that can be read (Is a directory)"),
    ],
)
def test_what_cannot_be_used_is_named(variables, problem):
    assert read(**variables)[1] == [problem]


@pytest.mark.parametrize(
    ("content", "media_type", "size"),
    [(SVG.encode(), "image/svg+xml", (100, 50)), (PNG, "image/png", (60, 20))],
    ids=["svg", "png"],
)
def test_a_logo_is_read_with_its_shape(tmp_path, content, media_type, size):
    (tmp_path / "logo").write_bytes(content)
    found, problems = read(LOGO=str(tmp_path / "logo"))
    assert problems == []
    assert found.logo is not None
    assert (found.logo.content, found.logo.media_type) == (content, media_type)
    assert (found.logo.width, found.logo.height) == size
    assert "path" not in repr(found)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"GIF89a", "a PNG file, or an SVG file with a viewBox"),
        (b"", "a PNG file, or an SVG file with a viewBox"),
        (b"\x89PNG\r\n\x1a\n", "a picture at most 4 times wider than high"),
        (b"<html/>", "a PNG file, or an SVG file with a viewBox"),
        (SVG.replace("viewBox", "box").encode(), "a PNG file, or an SVG file with a viewBox"),
        (SVG.replace("0 0 48 24", "0 0 0 0").encode(), "a PNG file, or an SVG file with a viewBox"),
        (SVG.replace("0 0 48 24", "0 0 nan inf").encode(), "a PNG file, or an SVG file with a viewBox"),
        (SVG.replace("0 0 48 24", "0 0 100 10").encode(), "a picture at most 4 times wider than high"),
        (SVG.replace("M0", "M0 " * 30_000).encode(), "a file of at most 64 KiB"),
    ],
)
def test_no_other_file_is_a_logo(tmp_path, content, problem):
    (tmp_path / "logo").write_bytes(content)
    assert read(LOGO=str(tmp_path / "logo"))[1] == [f"ASSENT_LOGO: {problem}"]
