"""Strict Base64, and fields with their lengths in front.

Source: powerauth.md, section 1.
"""

import binascii
import re

from webapp.powerauth.errors import EncodingError

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)
_TO_URL = str.maketrans("+/", "-_")
_FROM_URL = str.maketrans("-_", "+/")


def to_base64(raw: bytes) -> str:
    """Standard alphabet, with padding, on one line."""
    return binascii.b2a_base64(raw, newline=False).decode("ascii")


def from_base64(text: str) -> bytes:
    """Read standard Base64 with complete padding and nothing else.

    Bits left over in the last character are ignored: codes in circulation have them set.

    Raises:
        EncodingError: any other character, missing or wrong padding.
    """
    # What Python's strict reading lets pass: padding after whole groups of four.
    if len(text) % 4 or text.endswith("==="):
        raise EncodingError("not Base64")
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        raise EncodingError("not Base64") from None


def to_base64url(raw: bytes) -> str:
    """URL alphabet, without padding."""
    return to_base64(raw).rstrip("=").translate(_TO_URL)


def from_base64url(text: str) -> bytes:
    """Read Base64url without padding.

    Raises:
        EncodingError: any other character, padding, or a length that cannot be.
    """
    if _BASE64URL.fullmatch(text) is None or len(text) % 4 == 1:
        raise EncodingError("not Base64url")
    return binascii.a2b_base64(text.translate(_FROM_URL) + "=" * (-len(text) % 4))


def concat_sized(*items: bytes | None) -> bytes:
    """Every item behind its length in four bytes; a missing item counts as an empty one."""
    return b"".join([len(item).to_bytes(4, "big") + item if item else b"\0\0\0\0" for item in items])
