"""What a picture says of itself: its format and its size, from the first bytes and nothing else.

Pure, and no decoder: a picture is never unpacked here. Four raster formats are known, because every
browser shows them and none can hold a script; whatever does not begin exactly like one of them is refused.

Sources: PNG (W3C, 3rd edition), section 5 and 11.2.1; ITU-T T.81 (JPEG), annex B; GIF89a, sections 18 to 20;
RFC 9649 (WebP), section 2; RFC 6386 (VP8), section 9.1.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from webapp.flows.errors import PictureProblem, PictureUnavailable

MAX_PIXELS: Final = 24_000_000
"""What a phone's camera makes; unpacked, 96 MB in the browser."""

_MAX_PARTS: Final = 1000  # pieces to step over before the size is told; real pictures have fewer than 100
_JPEG_MARK: Final = 0xFF
_JPEG_LENGTH_BYTES: Final = 2
_JPEG_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive: what browsers show
_JPEG_STEPPED_OVER: Final = frozenset({0xC4, 0xCC, 0xDB, 0xDD, 0xFE, *range(0xE0, 0xF0)})
_GIF_EXTENSION: Final = 0x21
_GIF_FRAME: Final = 0x2C
_LOSSLESS: Final = 0x2F


class RasterType(StrEnum):
    """The formats, under their media types."""

    PNG = "image/png"
    JPEG = "image/jpeg"
    GIF = "image/gif"
    WEBP = "image/webp"


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture's format and its size in pixels, neither of them 0."""

    type: RasterType
    width: int
    height: int


def read_raster(content: bytes) -> Raster:
    """Read the header of a picture.

    Raises:
        PictureUnavailable: CONTENT, no picture in one of the four formats; PIXELS, larger than `MAX_PIXELS`.
    """
    for begins, raster_type, size_of in _FORMATS:
        if content.startswith(begins):
            raster = Raster(raster_type, *_checked(size_of, content))
            if raster.width * raster.height > MAX_PIXELS:
                raise PictureUnavailable(PictureProblem.PIXELS)
            return raster
    raise PictureUnavailable(PictureProblem.CONTENT)


def _checked(size_of: Callable[[bytes], tuple[int, int]], content: bytes) -> tuple[int, int]:
    try:
        width, height = size_of(content)
    except (struct.error, IndexError, ValueError) as error:
        raise PictureUnavailable(PictureProblem.CONTENT) from error
    if not width or not height:
        raise PictureUnavailable(PictureProblem.CONTENT)
    return width, height


def _png(content: bytes) -> tuple[int, int]:
    length, kind, width, height = struct.unpack_from(">I4sII", content, 8)
    if (length, kind) != (13, b"IHDR"):
        raise ValueError("the first chunk is no header")
    return width, height


def _jpeg(content: bytes) -> tuple[int, int]:
    for marker, at in _jpeg_segments(content):
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 3)
            return width, height
        if marker not in _JPEG_STEPPED_OVER:
            break
    raise ValueError("no frame")


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, int]]:
    """Each segment's marker and the place of its length, which counts itself."""
    at = 2
    for _ in range(_MAX_PARTS):
        if content[at] != _JPEG_MARK:
            raise ValueError("no marker")
        while content[at] == _JPEG_MARK:  # any number of them may stand before a marker
            at += 1
        yield content[at], at + 1
        (length,) = struct.unpack_from(">H", content, at + 1)
        if length < _JPEG_LENGTH_BYTES:
            raise ValueError("a segment without a length")
        at += 1 + length


def _gif(content: bytes) -> tuple[int, int]:
    """The screen, or the first frame where that reaches beyond: browsers make room for it."""
    screen_width, screen_height, flags = struct.unpack_from("<HHB", content, 6)
    at = 13 + _gif_colours(flags)
    for _ in range(_MAX_PARTS):
        if content[at] == _GIF_FRAME:
            left, top, width, height = struct.unpack_from("<HHHH", content, at + 1)
            return max(screen_width, left + width), max(screen_height, top + height)
        if content[at] != _GIF_EXTENSION:
            break
        at = _after_gif_extension(content, at + 2)
    raise ValueError("no frame")


def _gif_colours(flags: int) -> int:
    """Bytes of the colour table that follows; 0 without one."""
    return 3 * 2 ** ((flags & 0b111) + 1) if flags & 0b1000_0000 else 0


def _after_gif_extension(content: bytes, at: int) -> int:
    """The place after blocks that each begin with their length; one of length 0 is the last."""
    for _ in range(_MAX_PARTS):
        length = content[at]
        at += 1 + length
        if length == 0:
            return at
    raise ValueError("an extension without end")


def _webp(content: bytes) -> tuple[int, int]:
    form, chunk = struct.unpack_from("4s4s", content, 8)
    size_of = _WEBP_CHUNKS.get(chunk) if form == b"WEBP" else None
    if size_of is None:
        raise ValueError("no picture comes first")
    return size_of(content)


def _vp8(content: bytes) -> tuple[int, int]:
    tag, start, width, height = struct.unpack_from("<B2x3sHH", content, 20)
    if tag & 1 or start != b"\x9d\x01\x2a":  # 1: no key frame, so no picture of its own
        raise ValueError("no key frame")
    return width & 0x3FFF, height & 0x3FFF


def _vp8_lossless(content: bytes) -> tuple[int, int]:
    signature, sizes = struct.unpack_from("<BI", content, 20)
    if signature != _LOSSLESS:
        raise ValueError("no signature")
    return (sizes & 0x3FFF) + 1, (sizes >> 14 & 0x3FFF) + 1


def _vp8_extended(content: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("3s3s", content, 24)
    return int.from_bytes(width, "little") + 1, int.from_bytes(height, "little") + 1


_WEBP_CHUNKS: Final = {b"VP8 ": _vp8, b"VP8L": _vp8_lossless, b"VP8X": _vp8_extended}
_FORMATS: Final = (
    (b"\x89PNG\r\n\x1a\n", RasterType.PNG, _png),
    (b"\xff\xd8\xff", RasterType.JPEG, _jpeg),
    (b"GIF87a", RasterType.GIF, _gif),
    (b"GIF89a", RasterType.GIF, _gif),
    (b"RIFF", RasterType.WEBP, _webp),
)
