"""Small files that keep a decoder, or a reader of codes, busy for a minute and more."""

import struct

from PIL import Image, ImageDraw

from tests.scan.codes import file_of
from tests.support.rasters import segment


def many_scans(width: int, height: int, *, scans: int) -> bytes:
    """A progressive JPEG whose every scan passes over the whole picture and changes nothing; 44 bytes each.

    All of it is one grey. The codes are of one bit: 0 says "no difference" in the first scan, and in the
    others "the next 32,767 blocks are finished", with 14 more bits.
    """
    blocks = -(-width // 8) * -(-height // 8)
    tables = (
        segment(0xDB, b"\0" + b"\1" * 64),
        segment(0xC2, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0"),
        segment(0xC4, b"\x00" + bytes([1, *[0] * 15]) + b"\x00"),
        segment(0xC4, b"\x10" + bytes([1, *[0] * 15]) + b"\xe0"),
    )
    first = segment(0xDA, b"\1\1\0\0\0\0") + _entropy("0" * blocks)
    another = segment(0xDA, b"\1\1\0\1\x3f\0") + _entropy(("0" + "1" * 14) * -(-blocks // 32_767))
    return b"\xff\xd8" + b"".join(tables) + first + another * scans + b"\xff\xd9"


def _entropy(bits: str) -> bytes:
    filled = bits + "1" * (-len(bits) % 8)
    return int(filled, 2).to_bytes(len(filled) // 8, "big").replace(b"\xff", b"\xff\0")


def corners(side: int) -> bytes:
    """A PNG full of the corners of QR codes: any three of them may belong together."""
    tile = Image.new("L", (9, 9), 255)
    draw = ImageDraw.Draw(tile)
    draw.rectangle((0, 0, 6, 6), outline=0)
    draw.rectangle((2, 2, 4, 4), fill=0)
    row = Image.new("L", (side, 9), 255)
    for x in range(0, side, 9):
        row.paste(tile, (x, 0))
    sheet = Image.new("L", (side, side), 255)
    for y in range(0, side, 9):
        sheet.paste(row, (0, y))
    return file_of(sheet)
