"""Values of the bank → what a page prints. Nothing is left out: a row that vanishes is a row not seen.

The bank's texts stay plain `str` here; templates/macros/operation.html escapes, isolates and folds them. What
is a `LazyString` is the site's own word. The parts: rows here, lines of the list, screens, pictures.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, assert_never

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from webapp.mtoken.attributes import (
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
from webapp.web.present_levels import ALERTS
from webapp.web.present_list import Line, LineAlert, line, seconds_left
from webapp.web.present_pictures import NO_PICTURES, Pictures, picture_routes, safe_address
from webapp.web.present_screens import Screen, screen
from webapp.web.visible import has_hidden as hides

__all__ = [
    "FIGURE",
    "RECEIVER",
    "Alert",
    "Block",
    "Facts",
    "Heading",
    "Line",
    "LineAlert",
    "Row",
    "Screen",
    "Value",
    "blocks",
    "has_hidden",
    "line",
    "picture_routes",
    "safe_address",
    "screen",
    "seconds_left",
]

FIGURE: Final = "figure"
RECEIVER: Final = "receiver"

_CANNOT_SHOW = _("This version cannot show everything in this entry.")
_RATE_MOVES = _("The rate is not final, so this amount may still change.")
_PICTURE_ELSEWHERE = _("A picture; it is at this address.")
_PICTURE_UNSAFE = _("A picture that cannot be shown safely.")
_NOTHING_GIVEN = _("The bank gave no content.")


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a row. `before` stands in front of it; `role` makes amounts and receivers large.

    `picture` is an address on this site; `address` is where a press on the value leads.
    """

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


def blocks(
    attributes: Iterable[OperationAttribute], *, own_pictures: bool, routes: Pictures = NO_PICTURES
) -> tuple[Block, ...]:
    """The attributes in the bank's order.

    Args:
        own_pictures: the sandbox's pictures are shown, which this site serves itself.
        routes: where this site has the other pictures, as `picture_routes` says; where it has one not, its
            address is a link.
    """
    pictures = routes.with_own() if own_pictures else routes
    found: list[Block] = []
    rows: list[Row] = []

    def close_rows() -> None:
        if rows:
            found.append(Facts(tuple(rows)))
            rows.clear()

    for attribute in attributes:
        block = _block(attribute, pictures)
        if isinstance(block, Row):
            rows.append(block)
        else:
            close_rows()
            # A heading of blanks parts the rows all the same, but says nothing.
            if not isinstance(block, Heading) or block.text.strip():
                found.append(block)
    close_rows()
    return tuple(found)


def has_hidden(operation: UserOperation) -> bool:
    """Whether a text on the operation's page holds characters that hide something: the page then warns."""
    form = operation.form_data
    shown = blocks(form.attributes, own_pictures=False)
    return any(hides(text) for text in (form.title, form.message, *_texts(shown)))


def _texts(shown: Iterable[Block]) -> Iterator[str]:
    for block in shown:
        match block:
            case Heading():
                yield block.text
            case Alert():
                yield from (*block.titles, *block.texts)
            case Facts():
                for row in block.rows:
                    yield row.label
                    for value in row.values:
                        yield from (value.before, value.text)
            case _:
                assert_never(block)


def _block(attribute: OperationAttribute, pictures: Pictures) -> Heading | Alert | Row:
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
            return _image(attribute, pictures)
        case OperationAttributeAlert():
            return _alert(attribute)
        case OperationAttributePartyInfo():
            return _party(attribute, pictures)
        case OperationAttributeUnknown():
            return _unknown(attribute)
        case _:
            assert_never(attribute)


def _unknown(attribute: OperationAttributeUnknown) -> Row:
    texts = ((f"{name}:" if name else "", text) for name, text in attribute.texts)
    values = tuple(Value(text, before=name) for name, text in texts if text.strip())
    return Row(attribute.label, values, _CANNOT_SHOW)


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
    level, word = ALERTS[attribute.alert_type]
    titles = tuple(filter(None, (attribute.label, attribute.title)))
    return Alert(level, word, titles, tuple(filter(None, (attribute.message,))))


def _image(attribute: OperationAttributeImage, pictures: Pictures) -> Row:
    original = attribute.original_url or attribute.thumbnail_url
    picture = pictures.route(attribute.thumbnail_url) or pictures.route(original)
    if picture is not None:
        address = pictures.route(original) or picture
        return Row(attribute.label, (Value(attribute.label, address=address, picture=picture),))
    safe = safe_address(original) or safe_address(attribute.thumbnail_url)
    if safe is None:
        return Row(attribute.label, (), _PICTURE_UNSAFE)
    return Row(attribute.label, (Value(safe, address=safe),), _PICTURE_ELSEWHERE)


def _party(attribute: OperationAttributePartyInfo, pictures: Pictures) -> Row:
    party = attribute.party_info
    logo = pictures.route(party.logo_url) if party.logo_url else None
    values = []
    if logo:
        values.append(Value(attribute.label, picture=logo))
    if party.name:
        values.append(Value(party.name, RECEIVER))
    if party.description:
        values.append(Value(party.description))
    if party.website_url:
        values.append(Value(party.website_url, address=safe_address(party.website_url)))
    if party.logo_url and not logo:
        return Row(attribute.label, tuple(values), _PICTURE_UNSAFE)
    return Row(attribute.label, tuple(values), None if values else _NOTHING_GIVEN)
