"""QR codes in grey pixels: what makes them readable, which of several is meant, what text their bytes are.

zxing finds codes at any angle, in perspective, and light on dark. What it cannot cope with by itself (soft
focus, noise, modules of a pixel or two) is helped by a few preparations, cheap ones first, for as long as
there is time. They were chosen from many by what they add to one another on the pictures of tests/scan.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import zxingcpp
from PIL import Image
from PIL.ImageFilter import Filter, GaussianBlur, UnsharpMask

from webapp.flows.allowance import HasTime
from webapp.flows.errors import NoCodeFound
from webapp.flows.raster import MAX_PIXELS
from webapp.mtoken.scanned import ScannedKind, ScanSource, classify

_QR_CODES: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)  # no Micro QR
_MOST_PIXELS_PREPARED: Final = 12_000_000  # each try takes 10 to 30 ns a pixel
_LONGEST_SIDE: Final = 65_535  # zxing takes no more
_USUAL_SIDE: Final = 1600  # pixels; the modules of a code in a larger photo are larger than they need to be
_USABLE: Final = 0
# Half-width katakana and what cannot be decoded at all: what a lone accented letter of Latin-1 is taken for.
_MISTAKEN: Final = re.compile("[\uff61-\uff9f\ufffd]").search


@dataclass(frozen=True, slots=True)
class Preparation:
    """Another size, then filters in their order; their radii are pixels of the new size."""

    scale: float = 1
    filters: tuple[Filter, ...] = ()

    def size(self, picture: Image.Image) -> tuple[int, int]:
        return max(1, round(picture.width * self.scale)), max(1, round(picture.height * self.scale))

    def of(self, picture: Image.Image) -> Image.Image:
        """The prepared picture; a new one, unless there is nothing to do."""
        if self.scale != 1:
            how = Image.Resampling.BOX if self.scale < 1 else Image.Resampling.BICUBIC
            picture = picture.resize(self.size(picture), how)
        for one in self.filters:
            picture = picture.filter(one)
        return picture


_AS_IT_IS: Final = Preparation()
QUICK: Final = (_AS_IT_IS, Preparation(filters=(GaussianBlur(1), UnsharpMask(4, 400, 0))))
"""For one of many frames: soon there is another."""
THOROUGH: Final = (
    *QUICK,
    Preparation(2, (UnsharpMask(4, 200, 0),)),
    Preparation(0.5, (UnsharpMask(8, 500, 0),)),
    Preparation(3),
)
"""For a picture that somebody chose."""


def find_code(pictures: Sequence[Image.Image], preparations: Sequence[Preparation], has_time: HasTime) -> str:
    """The text of the first code that can be used; without any, of the first that means something, or at all.

    Args:
        pictures: renderings of the same picture in grey ("L"), the likelier first.
        preparations: tried in this order until a code that can be used is found.
        has_time: asked before every try but the first.

    Raises:
        NoCodeFound: there is none, or the time was too short to find it.
    """
    found: list[str] = []
    for attempt in _attempts(pictures, preparations):
        found += _codes(attempt)
        if any(_rank(text) == _USABLE for text in found) or not has_time():
            break
    if not found:
        raise NoCodeFound
    return likeliest(found)


def likeliest(texts: Sequence[str]) -> str:
    """The text of the code that is meant, of one or more: the first of which most can be made."""
    return min(texts, key=_rank)


def text_of(raw: bytes, guess: str) -> str:
    """The bytes decide, whatever the encoder declares: what is valid UTF-8 is meant as UTF-8.

    Else what was declared counts, or the reader's guess where nothing was; but ISO-8859-1, the standard's own
    default, where the guess makes no sense.
    """
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("iso-8859-1") if _MISTAKEN(guess) else guess


def _attempts(pictures: Sequence[Image.Image], preparations: Iterable[Preparation]) -> Iterator[Image.Image]:
    sizes = [size for picture in pictures for size in _sizes(picture)]
    for preparation, picture in product(preparations, sizes):
        width, height = preparation.size(picture)
        most = MAX_PIXELS if preparation is _AS_IT_IS else _MOST_PIXELS_PREPARED
        if width * height <= most and max(width, height) <= _LONGEST_SIDE:
            yield preparation.of(picture)


def _sizes(picture: Image.Image) -> list[Image.Image]:
    """The picture, and a smaller one if it is large."""
    shrink = -(-max(picture.size) // _USUAL_SIDE)
    return [picture] if shrink == 1 else [picture, picture.reduce(shrink)]


def _codes(picture: Image.Image) -> list[str]:
    """The texts of all codes, as one reads a page: from the top, and from the left."""
    barcodes = zxingcpp.read_barcodes(picture, formats=_QR_CODES, text_mode=zxingcpp.TextMode.Plain)
    return [text_of(barcode.bytes, barcode.text) for barcode in sorted(barcodes, key=_place)]


def _place(barcode: zxingcpp.Barcode) -> tuple[int, int]:
    corner = barcode.position.top_left
    return corner.y, corner.x


def _rank(text: str) -> int:
    """How much can be made of a text; 0 is best."""
    scanned = classify(text, ScanSource.CAMERA)
    if scanned.value is not None:
        return _USABLE
    return 1 if scanned.kind is not ScannedKind.UNKNOWN else 2
