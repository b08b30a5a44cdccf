"""Every command, put where `flask` finds it."""

from flask import Flask

from webapp.clock import Clock
from webapp.commands import audit, database, keys
from webapp.commands.clearing import expire, purge
from webapp.commands.desk import put_desk
from webapp.commands.doctor import doctor
from webapp.commands.person import erase, export
from webapp.commands.reference import settings as settings_reference
from webapp.settings import Settings


def install_commands(app: Flask, settings: Settings | None = None, clock: Clock | None = None) -> None:
    """Commands about this site; without settings, about the one that the environment describes."""
    if settings is not None and clock is not None:
        put_desk(app, settings, clock)
    for command in (
        doctor,
        settings_reference,
        audit.group,
        keys.group,
        database.group,
        expire,
        purge,
        export,
        erase,
    ):
        app.cli.add_command(command)
