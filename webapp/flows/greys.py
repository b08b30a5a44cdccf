"""A picture file → grey pixels, upright. Only here decoders run, over files that anybody can make.

Run this where it can be stopped, as webapp/flows/confined.py does: no decoder bounds its own time.
"""

from contextlib import suppress
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from webapp.flows.errors import PictureTooHard, PictureUnreadable
from webapp.flows.raster import Raster, RasterType

_WHITE: Final = 255
_DECODERS: Final = {RasterType.JPEG: "JPEG", RasterType.PNG: "PNG", RasterType.WEBP: "WEBP"}


def grey_pictures(content: bytes, raster: Raster) -> list[Image.Image]:
    """Render a picture in grey ("L"): on white, and what covers its ground if parts of it are transparent.

    Args:
        content: the file.
        raster: what its header says; a decoder that sees another size is not trusted.

    Raises:
        PictureUnreadable: damaged, or not what it says it is.
        PictureTooHard: it needs more memory than there is.
    """
    try:
        return _rendered(content, raster)
    except MemoryError as error:
        raise PictureTooHard("memory") from error
    except Exception as error:  # decoders raise whatever they like
        raise PictureUnreadable("content") from error


def _rendered(content: bytes, raster: Raster) -> list[Image.Image]:
    with Image.open(BytesIO(content), formats=[_DECODERS[raster.type]]) as image:
        if image.size != (raster.width, raster.height):
            raise ValueError("the decoder sees another size")
        image.draft("L", image.size)  # a JPEG is not even asked for its colours
        image.load()
        upright = _upright(image)
    if upright.has_transparency_data:
        return _with_transparency(upright.convert("RGBA"))
    return [_grey(upright)]


def _upright(image: Image.Image) -> Image.Image:
    with suppress(Exception):  # damaged EXIF is no reason to refuse the picture
        return ImageOps.exif_transpose(image)
    return image


def _grey(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits: `convert` would cut off everything above the lowest 8
        image = image.point(lambda value: value / 256)
    return image.convert("L")


def _with_transparency(image: Image.Image) -> list[Image.Image]:
    """On white, as most viewers show it; and the opacity, for what is white itself or black on black."""
    opacity = image.getchannel("A")
    on_white = Image.new("L", image.size, _WHITE)
    on_white.paste(image.convert("L"), mask=opacity)
    lowest, highest = opacity.getextrema()
    return [on_white] if lowest == highest else [on_white, opacity]
