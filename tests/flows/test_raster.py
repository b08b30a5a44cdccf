"""What a picture says of itself, and what is not taken for a picture."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import webapp.sandbox
from tests.support.rasters import (
    gif,
    gif_extension,
    jpeg,
    png,
    segment,
    webp,
    webp_extended,
    webp_lossless,
)
from webapp.flows.errors import PictureProblem, PictureUnavailable
from webapp.flows.raster import MAX_PIXELS, Raster, RasterType, read_raster

IMAGES = Path(webapp.sandbox.__file__).parent / "images"
MAKERS = {
    "png": (png, RasterType.PNG),
    "jpeg": (jpeg, RasterType.JPEG),
    "gif": (gif, RasterType.GIF),
    "webp": (webp, RasterType.WEBP),
    "webp lossless": (webp_lossless, RasterType.WEBP),
    "webp extended": (webp_extended, RasterType.WEBP),
}
every_format = pytest.mark.parametrize(("make", "raster_type"), MAKERS.values(), ids=MAKERS)


def problem_of(content: bytes) -> PictureProblem:
    with pytest.raises(PictureUnavailable) as caught:
        read_raster(content)
    return caught.value.problem


@every_format
@given(width=st.integers(1, 4000), height=st.integers(1, 4000))
def test_a_picture_tells_its_format_and_its_size(make, raster_type, width, height):
    assert read_raster(make(width, height)) == Raster(raster_type, width, height)


@every_format
def test_a_picture_may_have_so_many_pixels_and_no_more(make, raster_type):
    assert read_raster(make(6000, 4000)).width * 4000 == MAX_PIXELS
    assert problem_of(make(6000, 4001)) is PictureProblem.PIXELS


@pytest.mark.parametrize("make", [png, jpeg, gif, webp])
@pytest.mark.parametrize("size", [(0, 2), (3, 0), (0, 0)])
def test_a_picture_of_no_size_is_none(make, size):
    assert problem_of(make(*size)) is PictureProblem.CONTENT


@every_format
def test_a_picture_that_ends_before_its_size_is_none(make, raster_type):
    whole = make()
    found = [length for length in range(len(whole)) if not _is_refused(whole[:length])]
    assert found, "the size stands before the end"
    assert found == list(range(found[0], len(whole))), "and once it is told, no byte more is needed"


def _is_refused(content: bytes) -> bool:
    try:
        read_raster(content)
    except PictureUnavailable as error:
        return error.problem is PictureProblem.CONTENT
    return False


NO_PICTURES = {
    "nothing": b"",
    "text": b"hello",
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
    "svg with a declaration": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
    "icon": b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0" + bytes(20),
    "bitmap": b"BM" + bytes(60),
    "tiff": b"II*\0" + bytes(60),
    "avif": b"\0\0\0\x1cftypavif" + bytes(60),
    "pdf": b"%PDF-1.7\n" + bytes(60),
    "gzip": b"\x1f\x8b\x08" + bytes(60),
    "a picture after a blank": b" " + png(),
    "png without a header": png().replace(b"IHDR", b"tEXt"),
    "png with a long header": png().replace(b"\0\0\0\x0dIHDR", b"\0\0\0\x0eIHDR"),
    "jpeg without a frame": jpeg(before=(segment(0xDA, b""),)),
    "jpeg without loss": jpeg(frame=0xC3),
    "jpeg with arithmetic": jpeg(frame=0xC9),
    "jpeg that ends at once": b"\xff\xd8\xff\xd9" + jpeg()[2:],
    "jpeg with a segment of no length": b"\xff\xd8\xff\xe0\0\0" + jpeg()[2:],
    "jpeg that loses its way": b"\xff\xd8" + segment(0xE0, b"x") + b"\0" + jpeg()[2:],
    "jpeg with thousands of segments": jpeg(before=(segment(0xFE, b""),) * 2000),
    "gif of another version": gif().replace(b"GIF89a", b"GIF90a"),
    "gif without a frame": gif()[:19] + b"\x3b",
    "gif with thousands of extensions": gif(before=gif_extension(0xFE, b"x") * 2000),
    "gif with an extension of thousands of blocks": gif(before=gif_extension(0xFE, *[b"x"] * 2000)),
    "wave": b"RIFF\x24\0\0\0WAVEfmt " + bytes(40),
    "webp of something else": webp().replace(b"VP8 ", b"ANIM"),
    "webp without a start code": webp().replace(b"\x9d\x01\x2a", b"\0\0\0"),
    "webp of a frame between": webp().replace(b"\x10\0\0\x9d", b"\x11\0\0\x9d"),
    "webp lossless without its signature": webp_lossless().replace(b"\x2f", b"\x2e"),
}


@pytest.mark.parametrize("content", NO_PICTURES.values(), ids=NO_PICTURES)
def test_what_is_no_picture(content):
    assert problem_of(content) is PictureProblem.CONTENT


@pytest.mark.parametrize("name", ["invoice.png", "invoice-small.png"])
def test_a_real_picture(name):
    content = (IMAGES / name).read_bytes()
    assert read_raster(content).type is RasterType.PNG


@pytest.mark.parametrize("frame", [0xC0, 0xC1, 0xC2])
def test_every_jpeg_that_browsers_show(frame):
    assert read_raster(jpeg(640, 480, frame=frame)) == Raster(RasterType.JPEG, 640, 480)


def test_a_jpeg_may_fill_up_before_a_marker():
    content = jpeg(640, 480, before=(b"\xff\xff" + segment(0xFE, b"x"),))
    assert read_raster(content) == Raster(RasterType.JPEG, 640, 480)


def test_a_thumbnail_inside_of_a_jpeg_is_not_its_size():
    content = jpeg(640, 480, before=(segment(0xE1, b"Exif\0\0" + jpeg(16, 12, before=())),))
    assert read_raster(content) == Raster(RasterType.JPEG, 640, 480)


def test_extensions_of_a_gif_are_stepped_over():
    repeats = gif_extension(0xFF, b"NETSCAPE2.0", b"\1\0\0")
    empty = gif_extension(0xFE)
    delay = gif_extension(0xF9, b"\0\0\0\0")
    assert read_raster(gif(64, 48, before=repeats + empty + delay)) == Raster(RasterType.GIF, 64, 48)


def test_a_gif_is_as_large_as_its_first_frame_makes_it():
    assert read_raster(gif(1, 1, frame=(10, 20, 30, 40))) == Raster(RasterType.GIF, 40, 60)
    assert problem_of(gif(1, 1, frame=(0, 0, 65_535, 65_535))) is PictureProblem.PIXELS


def test_a_gif_without_colours_for_all():
    content = b"GIF87a" + struct.pack("<HHBBB", 3, 2, 0, 0, 0) + gif()[19:]
    assert read_raster(content) == Raster(RasterType.GIF, 3, 2)


@given(
    st.one_of(
        st.binary(),
        st.tuples(st.sampled_from([make()[:12] for make, _ in MAKERS.values()]), st.binary()).map(b"".join),
    )
)
def test_any_bytes_are_a_picture_or_refused(content):
    try:
        raster = read_raster(content)
    except PictureUnavailable:
        return
    assert 0 < raster.width * raster.height <= MAX_PIXELS


@every_format
@given(place=st.integers(0, 40), value=st.integers(0, 255))
def test_a_changed_byte_never_does_more_than_change_the_picture(make, raster_type, place, value):
    content = bytearray(make())
    content[min(place, len(content) - 1)] = value
    try:
        raster = read_raster(bytes(content))
    except PictureUnavailable:
        return
    assert 0 < raster.width * raster.height <= MAX_PIXELS
