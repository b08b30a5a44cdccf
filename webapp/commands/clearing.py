"""`expire` and `purge`: erase what nobody comes back for. Both are safe while the site runs."""

from typing import Final

import click
from flask.cli import with_appcontext

from webapp.commands.desk import database, desk, tell_progress
from webapp.custody.upkeep import Erased, Upkeep

_DAY_MS: Final = 86_400_000
_dry_run = click.option("--dry-run", is_flag=True, help="Count only, erase nothing.")


@click.command("expire")
@_dry_run
@with_appcontext
def expire(*, dry_run: bool) -> None:
    """Erase browsers that stayed away for 400 days, and activations that no browser opens any more."""
    at = desk()
    with database(at.settings) as engine:
        erased = Upkeep(engine, progress=tell_progress).expire(at.clock.now_ms(), dry_run=dry_run)
    _tell(erased, dry_run=dry_run)


@click.command("purge")
@_dry_run
@with_appcontext
def purge(*, dry_run: bool) -> None:
    """Erase receipts older than ASSENT_RECEIPT_DAYS, and what ended a day ago: leases, counts of tries."""
    at = desk()
    now_ms = at.clock.now_ms()
    with database(at.settings) as engine:
        erased = Upkeep(engine, progress=tell_progress).purge(
            kept_before_ms=now_ms - at.settings.receipt_days * _DAY_MS,
            ended_before_ms=now_ms - _DAY_MS,
            dry_run=dry_run,
        )
    _tell(erased, dry_run=dry_run)


def _tell(erased: Erased, *, dry_run: bool) -> None:
    for name, count in erased.counts.items():
        click.echo(f"{name}: {count} {'would be erased' if dry_run else 'erased'}")
