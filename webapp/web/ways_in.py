"""Which ways of enrolling this site has open."""

from flask import Flask, current_app

from webapp.flows.ways_in import WaysIn


def configure(app: Flask, ways: WaysIn) -> None:
    """Tell the pages of this app; templates know them as `ways`."""
    app.config["WAYS_IN"] = ways
    app.jinja_env.globals["ways"] = ways


def ways() -> WaysIn:
    """The ways of the current app."""
    found: WaysIn = current_app.config["WAYS_IN"]
    return found
