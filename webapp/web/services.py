"""The services of the current app, for views."""

from typing import cast

from flask import current_app

from webapp.flows.services import Services


def services() -> Services:
    return cast("Services", current_app.extensions["assent"])
