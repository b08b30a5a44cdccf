"""The text of a QR code out of a picture that somebody sends: a photo, a screenshot, a frame of the camera.

Photos and screenshots come as files that anybody can make, so what they cost is bounded: their size before
anything is read, their pixels by what their header says, and the rest, from the decoder on, by a process of
their own that ends after 2 seconds of CPU. Frames are bare pixels, few enough to be read right here.
Nothing is stored, and nothing that was read shows in an error or a log.

Camera, file and clipboard bring the same text, so whoever signs it signs the same UTF-8.
"""

from collections.abc import Callable
from typing import Final

from PIL import Image

from webapp.flows.allowance import HasTime, allowance
from webapp.flows.confined import read_confined
from webapp.flows.errors import (
    PictureProblem,
    PictureTooLarge,
    PictureUnavailable,
    PictureUnreadable,
)
from webapp.flows.qr_codes import QUICK, find_code
from webapp.flows.raster import RasterType, read_raster

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_FRAME_SIDE: Final = 1280
TYPES: Final = frozenset({RasterType.JPEG, RasterType.PNG, RasterType.WEBP})

_FRAME_CPU_S: Final = 0.25  # four frames a second are the most that a page sends


def decode_picture(content: bytes, *, read: Callable[[bytes], str] = read_confined) -> str:
    """Read the QR code in a picture; of several, the first that this site can use, else the first.

    Args:
        content: a JPEG, PNG or WebP file as its first bytes tell; its name and its media type do not matter.
            Of an animation, the first image.
        read: what decodes it once its header is known to be harmless.

    Raises:
        PictureTooLarge: more than `MAX_BYTES` bytes or `raster.MAX_PIXELS` pixels.
        PictureUnreadable: another kind of file, or a damaged one.
        PictureTooHard: reading it would take more CPU or memory than a picture gets.
        NoCodeFound: no QR code can be made out.
    """
    if len(content) > MAX_BYTES:
        raise PictureTooLarge("bytes")
    _check_header(content)
    return read(content)


def decode_frame(width: int, height: int, luminance: bytes, *, has_time: HasTime | None = None) -> str:
    """Read the QR code in a frame of the camera; of several, as with pictures.

    Args:
        width: in pixels, at most `MAX_FRAME_SIDE`.
        height: likewise.
        luminance: one byte a pixel, 0 is black; row by row from the top left, nothing between the rows.
        has_time: whether there is time for another try.

    Raises:
        PictureTooLarge: a side is longer than `MAX_FRAME_SIDE`.
        PictureUnreadable: not exactly so many pixels, or none.
        NoCodeFound: no QR code can be made out.
    """
    if max(width, height) > MAX_FRAME_SIDE:
        raise PictureTooLarge("frame")
    if min(width, height) < 1 or len(luminance) != width * height:
        raise PictureUnreadable("frame")
    frame = Image.frombytes("L", (width, height), luminance)
    return find_code([frame], QUICK, has_time or allowance(_FRAME_CPU_S))


def _check_header(content: bytes) -> None:
    try:
        raster = read_raster(content)
    except PictureUnavailable as error:
        if error.problem is PictureProblem.PIXELS:
            raise PictureTooLarge("pixels") from error
        raise PictureUnreadable("header") from error
    if raster.type not in TYPES:
        raise PictureUnreadable(raster.type)
