"""What banks put into QR codes, short and long, and clean pictures of such codes."""

import hashlib
from io import BytesIO
from typing import Any, Final

import segno
from PIL import Image

from tests.qr.payloads import DATA, OPERATION_ID
from webapp.flows.confined import read_here
from webapp.powerauth.activation_code import make_activation_code
from webapp.powerauth.encoding import to_base64
from webapp.sandbox.qr import proximity_link, proximity_token, proximity_token_link

QUIET_ZONE: Final = 4
"""Modules, as the standard wants."""


def some_bytes(size: int, name: str) -> bytes:
    """Bytes without order, the same on every run."""
    return hashlib.shake_256(name.encode()).digest(size)


def offline_operation(message: str, *more: str) -> str:
    """The text of an operation. Its signature has the right form only: nobody verifies it here."""
    nonce, signature = (to_base64(some_bytes(size, message)) for size in (16, 71))
    return "\n".join([OPERATION_ID, "Platba", message, DATA, "BF", *more, nonce, f"1{signature}"])


CODE: Final = make_activation_code(some_bytes(10, "activation code"))
CONTENTS: Final = {
    "activation code": CODE,
    "signed activation code": f"{CODE}#{to_base64(some_bytes(70, 'signature'))}",
    "proximity link": proximity_link(OPERATION_ID, "40718263"),
    "proximity token": proximity_token_link(proximity_token(OPERATION_ID, "40718263")),
    "short operation": offline_operation("Zaplatit nájem?"),
    "operation": offline_operation("Zaplatit 1 250,50 € za nájem, říjen 2026? " * 5, "12345678"),
    "long operation": offline_operation("Příliš žluťoučký kůň úpěl ďábelské ódy. " * 13, "12345678"),
}
"""23 to 939 bytes, versions 2 to 25 of the code."""


def picture(content: str, *, module: int = 4, **how: Any) -> Image.Image:
    """A code in black on white, so many pixels a module, with its quiet zone; `how` is for the encoder."""
    code = segno.make(content, **{"error": "m", "micro": False, "boost_error": False} | how)
    side = code.symbol_size(border=QUIET_ZONE)[0]
    rows = b"".join(bytes(0 if dark else 255 for dark in row) for row in code.matrix_iter(border=QUIET_ZONE))
    return Image.frombytes("L", (side, side), rows).resize((side * module,) * 2, Image.Resampling.NEAREST)


def side_by_side(*pictures: Image.Image, down: bool = False) -> Image.Image:
    """On one sheet, from left to right or from top to bottom."""
    width = max(one.width for one in pictures) if down else sum(one.width for one in pictures)
    height = sum(one.height for one in pictures) if down else max(one.height for one in pictures)
    sheet, at = Image.new("L", (width, height), 255), 0
    for one in pictures:
        sheet.paste(one, (0, at) if down else (at, 0))
        at += one.height if down else one.width
    return sheet


def read_patiently(content: bytes) -> str:
    """Read a file with every preparation, so that the machine's speed does not matter."""
    return read_here(content, lambda: True)


def file_of(image: Image.Image, kind: str = "PNG", **how: Any) -> bytes:
    """The picture as a file; `how` is for the encoder."""
    target = BytesIO()
    image.save(target, kind, **how)
    return target.getvalue()
