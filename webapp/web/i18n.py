"""Language and direction: of the page, and of the texts that come from the bank.

The page speaks the best of the site's languages. The bank may speak more of them, so it gets the visitor's
own list, cleaned; what it then says is marked with the visitor's first language where that differs from
the page's. A bank without that language answers in another one, hence `dir="auto"` on everything it says.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel import Locale
from flask import Flask, Response, g, request
from flask_babel import Babel, get_locale
from werkzeug.local import LocalProxy

FALLBACK: Final = "en"
MAX_LANGUAGES_LENGTH: Final = 200

_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")
_TRANSLATIONS = Path(__file__).parent.parent / "translations"


@dataclass(frozen=True, slots=True)
class Page:
    """The language of the page: `locale` is a BCP 47 tag, `direction` "ltr" or "rtl".

    `bank_language` is the tag of the texts from the bank, None where it is the page's own language.
    """

    locale: str
    direction: str
    bank_language: str | None


def configure(app: Flask, languages: Sequence[str]) -> None:
    """Make the app speak `languages`, BCP 47 tags; the first is for those who want none of them."""
    offered = tuple(languages)
    Babel(
        app,
        default_locale=offered[0].replace("-", "_"),
        default_translation_directories=str(_TRANSLATIONS),
        locale_selector=lambda: negotiate(offered).replace("-", "_"),
    )
    # A global, so that imported macros have it too.
    app.jinja_env.globals["page"] = LocalProxy(current_page)
    app.after_request(_name_language)


def negotiate(offered: Sequence[str]) -> str:
    """The best of `offered` for this visitor."""
    return request.accept_languages.best_match(offered, default=offered[0]) or offered[0]


def bank_languages() -> str:
    """The visitor's Accept-Language for the backend: valid tags, best first, at most 200 characters."""
    header = ""
    for tag, quality in request.accept_languages:
        if not _TAG.fullmatch(tag) or not 0 < quality <= 1:
            continue
        item = tag if quality == 1 else f"{tag};q={quality:.3g}"
        longer = f"{header},{item}" if header else item
        if len(longer) > MAX_LANGUAGES_LENGTH:
            break
        header = longer
    return header or FALLBACK


def current_page() -> Page:
    """The language of the page that answers this request."""
    if "page" not in g:
        g.page = _page()
    page: Page = g.page
    return page


def _page() -> Page:
    locale = get_locale() or Locale.parse(FALLBACK)
    wanted = bank_languages().partition(",")[0].partition(";")[0]
    same = wanted.partition("-")[0].lower() == locale.language
    return Page(
        locale=str(locale).replace("_", "-"),
        direction="rtl" if locale.character_order == "right-to-left" else "ltr",
        bank_language=None if same else wanted,
    )


def _name_language(response: Response) -> Response:
    if response.mimetype == "text/html" and response.status_code not in {204, 304}:
        response.headers["Content-Language"] = current_page().locale
        response.vary.update(("Accept-Language", "Cookie"))
    return response
