"""Addresses of static files that change with their content, so that browsers may keep them for good."""

import hashlib
from base64 import b64encode
from pathlib import Path
from typing import Final

from flask import Flask, Response, request, url_for

DIGEST_LETTERS: Final = 12
SCRIPTS: Final = "js"


class StaticFiles:
    """Digests of the files in one folder, each computed once.

    In demo mode a changed file is noticed by its time of change, so a stylesheet can be edited live.
    """

    def __init__(self, folder: Path, *, follow_changes: bool) -> None:
        self._folder = folder
        self._follow_changes = follow_changes
        self._known: dict[str, tuple[int, bytes]] = {}
        self._hashes: tuple[str, ...] = ()

    def url(self, path: str) -> str:
        """The address of `path` below the folder, with `?v=` and the beginning of its SHA-256."""
        return url_for("static", filename=path, v=self.digest(path))

    def digest(self, path: str) -> str:
        return self._sha256(path).hex()[:DIGEST_LETTERS]

    def integrity(self, path: str) -> str:
        """The whole SHA-256 as the attribute `integrity` wants it; the policy of the pages names the same."""
        return f"sha256-{b64encode(self._sha256(path)).decode()}"

    def scripts(self) -> tuple[str, ...]:
        """The paths of all scripts that pages may run."""
        return tuple(f"{SCRIPTS}/{path.name}" for path in sorted((self._folder / SCRIPTS).glob("*.js")))

    def script_hashes(self) -> tuple[str, ...]:
        """Their `integrity`."""
        if not self._hashes or self._follow_changes:
            self._hashes = tuple(map(self.integrity, self.scripts()))
        return self._hashes

    def content(self, path: str) -> str:
        return (self._folder / path).read_text(encoding="utf-8")

    def set_lifetime(self, response: Response) -> Response:
        """Keep for good what was asked for by its own digest; ask again for everything else."""
        if request.endpoint != "static":
            return response
        path = (request.view_args or {}).get("filename", "")
        found = response.status_code in {200, 304}
        if found and request.args.get("v") == self.digest(path):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        else:
            response.headers["Cache-Control"] = "no-cache"
        return response

    def _sha256(self, path: str) -> bytes:
        changed = (self._folder / path).stat().st_mtime_ns if self._follow_changes else 0
        known = self._known.get(path)
        if known is None or known[0] != changed:
            known = changed, hashlib.sha256((self._folder / path).read_bytes()).digest()
            self._known[path] = known
        return known[1]


def configure(app: Flask, *, follow_changes: bool) -> StaticFiles:
    if app.static_folder is None:
        raise ValueError("the app has no static folder")
    files = StaticFiles(Path(app.static_folder), follow_changes=follow_changes)
    app.jinja_env.globals["static_url"] = files.url
    app.jinja_env.globals["static_integrity"] = files.integrity
    app.after_request(files.set_lifetime)
    return files
