"""`export` and `erase`: what lies here about one person's activation."""

import json
from typing import Any

import click
from flask.cli import with_appcontext

from webapp.commands.desk import database, desk, moment
from webapp.custody.people import KnownRecord, People

_SEALED = (
    "What is sealed opens only with the key that the person's browser keeps: the activation's keys, and what"
    " each receipt says. Nobody else can read it, this site's operator included."
)
_NOTHING = (
    "Nothing was found for this activation. One that was enrolled before this version is found once its"
    " browser was back, a day later at most."
)
_activation_id = click.argument("activation_id")


@click.command("export")
@_activation_id
@with_appcontext
def export(activation_id: str) -> None:
    """Write what lies here about ACTIVATION_ID, the id that the bank knows, as JSON. Changes nothing."""
    at = desk()
    with database(at.settings) as engine:
        records = People(engine, at.settings.server_keys).tell(activation_id)
    if not records:
        raise click.ClickException(_NOTHING)
    told = {
        "activation": activation_id,
        "exported_at": moment(at.clock.now_ms()),
        "records": [_told(record) for record in records],
        "sealed": _SEALED,
    }
    click.echo(json.dumps(told, indent=2, ensure_ascii=False))


@click.command("erase")
@_activation_id
@click.option("--dry-run", is_flag=True, help="Say what would be erased, erase nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def erase(activation_id: str, *, dry_run: bool, yes: bool) -> None:
    """Erase all that lies here about ACTIVATION_ID, the id that the bank knows.

    Its browsers meet the page of those who never enrolled. The activation at the bank is another matter:
    remove it at the PowerAuth Server as well.
    """
    at = desk()
    with database(at.settings) as engine:
        people = People(engine, at.settings.server_keys)
        records = people.tell(activation_id)
        if not records:
            raise click.ClickException(_NOTHING)
        opens = sum(len(record.browsers) for record in records)
        kept = sum(len(record.receipts) for record in records)
        what = f"{len(records)} activations, {opens} browsers, {kept} receipts"
        if dry_run:
            click.echo(f"{what} would be erased")
            return
        if not yes:
            click.confirm(f"Erase {what}? Nothing brings them back.", abort=True, err=True)
        people.erase(activation_id)
    click.echo(f"{what} erased")


def _told(record: KnownRecord) -> dict[str, Any]:
    in_use = record.in_use_until_ms
    return {
        "record": record.id,
        "state": {"stored_times": record.revision, "sealed_bytes": record.sealed_bytes},
        "browsers": [
            {"forgotten_at": moment(browser.expires_at_ms), "server_key": browser.server_key_id}
            for browser in record.browsers
        ],
        "receipts": [
            {"number": one.ordinal, "kept_at": moment(one.kept_at_ms), "sealed_bytes": one.sealed_bytes}
            for one in record.receipts
        ],
        "in_use_until": None if in_use is None else moment(in_use),
    }
