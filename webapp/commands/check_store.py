"""Whether the database can be used, is nobody else's to read, and has the tables of this version."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from webapp.commands.findings import Finding, bad, note, ok
from webapp.custody.engine import make_engine, transaction, writing
from webapp.custody.errors import StoreUnavailable
from webapp.custody.migrate import Revisions, revisions

DATABASE: Final = "database"
TABLES: Final = "tables"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def check_store(database_url: str) -> Iterator[Finding]:
    """Looks without leaving anything: a file that is not there is not made."""
    try:
        url = make_url(database_url)
    except ArgumentError:
        yield bad(
            DATABASE,
            "ASSENT_DATABASE_URL is no address",
            "write it as sqlite:////var/lib/assent/assent.sqlite",
        )
        return
    if url.get_backend_name() == "sqlite" and url.database:
        path = Path(url.database)
        if not path.exists():
            yield _place(path)
            return
        yield from _privacy(path)
    try:
        engine = make_engine(database_url)
        try:
            # Taking the place of the one who writes tells whether one may; nothing is written.
            with transaction(writing(engine)) as connection:
                found = revisions(connection)
        finally:
            engine.dispose()
    except StoreUnavailable as error:
        yield bad(DATABASE, f"{_name(url)} cannot be used: {_cause(error, url)}", _how_to_reach(url))
        return
    yield ok(DATABASE, f"{_name(url)} can be read and written")
    yield _tables(found)


def _place(path: Path) -> Finding:
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if os.access(folder, os.W_OK | os.X_OK):
        return note(
            DATABASE, f"{path} is not there yet; the first start makes it, readable by this user only"
        )
    return bad(
        DATABASE, f"{path} is not there and {folder} cannot be written", f"give {folder} to the site's user"
    )


def _privacy(path: Path) -> Iterator[Finding]:
    """Side files that SQLite keeps beside the database follow its rights."""
    about = path.stat()
    if about.st_mode & _OTHERS:
        yield bad(
            DATABASE, f"{path} can be opened by others ({stat.filemode(about.st_mode)})", f"chmod 600 {path}*"
        )
    if about.st_uid != os.geteuid():
        yield bad(
            DATABASE,
            f"{path} belongs to another user",
            "run this as the site's user, or chown the file to it",
        )


def _tables(found: Revisions) -> Finding:
    if not found.is_known:
        return bad(
            TABLES,
            f"of a version that this one does not know ({found.current})",
            "install the newer version again, or restore the backup that was made before it",
        )
    if found.current is None:
        return note(TABLES, "none yet; the first start makes them")
    if found.current != found.newest:
        return note(
            TABLES,
            f"of revision {found.current}; the next start brings them to {found.newest}",
            "make a backup before that start",
        )
    return ok(TABLES, f"of revision {found.newest}, the newest")


def _name(url: URL) -> str:
    return (
        str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    )


def _cause(error: StoreUnavailable, url: URL) -> str:
    """Its first line, without a password that a driver might repeat."""
    told = str(error).partition("\n")[0]
    return told.replace(url.password, "…") if url.password else told


def _how_to_reach(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return "the file, its folder and what is in it have to belong to the site's user"
    return "check ASSENT_DATABASE_URL; the server has to run and to let this user into this database"
