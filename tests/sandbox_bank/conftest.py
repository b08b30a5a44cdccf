"""The bank's pages in the site's frame, with a real backend behind them."""

from pathlib import Path

import html5lib
import pytest
from flask import Flask

from tests.support.clock import ManualClock
from tests.support.plain import Plain
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend
from webapp.sandbox.bank import bank
from webapp.web.install import install

ROOT = Path(__file__).parents[2]


@pytest.fixture
def clock():
    return ManualClock(start_ms=1_772_439_300_000)  # 2 March 2026, 08:15:00 UTC


@pytest.fixture
def backend(clock):
    with Backend(":memory:", clock=clock, random=system_random) as backend:
        yield backend


@pytest.fixture
def app_for():
    """Makes an application out of a back office."""

    def app_for(office):
        app = Flask("webapp", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
        install(app, Plain(demo=True))
        app.testing = True
        app.register_blueprint(bank(office))
        return app

    return app_for


@pytest.fixture
def teller(app_for, backend):
    """Somebody who plays the bank, in a browser without script."""
    return Teller(app_for(backend))


@pytest.fixture
def teller_of(app_for):
    return lambda office: Teller(app_for(office))


class Teller:
    """Opens pages and sends the forms that are on them, with their hidden fields."""

    def __init__(self, app):
        self.client = app.test_client()

    def opens(self, address, **headers):
        return Page(self, self.client.get(address, headers=headers))

    def sends(self, action, **fields):
        return Page(self, self.client.post(action, data=fields))


class Page:
    """A response, parsed."""

    def __init__(self, teller, response):
        self.teller = teller
        self.response = response
        self.status = response.status_code
        self.text = response.text
        self.tree = parsed(response.text) if response.mimetype == "text/html" and self.status != 303 else None

    @property
    def heading(self):
        return "".join(self.tree.find(".//h1").itertext())

    @property
    def words(self):
        return " ".join(" ".join(self.tree.find(".//main").itertext()).split())

    def form(self, ending):
        return next(one for one in self.tree.iter("form") if one.get("action").endswith(ending))

    def has_form(self, ending):
        return any(one.get("action").endswith(ending) for one in self.tree.iter("form"))

    def fields(self, ending):
        """The form's values as a browser would send them."""
        form = self.form(ending)
        values = {one.get("name"): one.get("value", "") for one in form.iter("input")}
        return values | {one.get("name"): one.text or "" for one in form.iter("textarea")}

    def submits(self, ending, **changed):
        """Send a form of this page and follow the redirect, if there is one."""
        action = self.form(ending).get("action")
        answer = self.teller.sends(action, **(self.fields(ending) | changed))
        return self.teller.opens(answer.response.location) if answer.status == 303 else answer

    def follows(self, words):
        link = next(one for one in self.tree.iter("a") if words in " ".join("".join(one.itertext()).split()))
        return self.teller.opens(link.get("href"))

    def refresh_s(self):
        refresh = [one for one in self.tree.iter("meta") if one.get("http-equiv") == "refresh"]
        return int(refresh[0].get("content")) if refresh else None


def parsed(text):
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(text)
