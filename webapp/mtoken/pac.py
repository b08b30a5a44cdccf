"""Proximity codes (PAC): reading what a camera, a keyboard or a link brings in.

The text names an operation, and may prove that the person sees the screen on which it began. Read it
exactly as it came; whoever takes it in removes white space around it once, beforehand.

Source: formats.md, section 3.
"""

import re
from binascii import a2b_base64
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

import msgspec

from webapp.mtoken.errors import PacCode, PacError

MAX_LENGTH: Final = 4096

# The link that nearly every bank makes. What it matches needs none of the checks below; they agree on it.
_USUAL_LINK: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9+.\-]*:[A-Za-z0-9/.\-]*\?oid=([A-Za-z0-9\-]+)(?:&potp=([A-Za-z0-9]+))?"
).fullmatch
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:").match
_CONTROL_OR_SPACE: Final = re.compile(r"[\x00-\x20\x7f-\x9f]").search
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]").search
_BAD_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})").search
_JWT_HEADER: Final = re.compile(r"[A-Za-z0-9+/_\-]+={0,2}").fullmatch
# No number with a fraction is of use here, so none needs to be computed, however large it is.
_decode_json: Final = msgspec.json.Decoder(float_hook=lambda _: 0.5).decode


@dataclass(frozen=True, slots=True)
class PACData:
    """What a proximity code says."""

    oid: str
    """Identifier of the operation; compare it exactly, case included."""
    potp: str | None = field(default=None, repr=False)
    """The one-time code; `None`: the operation is named, but its proximity is not proven."""


class PACUtils:
    """The functions as applications know them: whatever is not valid gives `None`."""

    @staticmethod
    def parse_deeplink(url: str) -> PACData | None:
        """Read a link that was opened."""
        try:
            return read_deeplink(url)
        except PacError:
            return None

    @staticmethod
    def parse_qr_code(code: str) -> PACData | None:
        """Read the text of a QR code: a link, or a JWT alone."""
        try:
            return read_qr_code(code)
        except PacError:
            return None


def read_qr_code(text: str) -> PACData:
    """Read a text that begins with a scheme as a link, any other as a JWT.

    Raises:
        PacError: with the first rule that the text breaks.
    """
    if len(text) > MAX_LENGTH:
        raise PacError(PacCode.TOO_LONG)
    usual = _USUAL_LINK(text)
    if usual is not None:
        return PACData(*usual.groups())
    return _read_link(text) if _SCHEME(text) else _read_jwt(text)


def read_deeplink(text: str) -> PACData:
    """Read `scheme://…?oid=…&potp=…`, `scheme://…?code=JWT` or `scheme://code=JWT`.

    Raises:
        PacError: with the first rule that the text breaks.
    """
    if len(text) > MAX_LENGTH:
        raise PacError(PacCode.TOO_LONG)
    usual = _USUAL_LINK(text)
    return PACData(*usual.groups()) if usual is not None else _read_link(text)


def _read_link(text: str) -> PACData:
    scheme = _SCHEME(text)
    if scheme is None:
        raise PacError(PacCode.NO_SCHEME)
    if _has_control_or_space(text):
        raise PacError(PacCode.CHARACTER)
    # By hand, because URL classes lower-case what they take for the host, and a JWT may stand there.
    head, _, query = text[scheme.end() :].partition("#")[0].removeprefix("//").partition("?")
    items, repeated = _split(query)
    if "oid" not in items:
        return _read_jwt(_jwt_in(head, items, repeated))
    if not repeated.isdisjoint(("oid", "potp", "totp")):
        # An empty `oid` is reported before a repeated code, a repeated `oid` before both.
        raise PacError(PacCode.DUPLICATE if "oid" in repeated or items["oid"] else PacCode.OID)
    return _checked(items["oid"], items.get("potp") or items.get("totp") or None)


def _has_control_or_space(text: str) -> bool:
    if text.isascii() and text.isprintable():  # the usual case, without looking at each character
        return " " in text
    return _CONTROL_OR_SPACE(text) is not None


def _split(query: str) -> tuple[dict[str, str], set[str]]:
    """The items of a query, decoded, and the names that occur more than once; the first value counts."""
    items: dict[str, str] = {}
    repeated: set[str] = set()
    encoded = "%" in query
    for item in query.split("&"):
        name, equals, value = item.partition("=")
        if not equals:
            continue
        if encoded:
            name, value = _decode_percent(name), _decode_percent(value)
        if name in items:
            repeated.add(name)
        else:
            items[name] = value
    return items, repeated


def _decode_percent(text: str) -> str:
    if "%" not in text:
        return text
    if _BAD_PERCENT(text):
        raise PacError(PacCode.PERCENT_ENCODING)
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise PacError(PacCode.PERCENT_ENCODING) from None


def _jwt_in(head: str, items: dict[str, str], repeated: set[str]) -> str:
    """The text of a link that stands for a JWT: item `code`, the head, or the first item if it looks so."""
    if "code" in items:
        if "code" in repeated:
            raise PacError(PacCode.DUPLICATE)
        return items["code"]
    if head.startswith("code="):
        return _decode_percent(head[len("code=") :])
    first = next(iter(items.values()), "")
    before, _, after = first.partition(".")
    if before and after:
        return first
    raise PacError(PacCode.NO_DATA)


def _read_jwt(text: str) -> PACData:
    """Only the second part is read. The token is a container, not a credential: nobody signed it."""
    header, *rest = text.split(".")
    if len(rest) not in (1, 2) or not _JWT_HEADER(header):
        raise PacError(PacCode.JWT_PARTS)
    try:
        claims = _decode_json(_decode_base64(rest[0]))
    except (ValueError, RecursionError):
        raise PacError(PacCode.JWT_JSON) from None
    if type(claims) is not dict:
        raise PacError(PacCode.JWT_JSON)
    oid = claims.get("oid")
    if type(oid) is not str:
        raise PacError(PacCode.OID)
    return _checked(oid, _code(claims.get("potp")) or _code(claims.get("totp")))


def _decode_base64(text: str) -> bytes:
    """Either alphabet, even mixed; padding complete or absent; left-over bits are ignored."""
    padded = text.endswith("=")
    if padded and len(text) % 4:
        raise PacError(PacCode.JWT_BASE64)
    padding = "" if padded else "=" * (-len(text) % 4)
    standard = text.replace("-", "+").replace("_", "/")
    try:
        return a2b_base64(standard + padding, strict_mode=True)
    except ValueError:
        raise PacError(PacCode.JWT_BASE64) from None


def _code(value: Any) -> str | None:
    """A code as text; `None` for one that is missing or empty."""
    if type(value) is str:
        return value or None
    if type(value) is int and value >= 0:
        return str(value)
    if value is None:
        return None
    raise PacError(PacCode.POTP)


def _checked(oid: str, potp: str | None) -> PACData:
    if not oid or _CONTROL(oid):
        raise PacError(PacCode.OID)
    if potp is not None and _CONTROL(potp):
        raise PacError(PacCode.POTP)
    return PACData(oid, potp)
