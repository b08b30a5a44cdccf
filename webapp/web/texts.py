"""The texts of the templates: each translated once for each language, and kept as it is printed.

What Jinja and Flask-Babel do for every text of every page, find the catalog, look the text up, mark it and
put nothing into it, takes a third of a page's time. Here a text is found by one look into a dictionary.
"""

from typing import Any, Final

from flask import Flask, current_app, g, request
from flask_babel import get_translations
from markupsafe import Markup

from webapp.web.i18n import current_page

_TEXTS: Final = "assent_texts"


class Texts:
    """The texts of one language, as far as they were asked for; the templates' texts are all there are.

    With them lies what is made of them, for pages below one root.
    """

    def __init__(self, translations: Any) -> None:
        self._translations = translations
        self._patterns: dict[str, Markup] = {}
        self._plain: dict[str, Markup] = {}
        self.parts: dict[tuple[Any, ...], Markup] = {}
        """Parts of pages that were made in this language (once.py)."""
        self.addresses: dict[tuple[str, ...], str] = {}
        """Addresses of this site (addresses.py)."""

    def text(self, message: str, values: dict[str, Any]) -> Markup:
        """The text, with what is to stand in it; that is escaped, unless it is markup."""
        if not values:
            found = self._plain.get(message)
            if found is None:
                # Without values, too, a doubled percent sign stands for one.
                found = self._plain[message] = self._pattern(message) % {}
            return found
        return self._pattern(message) % values

    def numbered(self, one: str, many: str, number: int, values: dict[str, Any]) -> Markup:
        """The form of the text that goes with the number, which is `%(num)s` in it."""
        pattern = Markup(self._translations.ungettext(one, many, number))  # noqa: S704 - our own catalog
        return pattern % {"num": number, **values}

    def _pattern(self, message: str) -> Markup:
        found = self._patterns.get(message)
        if found is None:
            found = Markup(self._translations.ugettext(message))  # noqa: S704 - our own catalog
            self._patterns[message] = found
        return found


def configure(app: Flask) -> None:
    """After Flask-Babel, whose place these take in templates; in Python its functions stay."""
    app.extensions[_TEXTS] = {}
    app.jinja_env.globals.update(_=_text, gettext=_text, ngettext=_numbered)


def _text(message: str, /, **values: Any) -> Markup:
    return of_request().text(message, values)


def _numbered(one: str, many: str, number: int, /, **values: Any) -> Markup:
    return of_request().numbered(one, many, number, values)


def of_request() -> Texts:
    """Those of the language of the page that answers this request."""
    # Every text of a page asks, and a look through the proxy `g` takes as long as all the rest.
    texts: Texts | None = g._get_current_object().get(_TEXTS)  # noqa: SLF001 - so Werkzeug tells its users
    if texts is None:
        known: dict[tuple[str, str], Texts] = current_app.extensions[_TEXTS]
        key = current_page().locale, request.script_root
        texts = known.get(key)
        if texts is None:
            texts = known[key] = Texts(get_translations())
        setattr(g, _TEXTS, texts)
    return texts
