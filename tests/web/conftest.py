"""The web room alone: pages that need no bank, on an app that has no services."""

from pathlib import Path

import pytest
from flask import Flask

from tests.support.plain import Plain, Without
from webapp.web.install import install

ROOT = Path(__file__).parents[2]


@pytest.fixture
def app_with():
    """Makes an app with some settings of its own."""

    def app_with(**changes) -> Flask:
        app = Flask("webapp", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
        app.extensions["assent"] = Without()
        install(app, Plain(**changes))
        return app

    return app_with


@pytest.fixture
def app(app_with) -> Flask:
    return app_with()


@pytest.fixture
def client(app):
    return app.test_client()
