"""Pictures made by hand: what matters of them is how they begin."""

import struct
import zlib


def png(width: int = 3, height: int = 2) -> bytes:
    """A whole picture, all of it black."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(min((width + 1) * height, 10_000)))
    chunks = (b"IHDR", header), (b"IDAT", rows), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(kind, content) for kind, content in chunks)


def _png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def jpeg(
    width: int = 3, height: int = 2, *, frame: int = 0xC0, before: tuple[bytes, ...] | None = None
) -> bytes:
    """Up to the frame and its scan; `before` are whole segments, a camera's if none are given."""
    if before is None:
        before = (segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"), segment(0xE1, b"Exif\0\0" + bytes(60_000)))
    start = segment(frame, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0")
    return b"\xff\xd8" + b"".join(before) + start + segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x00\xff\xd9"


def segment(marker: int, content: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def gif(
    width: int = 3, height: int = 2, *, frame: tuple[int, int, int, int] | None = None, before: bytes = b""
) -> bytes:
    """A screen with two colours and one frame: left, top, width, height."""
    screen = b"GIF89a" + struct.pack("<HHBBB", width, height, 0b1000_0000, 0, 0) + bytes(6)
    place = frame or (0, 0, width, height)
    return screen + before + b"\x2c" + struct.pack("<HHHHB", *place, 0) + b"\2\2\x4c\1\0\x3b"


def gif_extension(label: int, *blocks: bytes) -> bytes:
    return bytes([0x21, label]) + b"".join(bytes([len(one)]) + one for one in blocks) + b"\0"


def webp(width: int = 3, height: int = 2) -> bytes:
    """Lossy. The two highest bits of a size say how to scale it, and are no part of it."""
    return _riff(b"VP8 ", b"\x10\0\0\x9d\x01\x2a" + struct.pack("<HH", width | 0x4000, height | 0x8000))


def webp_lossless(width: int = 3, height: int = 2) -> bytes:
    return _riff(b"VP8L", b"\x2f" + struct.pack("<I", width - 1 | (height - 1) << 14 | 1 << 28))


def webp_extended(width: int = 3, height: int = 2) -> bytes:
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return _riff(b"VP8X", b"\x10\0\0\0" + sizes)


def _riff(chunk: bytes, content: bytes) -> bytes:
    body = b"WEBP" + chunk + struct.pack("<I", len(content)) + content + bytes(20)
    return b"RIFF" + struct.pack("<I", len(body)) + body
