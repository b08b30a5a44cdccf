"""Files that are not what people send: damaged, odd, or made to do harm."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from tests.scan.codes import CODE, file_of, picture, read_patiently
from tests.support import rasters
from webapp.flows.decoding import decode_frame, decode_picture
from webapp.flows.errors import NoCodeFound, PictureUnreadable, ScanRefused

KINDS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
FILES = {kind: file_of(picture(CODE), kind) for kind in KINDS.values()}


def read(content):
    return decode_picture(content, read=read_patiently)


NO_PICTURES = {
    "nothing": b"",
    "text": CODE.encode(),
    "svg": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
    "pdf": b"%PDF-1.7\n" + bytes(60),
    "html": b"<!doctype html><script>alert(1)</script>",
    "gif": file_of(picture(CODE), "GIF"),
    "bitmap": file_of(picture(CODE), "BMP"),
    "tiff": file_of(picture(CODE), "TIFF"),
    "jpeg 2000": file_of(picture(CODE), "JPEG2000"),
    "icon": file_of(picture(CODE), "ICO"),
    "portable graymap": file_of(picture(CODE), "PPM"),
    "zip": b"PK\3\4" + bytes(60),
    "one zero": b"\0",
    "zeros": bytes(1000),
    "a png after a blank": b" " + FILES["PNG"],
    "only the first bytes of a png": b"\x89PNG\r\n\x1a\n",
    "only the first bytes of a jpeg": b"\xff\xd8\xff",
    "only the first bytes of a webp": b"RIFF\0\0\0\0WEBP",
    "a png without pixels": rasters.png(3, 0),
    "a png of a header": FILES["PNG"][:33],
    "a jpeg of a header": rasters.jpeg(300, 300),
    "a webp of a header": rasters.webp(300, 300),
    "a lossless webp of a header": rasters.webp_lossless(300, 300),
}


@pytest.mark.parametrize("content", NO_PICTURES.values(), ids=NO_PICTURES)
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(PictureUnreadable):
        decode_picture(content)


@every_kind
@pytest.mark.parametrize("part", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_half_a_picture_is_none(kind, part):
    whole = FILES[kind]
    with pytest.raises(PictureUnreadable):
        read(whole[: int(len(whole) * part)])


@every_kind
def test_what_follows_a_picture_is_not_looked_at(kind):
    page = b"<script>alert(1)</script>%PDF-1.7 PK\3\4"
    assert read(FILES[kind] + page + FILES["PNG"]) == CODE


@every_kind
def test_the_first_bytes_decide_and_nothing_else(kind):
    for other in set(KINDS.values()) - {kind}:
        with pytest.raises(PictureUnreadable):
            read(FILES[kind][:12] + FILES[other])


def test_a_header_is_not_a_promise_that_can_be_broken():
    """A second header, behind the one that was judged, would make the decoder see another size."""
    small, large = rasters.png(10, 10), rasters.png(5000, 5000)
    with pytest.raises(PictureUnreadable):
        read(small[:33] + large[8:])


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animation_the_first_image_counts(kind):
    code, empty = picture(CODE).convert("RGB"), Image.new("RGB", picture(CODE).size, "white")
    assert read(file_of(code, kind, save_all=True, append_images=[empty] * 30)) == CODE
    with pytest.raises(NoCodeFound):
        read(file_of(empty, kind, save_all=True, append_images=[code]))


def sixteen_bits(image):
    deep = b"".join(struct.pack("<H", 3000 + 200 * value) for value in image.tobytes())
    return Image.frombytes("I;16", image.size, deep)


def on_nothing(image, colour):
    """The dark modules in one colour, the light ones not there at all."""
    sheet = Image.new("RGBA", image.size, (*colour, 0))
    sheet.putalpha(ImageOps.invert(image))
    return sheet


def see_through(image):
    """A palette whose white is transparent, and black underneath."""
    sheet = image.point(lambda value: value // 255).convert("P")
    sheet.putpalette([0, 0, 0, 0, 0, 0])
    return sheet


UNUSUAL = {
    "one bit a pixel": ("PNG", lambda image: image.convert("1"), {}),
    "16 bits a pixel": ("PNG", sixteen_bits, {}),
    "a palette": ("PNG", lambda image: image.convert("P"), {}),
    "a palette with a transparent colour": ("PNG", see_through, {"transparency": 1}),
    "grey with a transparent colour": ("PNG", lambda image: image, {"transparency": 255}),
    "colours, one of them transparent": (
        "PNG",
        lambda image: image.convert("RGB"),
        {"transparency": (255, 255, 255)},
    ),
    "grey with opacity": ("PNG", lambda image: image.convert("LA"), {}),
    "black on nothing": ("PNG", lambda image: on_nothing(image, (0, 0, 0)), {}),
    "white on nothing": ("PNG", lambda image: on_nothing(image, (255, 255, 255)), {}),
    "black on nothing, in WebP": ("WEBP", lambda image: on_nothing(image, (0, 0, 0)), {"lossless": True}),
    "white on nothing, in WebP": ("WEBP", lambda image: on_nothing(image, (255, 255, 255)), {"exact": True}),
    "hardly there": (
        "PNG",
        lambda image: on_nothing(image.point([90 + v // 2 for v in range(256)]), (0, 0, 0)),
        {},
    ),
    "printers' colours": ("JPEG", lambda image: image.convert("CMYK"), {}),
    "dark blue on yellow": ("JPEG", lambda image: ImageOps.colorize(image, "navy", "yellow"), {}),
    "red on white": ("JPEG", lambda image: ImageOps.colorize(image, "red", "white"), {}),
    "white on green": ("PNG", lambda image: ImageOps.colorize(image, "white", "green"), {}),
}


@pytest.mark.parametrize(("kind", "made", "how"), UNUSUAL.values(), ids=UNUSUAL)
def test_an_unusual_picture_is_read(kind, made, how):
    assert read(file_of(made(picture(CODE)), kind, **how)) == CODE


@every_kind
@given(data=st.data())
@settings(max_examples=60)
def test_a_damaged_picture_is_read_rightly_or_refused(kind, data):
    content = bytearray(FILES[kind])
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=6)):
        content[at] = data.draw(st.integers(0, 255))
    try:
        assert read(bytes(content)) == CODE
    except ScanRefused:
        return


@given(st.binary(max_size=300), st.sampled_from([b"", *(content[:40] for content in FILES.values())]))
@settings(max_examples=60)
def test_any_bytes_are_refused(content, begins):
    with pytest.raises(ScanRefused):
        read(begins + content)


@given(st.integers(1, 40), st.integers(1, 40), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_any_pixels_are_a_frame(width, height, random):
    with pytest.raises(NoCodeFound):
        decode_frame(width, height, random.randbytes(width * height))
