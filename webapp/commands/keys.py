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
    keys = at.settings.server_keys.every
    with database(at.settings) as engine:
        upkeep = Upkeep(engine, progress=tell_progress)
        found = upkeep.needed_keys(at.clock.now_ms())
        # With keys of its own, the trail has nothing to do with these.
        trail = at.settings.audit_keys is None
        for_trail = {key.id for key in keys[1:] if trail and upkeep.is_needed_by_trail(key.id)}
    uses = {use.key_id: use for use in found}
    configured = [key.id for key in keys]
    click.echo(_first(keys[0], uses.get(keys[0].id)))
    for key in keys[1:]:
        click.echo(_line(key, uses.get(key.id), for_trail=key.id in for_trail))
    missing = [use for use in found if use.key_id not in configured]
    for use in missing:
        click.echo(_missing(use))
    if missing:
        raise SystemExit(1)


def _first(key: ServerKey, use: KeyUse | None) -> str:
    return f"{key.id}: {use.browsers if use else 0} browsers; seals what is new"


def _line(key: ServerKey, use: KeyUse | None, *, for_trail: bool) -> str:
    if use is None:
        why = "only to read the audit trail, keep it" if for_trail else "nobody needs it, remove it"
        return f"{key.id}: 0 browsers; {why}"
    told = f"{key.id}: {use.browsers} browsers; needed until they are back, or until {moment(use.until_ms)}"
    if key.last_day is not None:
        told += f"; its last day is {key.last_day}, who is not back by then enrols anew"
    return told


def _missing(use: KeyUse) -> str:
    if use.key_id is None:
        return f"damaged: {use.browsers} browsers; what lies in the database is not what was put there"
    return f"{use.key_id}: {use.browsers} browsers; NOT CONFIGURED, they meet an error until it is put back"
