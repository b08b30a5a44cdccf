"""Addresses of this site for pages: those that are the same on every page are made once.

A page has two dozen of them, most in its frame, and making one takes longer than printing it.
"""

import re
from typing import Any, Final

import flask
from flask import Flask

from webapp.web import texts

_PLAIN: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
"""What stands in an address as it is."""
_PLACE: Final = "PLACE-OF-THE-NAME"


def configure(app: Flask) -> None:
    """Templates use it under its own name."""
    app.jinja_env.globals["url_for"] = url_for


def url_for(endpoint: str, **values: Any) -> str:
    """As Flask's. What nobody but the site itself fills in is remembered, and what stands around a name."""
    name = ""
    if values and endpoint != "static":
        (name, value), *more = values.items()
        if more or not isinstance(value, str) or not _PLAIN.fullmatch(value):
            return flask.url_for(endpoint, **values)
        values = {name: _PLACE}
    known = texts.of_request().addresses
    key = endpoint, name, *values.values()
    address = known.get(key)
    if address is None:
        address = known[key] = flask.url_for(endpoint, **values)
    return address.replace(_PLACE, value) if name else address
