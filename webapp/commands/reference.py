"""`settings`: every variable that can be set, as the tables of docs/configuration.md."""

import click

from webapp.variables import reference


@click.command("settings")
def settings() -> None:
    """List every setting: what it means and what it is when it is not set."""
    for line in reference():
        click.echo(line)
