"""Values of the bank → what a page prints. Nothing is left out: a row that vanishes is a row not seen.

The bank's texts stay plain `str` here; templates/macros/operation.html escapes and isolates them. What is a
`LazyString` is the site's own word.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, Final, assert_never
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from webapp.mtoken.attributes import (
    AlertType,
    OperationAttribute,
    OperationAttributeAlert,
    OperationAttributeAmount,
    OperationAttributeAmountConversion,
    OperationAttributeHeading,
    OperationAttributeImage,
    OperationAttributeKeyValue,
    OperationAttributeNote,
    OperationAttributePartyInfo,
    OperationAttributeUnknown,
)
from webapp.mtoken.operation import UserOperation
from webapp.mtoken.screens import PreApprovalScreen, PreApprovalScreenType

FIGURE: Final = "figure"
RECEIVER: Final = "receiver"
SANDBOX_PICTURES: Final = "/sandbox/"

_CANNOT_SHOW = _("This version cannot show everything in this entry.")
_RATE_MOVES = _("The rate is not final, so this amount may still change.")
_PICTURE_ELSEWHERE = _("A picture; it opens at this address in a new tab.")
_PICTURE_UNSAFE = _("A picture that cannot be shown safely.")
_NOTHING_GIVEN = _("The bank gave no content.")
_LEVELS = {
    AlertType.SUCCESS: ("success", _("Good to know")),
    AlertType.INFO: ("info", _("Information")),
    AlertType.WARNING: ("warning", _("Warning")),
    AlertType.ERROR: ("error", _("Attention")),
}


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a row. `before` stands in front of it; `role` makes amounts and receivers large."""

    text: str
    role: str = ""
    before: str = ""
    address: str | None = None
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A label, its values, and perhaps a remark of ours."""

    label: str
    values: tuple[Value, ...]
    remark: LazyString | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the bank for the rows that follow."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True, slots=True)
class Alert:
    """A remark of the bank; `word` says its level, `title` and `texts` are the bank's."""

    kind: ClassVar[str] = "alert"
    level: str
    word: LazyString
    titles: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Rows without a heading or an alert between them."""

    kind: ClassVar[str] = "facts"
    rows: tuple[Row, ...]


Block = Heading | Alert | Facts


@dataclass(frozen=True, slots=True)
class Screen:
    """Something to read before the operation; empty texts get words of ours."""

    level: str
    title: str
    message: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """An operation in the list."""

    id: str
    title: str
    figure: str
    receiver: str
    seconds_left: int


def seconds_left(operation: UserOperation, now_ms: int) -> int:
    """Whole seconds until the operation expires by the server's clock; never below 0."""
    expires_ms = round(operation.operation_expires.timestamp() * 1000)
    return max(0, (expires_ms - now_ms) // 1000)


def line(operation: UserOperation, now_ms: int) -> Line:
    """The operation in the list: its title, the first amount, the first party."""
    attributes = operation.form_data.attributes
    figures = [one.value_formatted for one in attributes if isinstance(one, OperationAttributeAmount)]
    figures += [
        one.source.value_formatted
        for one in attributes
        if isinstance(one, OperationAttributeAmountConversion)
    ]
    receivers = [
        one.party_info.name
        for one in attributes
        if isinstance(one, OperationAttributePartyInfo) and one.party_info.name
    ]
    return Line(
        operation.id,
        operation.form_data.title,
        next(iter(figures), ""),
        next(iter(receivers), ""),
        seconds_left(operation, now_ms),
    )


def screens(operation: UserOperation) -> tuple[Screen, ...]:
    """What the bank wants to be read first."""
    return tuple(_screen(one) for one in operation.ui.pre_approval_screens) if operation.ui else ()


def _screen(screen: PreApprovalScreen) -> Screen:
    items = tuple(f"{one.text} {one.href}" if one.href else one.text for one in screen.elements)
    level = "warning" if screen.type is PreApprovalScreenType.WARNING else "info"
    return Screen(level, screen.heading, screen.message, tuple(filter(None, items or screen.items)))


def blocks(attributes: Iterable[OperationAttribute], *, own_pictures: bool) -> tuple[Block, ...]:
    """The attributes in the bank's order. `own_pictures`: the sandbox's pictures, which this site serves."""
    found: list[Block] = []
    rows: list[Row] = []

    def close_rows() -> None:
        if rows:
            found.append(Facts(tuple(rows)))
            rows.clear()

    for attribute in attributes:
        block = _block(attribute, _own_picture if own_pictures else _no_picture)
        if isinstance(block, Row):
            rows.append(block)
        else:
            close_rows()
            found.append(block)
    close_rows()
    return tuple(found)


def _block(attribute: OperationAttribute, picture: Callable[[str], str | None]) -> Heading | Alert | Row:
    match attribute:
        case OperationAttributeAmount():
            return Row(attribute.label, (Value(attribute.value_formatted, FIGURE),))
        case OperationAttributeAmountConversion():
            return _conversion(attribute)
        case OperationAttributeKeyValue():
            return _text(attribute.label, attribute.value)
        case OperationAttributeNote():
            return _text(attribute.label, attribute.note)
        case OperationAttributeHeading():
            return Heading(attribute.label)
        case OperationAttributeImage():
            return _image(attribute, picture)
        case OperationAttributeAlert():
            return _alert(attribute)
        case OperationAttributePartyInfo():
            return _party(attribute)
        case OperationAttributeUnknown():
            texts = tuple(Value(text, before=f"{name}:") for name, text in attribute.texts)
            return Row(attribute.label, texts, _CANNOT_SHOW)
        case _:
            assert_never(attribute)


def _text(label: str, text: str) -> Row:
    return Row(label, (Value(text),)) if text.strip() else Row(label, (), _NOTHING_GIVEN)


def _conversion(attribute: OperationAttributeAmountConversion) -> Row:
    equals = "≈" if attribute.dynamic else "="
    values = (
        Value(attribute.source.value_formatted, FIGURE),
        Value(attribute.target.value_formatted, FIGURE, before=equals),
    )
    return Row(attribute.label, values, _RATE_MOVES if attribute.dynamic else None)


def _alert(attribute: OperationAttributeAlert) -> Alert:
    level, word = _LEVELS[attribute.alert_type]
    titles = tuple(filter(None, (attribute.label, attribute.title)))
    return Alert(level, word, titles, tuple(filter(None, (attribute.message,))))


def _image(attribute: OperationAttributeImage, picture: Callable[[str], str | None]) -> Row:
    original = attribute.original_url or attribute.thumbnail_url
    thumbnail = picture(attribute.thumbnail_url)
    if thumbnail is not None:
        address = picture(original) or thumbnail
        return Row(attribute.label, (Value(attribute.label, address=address, picture=thumbnail),))
    safe = safe_address(original)
    if safe is None:
        return Row(attribute.label, (), _PICTURE_UNSAFE)
    return Row(attribute.label, (Value(safe, address=safe),), _PICTURE_ELSEWHERE)


def _party(attribute: OperationAttributePartyInfo) -> Row:
    party = attribute.party_info
    values = []
    if party.name:
        values.append(Value(party.name, RECEIVER))
    if party.description:
        values.append(Value(party.description))
    if party.website_url:
        values.append(Value(party.website_url, address=safe_address(party.website_url)))
    return Row(attribute.label, tuple(values), None if values else _NOTHING_GIVEN)


def safe_address(address: str) -> str | None:
    """The address if a person may open it: https, a host, nobody's name in front of it."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return None
    if not address.isascii() or not address.isprintable() or " " in address or "\\" in address:
        return None
    return address if parts.scheme == "https" and host and "@" not in parts.netloc else None


def _own_picture(address: str) -> str | None:
    plain = address.isascii() and address.isprintable() and ".." not in address and "\\" not in address
    return address if plain and address.startswith(SANDBOX_PICTURES) else None


def _no_picture(_address: str) -> None:
    return None
