"""Language and direction: of the page, and of the texts that come from the bank.

The page speaks the language that the visitor chose, or the best of the site's languages. The bank is asked
for the same one, and after it for the visitor's own list, cleaned. Where the site has none of them, the bank
may: then what it says is marked with the visitor's first language. A bank without that language answers in
another one, hence `dir="auto"` on everything it says.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from babel import Locale
from flask import Flask, Response, current_app, g, request
from flask_babel import Babel, get_locale
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from werkzeug.local import LocalProxy

FALLBACK: Final = "en"
COOKIE: Final = "LANGUAGE_COOKIE_NAME"
"""The key of the app's configuration that names the cookie with the visitor's choice."""
OFFERED: Final = "LANGUAGES_OFFERED"
"""The key of what `configure` was given."""
MAX_LANGUAGES_LENGTH: Final = 200

_NEXT_BEST: Final = 0.9
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


def configure(app: Flask, languages: Sequence[str], *, cookie: str) -> None:
    """Make the app speak `languages`, BCP 47 tags; the first is for those who want none of them.

    `cookie` is the name of the cookie that holds what the visitor chose.
    """
    offered = tuple(languages)
    app.config[OFFERED] = offered
    app.config[COOKIE] = cookie
    Babel(
        app,
        default_locale=offered[0].replace("-", "_"),
        default_translation_directories=str(_TRANSLATIONS),
        locale_selector=lambda: (wanted(offered) or offered[0]).replace("-", "_"),
    )
    # A global, so that imported macros have it too; pages have the thing itself, which takes no looking for.
    app.jinja_env.globals["page"] = LocalProxy(current_page)
    app.context_processor(lambda: {"page": current_page()})
    app.after_request(_name_language)


def wanted(offered: Sequence[str]) -> str | None:
    """The language that this visitor chose, or the best of `offered`; None if they want none of these."""
    return _preferred(tuple(offered), _chosen(), _accepted())


def bank_languages() -> str:
    """What the backend gets as Accept-Language: valid tags, best first, at most 200 characters.

    The language of the page comes first, so that page and bank say the same thing in the same language.
    """
    return _asked_for(current_app.config[OFFERED], _chosen(), _accepted())


def _chosen() -> str | None:
    return request.cookies.get(current_app.config[COOKIE])


def _accepted() -> str:
    return request.headers.get("Accept-Language", "")


# The browsers of a country say a handful of things about languages, and each of them with every request.
@lru_cache(maxsize=128)
def _preferred(offered: tuple[str, ...], chosen: str | None, accepted: str) -> str | None:
    return chosen if chosen in offered else parse_accept_header(accepted, LanguageAccept).best_match(offered)


@lru_cache(maxsize=128)
def _asked_for(offered: tuple[str, ...], chosen: str | None, accepted: str) -> str:
    page = _preferred(offered, chosen, accepted)
    header = page or ""
    for tag, quality in parse_accept_header(accepted, LanguageAccept):
        if not _TAG.fullmatch(tag) or not 0 < quality <= 1 or tag == page:
            continue
        best = quality if page is None else min(quality, _NEXT_BEST)
        item = tag if best == 1 else f"{tag};q={best:.3g}"
        longer = f"{header},{item}" if header else item
        if len(longer) > MAX_LANGUAGES_LENGTH:
            break
        header = longer
    return header or FALLBACK


def current_page() -> Page:
    """The language of the page that answers this request."""
    # Each text of the bank asks.
    page: Page | None = g._get_current_object().get("page")  # noqa: SLF001 - so Werkzeug tells its users
    if page is None:
        page = g.page = _page()
    return page


def direction_of(locale: Locale) -> str:
    """The value of `dir` for text of this locale."""
    return "rtl" if locale.character_order == "right-to-left" else "ltr"


def _page() -> Page:
    return _described(get_locale() or Locale.parse(FALLBACK), bank_languages())


@lru_cache(maxsize=128)
def _described(locale: Locale, bank_languages: str) -> Page:
    asked = bank_languages.partition(",")[0].partition(";")[0]
    same = asked.partition("-")[0].lower() == locale.language
    return Page(str(locale).replace("_", "-"), direction_of(locale), None if same else asked)


def _name_language(response: Response) -> Response:
    if response.mimetype == "text/html" and response.status_code not in {204, 304}:
        response.headers["Content-Language"] = current_page().locale
        response.vary.update(("Accept-Language", "Cookie"))
    return response
