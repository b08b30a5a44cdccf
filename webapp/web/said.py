"""What the bank says, as markup: escaped, in its own direction and language, hidden characters as marks.

A page of an operation has hundreds of such texts, nearly all of them short and plain: hence by hand.
"""

from collections.abc import Sequence
from typing import Final

from flask import Flask
from flask_babel import format_decimal, ngettext
from markupsafe import Markup, escape

from webapp.web.i18n import current_page
from webapp.web.present_passage import Piece, passage
from webapp.web.visible import visible

LONGEST_LINE: Final = 200
_NOTHING: Final = Markup()
_LANGUAGE: Final = Markup(' lang="%s"')
_MARK: Final = Markup('<span class="mark">⟦%s⟧</span>')
_FLOOD: Final = Markup("%s\n%s\n")


def configure(app: Flask) -> None:
    """`macros/operation.html` hands them on."""
    app.jinja_env.globals.update(
        said_line=said, said_pieces=pieces, said_language=language, said_is_cut=is_cut
    )


def said(text: object) -> Markup:
    """One line inside our own words; of a very long one the beginning, and how much is missing."""
    if _is_plain(text):
        return Markup(f"<bdi{language()}>{escape(text)}</bdi>")  # noqa: S704 - of markup alone
    found = passage(text, LONGEST_LINE)
    rest = _NOTHING
    if found.is_folded:
        count = found.hidden_characters
        rest = _MARK % ngettext(
            "%(count)s more character", "%(count)s more characters", count, count=format_decimal(count)
        )
    # All three are markup, and putting markup into markup would escape it once more, slowly.
    return Markup(f"<bdi{language()}>{pieces(found.beginning)}{rest}</bdi>")  # noqa: S704


def is_cut(text: object) -> bool:
    """Whether `said` leaves something out."""
    return not _is_plain(text) and passage(text, LONGEST_LINE).is_folded


def pieces(found: Sequence[Piece]) -> Markup:
    """Texts, and a mark for every flood of empty lines between them."""
    if len(found) == 1 and not found[0].empty_lines:
        return visible(found[0].text)
    return _NOTHING.join(map(_piece, found))


def language() -> Markup:
    """The language of the bank's texts, where it is not the page's."""
    tag = current_page().bank_language
    return _LANGUAGE % tag if tag else _NOTHING


def _is_plain(text: object) -> bool:
    """Short, of one line, and with nothing hidden in it, as nearly all texts are."""
    return isinstance(text, str) and len(text) <= LONGEST_LINE and text.isascii() and text.isprintable()


def _piece(piece: Piece) -> Markup:
    text = visible(piece.text)
    if not piece.empty_lines:
        return text
    words = ngettext("%(num)s empty line", "%(num)s empty lines", piece.empty_lines)
    return _FLOOD % (text, _MARK % words)
