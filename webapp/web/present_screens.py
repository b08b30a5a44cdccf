"""The screens before an operation: everything on them as text, and links that open on demand only.

Source: mobile-token-api.md, section 4.6.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar, Final

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from webapp.mtoken.screens import (
    PreApprovalScreen,
    PreApprovalScreenType,
    ScreenElement,
    ScreenElementStyle,
    ScreenElementType,
)
from webapp.web.present_levels import STYLES
from webapp.web.present_pictures import safe_address
from webapp.web.visible import has_hidden

# Letters, digits, and what addresses and numbers need besides: nothing that looks like something else.
_ON_DEMAND: Final = re.compile(
    r"mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+|tel:\+?[0-9][0-9().-]*", re.IGNORECASE | re.ASCII
)

_OWN_WORDS: Final = {
    PreApprovalScreenType.WARNING: (
        _("Is somebody telling you to do this?"),
        _(
            "Fraudsters hurry people into approving. If somebody on the phone or in a message asks for this,"
            " reject it and call your bank."
        ),
    ),
    PreApprovalScreenType.QR_SCAN: (
        _("Scan the code"),
        _("The code is on the screen where this was started. It shows that you are in front of it."),
    ),
    PreApprovalScreenType.INFO: (
        _("Before you look at it"),
        _("Your bank wants you to stop here for a moment. Go on only if you expect this operation."),
    ),
}
_CANNOT_SHOW: Final = _("This version cannot show everything that your bank sent for this page.")


@dataclass(frozen=True, slots=True)
class Point:
    """One text of a list; `word` says its level if the bank gave it one."""

    text: str
    level: str = ""
    word: LazyString | None = None


@dataclass(frozen=True, slots=True)
class Points:
    """Texts of a list that stand together."""

    kind: ClassVar[str] = "points"
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """A text with a level, in a box of its own."""

    kind: ClassVar[str] = "remark"
    level: str
    word: LazyString
    text: str


@dataclass(frozen=True, slots=True)
class Target:
    """A button of the bank: its words and where it leads; only with `address` a press goes there."""

    kind: ClassVar[str] = "target"
    text: str
    target: str
    address: str | None


Part = Points | Remark | Target


@dataclass(frozen=True, slots=True)
class Screen:
    """Something to read before the operation. Empty texts of the bank are replaced by words of ours."""

    level: str
    title: str
    message: str
    own_title: LazyString
    own_message: LazyString
    parts: tuple[Part, ...] = ()
    rejecting: tuple[str, ...] = ()
    """Words of the buttons that reject."""
    remark: LazyString | None = None
    """What is to be said of things that cannot be shown."""
    has_hidden: bool = False
    """Whether one of its texts holds characters that hide something."""


def screen(source: PreApprovalScreen) -> Screen:
    """What the bank wants to be read before the operation; a type that is not known is an INFO."""
    elements = source.elements or tuple(
        ScreenElement(ScreenElementType.LIST_ITEM, text) for text in source.items
    )
    own_title, own_message = _OWN_WORDS.get(source.type, _OWN_WORDS[PreApprovalScreenType.INFO])
    return Screen(
        level="warning" if source.type is PreApprovalScreenType.WARNING else "info",
        title=source.heading.strip(),
        message=source.message if source.message.strip() else "",
        own_title=own_title,
        own_message=own_message,
        parts=tuple(_parts(elements)),
        rejecting=tuple(one.text for one in elements if one.rejects and one.text.strip()),
        remark=_CANNOT_SHOW if any(one.type is ScreenElementType.UNKNOWN for one in elements) else None,
        has_hidden=any(has_hidden(text) for text in _texts(source, elements)),
    )


def _parts(elements: Iterable[ScreenElement]) -> Iterator[Part]:
    shown = (part for part in map(_part, elements) if part is not None)
    for is_point, group in groupby(shown, key=lambda part: isinstance(part, Point)):
        if is_point:
            yield Points(tuple(part for part in group if isinstance(part, Point)))
        else:
            yield from (part for part in group if not isinstance(part, Point))


def _part(element: ScreenElement) -> Point | Remark | Target | None:
    """None: there is nothing to print."""
    if element.href:
        return Target(element.text, element.href, _address(element.href))
    if not element.text.strip():
        return None
    if element.type is ScreenElementType.ALERT:
        level, word = STYLES[element.style or ScreenElementStyle.INFO]
        return Remark(level, word, element.text)
    if element.style in {ScreenElementStyle.WARNING, ScreenElementStyle.DANGER}:
        return Point(element.text, *STYLES[element.style])
    return Point(element.text)


def _address(href: str) -> str | None:
    """The target if a press may open it: an https address, a plain e-mail address, a telephone number."""
    return href if _ON_DEMAND.fullmatch(href) else safe_address(href)


def _texts(source: PreApprovalScreen, elements: Iterable[ScreenElement]) -> Iterator[str]:
    yield from (source.heading, source.message)
    for one in elements:
        yield from (one.text, one.href or "")
