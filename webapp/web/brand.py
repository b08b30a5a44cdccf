"""The operator's logo and colours, served by this site itself; webapp/branding.py has checked them.

The colours come in the place of app.css: the same sheet, with one property set anew at its end. So no page
has a style in it, and nothing more is asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Final, Protocol, cast

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for

from webapp.web.static_files import StaticFile, StaticFiles

STYLE: Final = "css/app.css"
FOR_GOOD: Final = "public, max-age=31536000, immutable"
LOGO_HEADERS: Final = MappingProxyType(
    {
        # Whoever opens it by itself gets a picture, in which nothing runs and nothing loads.
        "Content-Security-Policy": (
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
        ),
        "Content-Disposition": "inline",
    }
)

blueprint = Blueprint("brand", __name__, url_prefix="/brand")


class LogoSettings(Protocol):
    """A picture and its shape."""

    @property
    def content(self) -> bytes: ...
    @property
    def media_type(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...


class BrandSettings(Protocol):
    """What the operator has chosen."""

    @property
    def logo(self) -> LogoSettings | None: ...
    @property
    def light(self) -> str | None: ...
    @property
    def dark(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Picture:
    """The logo as a page prints it."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class _Brand:
    """All of it made once; None: as it comes."""

    files: StaticFiles
    sheet: StaticFile | None
    logo: StaticFile | None
    shape: LogoSettings | None


def configure(app: Flask, settings: BrandSettings, files: StaticFiles) -> None:
    """The addresses are there only where somebody has chosen something."""
    rules = "".join(_rules(settings)).encode()
    own, found = files.file(STYLE), settings.logo
    app.extensions["brand"] = brand = _Brand(
        files,
        StaticFile.make(own.content + rules, own.kind, own.changed) if rules else None,
        StaticFile.make(found.content, found.media_type, own.changed) if found else None,
        found,
    )
    app.jinja_env.globals["style_url"] = style_url
    app.jinja_env.globals["logo"] = logo
    if brand.sheet or brand.logo:
        app.register_blueprint(blueprint)


def _rules(settings: BrandSettings) -> Iterator[str]:
    """Each for its own half, so that one alone leaves the other as it is."""
    dark = "all and (prefers-color-scheme: dark)"
    for colour, when in ((settings.light, f"not {dark}"), (settings.dark, dark)):
        if colour:
            yield f"@media {when} {{ :root {{ --accent: {colour}; }} }}\n"


def style_url() -> str:
    """The address of the site's stylesheet, with the digest of what it says."""
    brand = _brand()
    return url_for("brand.style", v=brand.sheet.digest) if brand.sheet else brand.files.url(STYLE)


def logo() -> Picture | None:
    brand = _brand()
    if brand.logo is None or brand.shape is None:
        return None
    return Picture(url_for("brand.picture", v=brand.logo.digest), brand.shape.width, brand.shape.height)


@blueprint.get("/style.css")
def style() -> Response:
    return _served(_brand().sheet)


@blueprint.get("/logo")
def picture() -> Response:
    response = _served(_brand().logo)
    response.headers.update(LOGO_HEADERS)
    return response


def _served(file: StaticFile | None) -> Response:
    """For good under its own digest; else browsers ask again, as for the static files."""
    if file is None:
        abort(HTTPStatus.NOT_FOUND)
    response = file.response()
    response.headers["Cache-Control"] = FOR_GOOD if request.args.get("v") == file.digest else "no-cache"
    return response


def _brand() -> _Brand:
    return cast("_Brand", current_app.extensions["brand"])
