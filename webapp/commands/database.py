"""`database move`: everything to another database, of the same kind or not."""

import sys

import click
from flask.cli import AppGroup

from webapp.commands.desk import desk, plain_errors, tell_progress
from webapp.custody.engine import read_url
from webapp.custody.moving import MoveRefused, move

group = AppGroup("database", help="Where sealed activations lie.")


@group.command("move")
@click.argument("target")
def move_database(target: str) -> None:
    """Copy everything to TARGET, an empty database, as ASSENT_DATABASE_URL would name it.

    Stop the site first, and start it with the new address afterwards. An address with a password does not
    belong on a command line: give - as TARGET, and the address on standard input.
    """
    with plain_errors():
        try:
            moved = move(desk().settings.database_url, _address(target), progress=tell_progress)
        except MoveRefused as error:
            raise click.ClickException(f"Nothing was moved: {error}") from None
    for name, count in moved.items():
        click.echo(f"{name}: {count} moved")
    click.echo(
        "Everything is there. Start the site with the new ASSENT_DATABASE_URL, then erase the old one."
    )


def _address(target: str) -> str:
    if target == "-":
        return sys.stdin.readline().strip()
    if read_url(target).password:
        raise click.UsageError("others may read a command line: give - and the address on standard input")
    return target
