"""What every command uses: the settings, the clock, the database; and how it tells what it does.

Results go to standard output, everything else to standard error. A command ends with 0 when it did what
was asked, with 1 when it could not or when something needs attention, and with 2 when it was not
understood.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import click
from flask import Flask, current_app
from sqlalchemy import Engine

from webapp.clock import Clock, SystemClock
from webapp.custody.engine import make_engine
from webapp.custody.migrate import migrate
from webapp.errors import AssentError
from webapp.settings import Settings, SettingsInvalid
from webapp.sites import chosen

_DESK: Final = "assent-desk"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where an operator works."""

    settings: Settings
    clock: Clock


def put_desk(app: Flask, settings: Settings, clock: Clock) -> None:
    """Commands of this app are about these settings."""
    app.extensions[_DESK] = Desk(settings, clock)


def desk() -> Desk:
    """The desk of this app; without one, of the site that the environment describes."""
    found = current_app.extensions.get(_DESK)
    if isinstance(found, Desk):
        return found
    try:
        return Desk(chosen(os.environ), SystemClock())
    except SettingsInvalid as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def plain_errors() -> Iterator[None]:
    """What goes wrong is told in one line, and the command ends with 1."""
    try:
        yield
    except AssentError as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def database(settings: Settings) -> Iterator[Engine]:
    """The site's database with the newest tables, for the length of a block."""
    with plain_errors():
        migrate(settings.database_url)
        engine = make_engine(settings.database_url)
        try:
            yield engine
        finally:
            engine.dispose()


def tell_progress(what: str, done: int, total: int) -> None:
    click.echo(f"{what}: {done} of {max(done, total)}", err=True)


def moment(at_ms: int) -> str:
    """A time as people write it, in UTC; one that no calendar has as it is."""
    try:
        return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        return f"{at_ms} ms"
