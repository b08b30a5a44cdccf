"""How the operator's site looks: a logo and two colours, checked before the site starts.

Sources: WCAG 2.2, "relative luminance" and "contrast ratio"; PNG (third edition), 11.2.1 (IHDR).
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self
from xml.etree import ElementTree as ET

from webapp.environment import Reader

LEAST_CONTRAST: Final = 4.5
"""Of text of any size, WCAG level AA."""
LIGHT_GROUNDS: Final = MappingProxyType(
    {
        "paper": "#f3f5f8",
        "sheet": "#ffffff",
        "tint": "#e9f0f8",
        "good-tint": "#e8f4ed",
        "care-tint": "#fdf3dd",
        "danger-tint": "#fcebea",
    }
)
DARK_GROUNDS: Final = MappingProxyType(
    {
        "paper": "#0f141a",
        "sheet": "#19212a",
        "tint": "#1f2c3a",
        "good-tint": "#17291f",
        "care-tint": "#2c2414",
        "danger-tint": "#351d1c",
    }
)
"""What links stand on, as in static/css/app.css. On the colour itself stands white, or almost black."""
MAX_LOGO_BYTES: Final = 64 * 1024
MAX_LOGO_SIDES: Final = 4
"""How many times wider than high a logo may be; the name stands beside it."""

_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_SVG: Final = "{http://www.w3.org/2000/svg}svg"


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture; the numbers say its shape, so that its place is kept while it loads."""

    content: bytes = field(repr=False)
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Branding:
    """What the operator has chosen; None: as it comes."""

    logo: Logo | None = None
    light: str | None = None
    """The main colour where the system is light, such as `#0a4a8c`."""
    dark: str | None = None

    @classmethod
    def read(cls, reader: Reader) -> Self:
        values: dict[str, Any] = {
            "logo": reader.read("ASSENT_LOGO", _logo),
            "light": reader.read("ASSENT_COLOUR", _colour_on(LIGHT_GROUNDS.values())),
            "dark": reader.read("ASSENT_COLOUR_DARK", _colour_on(DARK_GROUNDS.values())),
        }
        return cls(**values)


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black and white); the colours are `#rrggbb`."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB


def _colour_on(grounds: Iterable[str]) -> Callable[[str], str | None]:
    def colour(value: str) -> str | None:
        if not value:
            return None
        if _COLOUR.fullmatch(value.lower()) is None:
            raise ValueError("a colour such as #0a4a8c")
        worst = min(grounds, key=lambda ground: contrast(value, ground))
        # Rounded down: what is shown as enough is enough.
        if (found := contrast(value, worst)) < LEAST_CONTRAST:
            shown = int(found * 10) / 10
            raise ValueError(f"its contrast is {shown}:1 on {worst}, at least {LEAST_CONTRAST}:1 is needed")
        return value.lower()

    return colour


def _logo(value: str) -> Logo | None:
    if not value:
        return None
    path = Path(value)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_LOGO_BYTES + 1)
    except OSError as error:
        raise ValueError(f"a file that can be read ({error.strerror})") from error
    if len(content) > MAX_LOGO_BYTES:
        raise ValueError(f"a file of at most {MAX_LOGO_BYTES // 1024} KiB")
    if content.startswith(_PNG):
        media_type, (width, height) = "image/png", _png_size(content)
    else:
        media_type, (width, height) = "image/svg+xml", _svg_size(content)
    if not 0 < width <= MAX_LOGO_SIDES * height:
        raise ValueError(f"a picture at most {MAX_LOGO_SIDES} times wider than high")
    return Logo(content, media_type, width, height)


def _png_size(content: bytes) -> tuple[int, int]:
    return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])


def _svg_size(content: bytes) -> tuple[int, int]:
    """In hundredths of its longer side: a viewBox may be of any size."""
    try:
        root = ET.fromstring(content)  # noqa: S314 - the operator's own file, and a short one
        box = root.attrib["viewBox"] if root.tag == _SVG else ""
        _x, _y, width, height = (float(part) for part in re.split(r"[\s,]+", box.strip()))
        return round(width * 100 / max(width, height)), round(height * 100 / max(width, height))
    except (ET.ParseError, KeyError, ValueError, ZeroDivisionError, OverflowError) as error:
        raise ValueError("a PNG file, or an SVG file with a viewBox") from error
