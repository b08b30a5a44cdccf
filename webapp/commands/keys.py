"""`keys rotate-status`: which server keys are still needed, and until when."""

import click
from flask.cli import AppGroup

from webapp.commands.desk import database, desk, moment, tell_progress
from webapp.custody.server_keys import ServerKey
from webapp.custody.upkeep import KeyUse, Upkeep

group = AppGroup("keys", help="The server's half of every key.")


@group.command("rotate-status")
def rotate_status() -> None:
    """How many browsers need which server key.

    A browser's wrap goes over to the first key when it comes back: only then is its half at hand. So an
    old key is needed until no browser needs it any more. Ends with 1 if a key is missing.
    """
    at = desk()
    with database(at.settings) as engine:
        found = Upkeep(engine, progress=tell_progress).needed_keys(at.clock.now_ms())
    uses = {use.key_id: use for use in found}
    keys = at.settings.server_keys.every
    configured = [key.id for key in keys]
    for key in keys:
        click.echo(_line(key, uses.get(key.id), is_first=key is keys[0]))
    missing = [use for use in found if use.key_id not in configured]
    for use in missing:
        click.echo(_missing(use))
    if missing:
        raise SystemExit(1)


def _line(key: ServerKey, use: KeyUse | None, *, is_first: bool) -> str:
    count = use.browsers if use else 0
    if is_first:
        return f"{key.id}: {count} browsers; seals what is new"
    if use is None:
        return f"{key.id}: 0 browsers; nobody needs it, remove it"
    ends = (
        ""
        if key.last_day is None
        else f"; its last day is {key.last_day}, who is not back by then enrols anew"
    )
    return f"{key.id}: {count} browsers; needed until they are back, or until {moment(use.until_ms)}{ends}"


def _missing(use: KeyUse) -> str:
    if use.key_id is None:
        return f"damaged: {use.browsers} browsers; what lies in the database is not what was put there"
    return f"{use.key_id}: {use.browsers} browsers; NOT CONFIGURED, they meet an error until it is put back"
