"""Static files, small on their way: minified, compressed once, kept for good under addresses of their own.

Only what everybody may read is compressed. A page never is: how much it shrinks would tell about its secrets
(BREACH), and `tests/web/test_weight.py` keeps pages small.
"""

import gzip
import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final

from flask import Flask, Response, abort, g, request
from markupsafe import Markup
from werkzeug.security import safe_join

from webapp.web.addresses import url_for
from webapp.web.scripts import ModulesInvalid, joined, minified, modules_of, name_of

DIGEST_LETTERS: Final = 12
SCRIPTS: Final = "js/"
_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE_AT_ENDS: Final = re.compile(r"\s*\n\s*")
_TEXTS: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_ELEMENT: Final = Markup('<script type="module" src="{}" integrity="{}"></script>')


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is served; `compressed` is None where that would save nothing."""

    content: bytes = field(repr=False)
    kind: str
    changed: datetime
    sha256: bytes = field(repr=False)
    compressed: bytes | None = field(repr=False)

    @classmethod
    def make(cls, content: bytes, kind: str, changed: datetime) -> "StaticFile":
        compressed = gzip.compress(content, mtime=0) if kind in _TEXTS.values() else content
        is_smaller = len(compressed) < len(content)
        return cls(
            content, kind, changed, hashlib.sha256(content).digest(), compressed if is_smaller else None
        )

    @property
    def digest(self) -> str:
        return self.sha256.hex()[:DIGEST_LETTERS]

    @property
    def integrity(self) -> str:
        """As the attribute `integrity` wants it, and the policy of the page."""
        return f"sha256-{b64encode(self.sha256).decode()}"

    def response(self) -> Response:
        """What this request is to get: compressed if it may be, all of it or a range, or "you have it"."""
        content, etag = self.content, self.digest
        is_compressed = self.compressed is not None and _takes_gzip()
        if is_compressed and self.compressed is not None:
            content, etag = self.compressed, f"{self.digest}-gzip"
        response = Response(content, mimetype=self.kind)
        if is_compressed:
            response.content_encoding = "gzip"
        if self.compressed is not None:
            response.vary.add("Accept-Encoding")
        response.set_etag(etag)
        response.last_modified = self.changed
        response.make_conditional(request, accept_ranges=True, complete_length=len(content))
        return response


class StaticFiles:
    """The files in one folder, each read, minified and compressed once.

    In demo mode a changed file is noticed by its time of change, so a stylesheet can be edited live.
    """

    def __init__(self, folder: Path, *, follow_changes: bool) -> None:
        self._folder = folder
        self._follow_changes = follow_changes
        self._known: dict[str, tuple[float, StaticFile]] = {}
        self._elements: dict[tuple[str, str], Markup] = {}

    def url(self, path: str) -> str:
        """The address of `path` below the folder, with `?v=` and the beginning of its SHA-256."""
        return url_for("static", filename=path, v=self.file(path).digest)

    def content(self, path: str) -> str:
        return (self._folder / path).read_text(encoding="utf-8")

    def script(self, *modules: str) -> Markup:
        """The element that runs these modules; the policy of the page names the same hash."""
        path = f"{SCRIPTS}{name_of(modules)}.js"
        integrity = self.file(path).integrity
        g.script_hashes = (*script_hashes(), integrity)
        key = request.script_root, integrity
        element = self._elements.get(key)
        if element is None:
            element = self._elements[key] = _ELEMENT.format(self.url(path), integrity)
        return element

    def page_script(self) -> Markup:
        """The script with all that this page has asked for so far."""
        wanted = g.get("wanted_scripts", ())
        return self.script(*wanted) if wanted else Markup()

    def file(self, path: str) -> StaticFile:
        """What is served under this path.

        Raises:
            OSError: there is no such file.
        """
        known = self._known.get(path)
        if known is not None and not self._follow_changes:
            return known[1]
        sources = self._sources(path)
        changed = max(source.stat().st_mtime for source in sources)
        if known is None or known[0] != changed:
            known = changed, self._read(path, sources[0], changed)
            self._known[path] = known
        return known[1]

    def serve(self, app: Flask, path: str) -> Response:
        """The view of all static files. Pictures are small already, and sent as they lie there."""
        if Path(path).suffix not in _TEXTS:
            return app.send_static_file(path)
        try:
            return self.file(self._within(path)).response()
        except (OSError, ModulesInvalid):
            abort(HTTPStatus.NOT_FOUND)

    def set_lifetime(self, response: Response) -> Response:
        """Keep for good what was asked for by its own digest; ask again for everything else."""
        if request.endpoint != "static":
            return response
        path = (request.view_args or {}).get("filename", "")
        found = response.status_code < HTTPStatus.BAD_REQUEST
        if found and request.args.get("v") == self.file(self._within(path)).digest:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        else:
            response.headers["Cache-Control"] = "no-cache"
        return response

    def _within(self, path: str) -> str:
        """The one way to write this path, so that nothing is kept twice."""
        found = safe_join(str(self._folder), path)
        if found is None:
            raise FileNotFoundError(path)
        return Path(found).relative_to(self._folder).as_posix()

    def _sources(self, path: str) -> list[Path]:
        if path.startswith(SCRIPTS):
            return sorted((self._folder / SCRIPTS).glob("*.js"))
        return [self._folder / path]

    def _read(self, path: str, source: Path, changed: float) -> StaticFile:
        if path.startswith(SCRIPTS):
            name = path.removeprefix(SCRIPTS).removesuffix(".js")
            content = minified(joined(self._folder / SCRIPTS, modules_of(name))).encode()
        elif source.suffix == ".css":
            content = lean_style(source.read_text(encoding="utf-8")).encode()
        else:
            content = source.read_bytes()
        kind = _TEXTS.get(source.suffix, "application/octet-stream")
        return StaticFile.make(content, kind, datetime.fromtimestamp(changed, UTC))


def lean_style(style: str) -> str:
    """Without comments and the form that is for readers; there are no comments within strings."""
    return _SPACE_AT_ENDS.sub("\n", _COMMENT.sub("", style)).strip()


def configure(app: Flask, *, follow_changes: bool) -> StaticFiles:
    if app.static_folder is None:
        raise ValueError("the app has no static folder")
    files = StaticFiles(Path(app.static_folder), follow_changes=follow_changes)
    app.view_functions["static"] = lambda filename: files.serve(app, filename)
    app.jinja_env.globals.update(
        static_url=files.url, page_script=files.page_script, script=files.script, wants_script=_want_script
    )
    app.after_request(files.set_lifetime)
    return files


def script_hashes() -> tuple[str, ...]:
    """The hashes of the scripts that are in the page of this request."""
    hashes: tuple[str, ...] = g.get("script_hashes", ())
    return hashes


def _want_script(*modules: str) -> Markup:
    """In a template: the script of this page has these modules, however often that is said."""
    g.wanted_scripts = {*g.get("wanted_scripts", ()), *modules}
    return Markup()


def _takes_gzip() -> bool:
    """Whether it is wanted at least as much as none at all."""
    accepted = request.accept_encodings
    wish = accepted.quality("gzip")
    return wish > 0 and wish >= accepted.quality("identity")
