"""A site with people, and its operator, who runs `flask …`."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from tests.support.bank import Bank
from tests.support.browser import Browser
from tests.support.clock import ManualClock
from tests.support.people import Person
from tests.support.site import BACKEND_URL, make_settings
from webapp.app import create_app
from webapp.custody.engine import make_engine
from webapp.custody.schema import metadata
from webapp.sandbox.backend import Backend
from webapp.sandbox.transport import InMemoryTransport

Run = Callable[..., Result]


@pytest.fixture
def make_site(tmp_path: Path, database_url: str, sandbox: Backend, clock: ManualClock):
    """The site, or after a restart the same with other settings."""
    made: list[Flask] = []

    def make(**changes) -> Flask:
        settings = make_settings(
            tmp_path, sandbox.sdk_configuration(), **{"database_url": database_url, **changes}
        )
        made.append(create_app(settings, transport=InMemoryTransport(sandbox, BACKEND_URL), clock=clock))
        return made[-1]

    yield make
    for site in made:
        site.extensions["assent"].custody.close()


@pytest.fixture
def site(make_site) -> Flask:
    return make_site()


@pytest.fixture
def run(site: Flask) -> Run:
    """`run("keys", "rotate-status")`: what `flask` would do. Any traceback fails the test."""
    return lambda *arguments, **more: run_at(site, *arguments, **more)


def run_at(site: Flask, *arguments: str, **more) -> Result:
    result = site.test_cli_runner().invoke(args=list(arguments), **more)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def alice(bank: Bank, site: Flask) -> Person:
    return Person("Alice", bank, Browser(site.test_client())).is_enrolled()


@pytest.fixture
def bob(bank: Bank, site: Flask) -> Person:
    return Person("Bob", bank, Browser(site.test_client()), pin="8642", wrong_pin="9753").is_enrolled()


@pytest.fixture
def moves() -> Callable[[Person, Flask], None]:
    """The person's browser finds another instance of the site under the same name."""

    def move(person: Person, site: Flask) -> None:
        client = site.test_client()
        for name in ("__Host-sid", "__Host-key"):
            client.set_cookie(name, person.browser.cookie(name) or "")
        person.browser = Browser(client)

    return move


def rows_of(database_url: str) -> dict[str, set[tuple]]:
    """Every row of every table."""
    engine = make_engine(database_url)
    with engine.begin() as connection:
        found = {
            name: {tuple(row) for row in connection.execute(table.select())}
            for name, table in metadata.tables.items()
        }
    engine.dispose()
    return found


@pytest.fixture
def counts(database_url: str) -> Callable[[], dict[str, int]]:
    """How many rows are in which table; empty ones are left out."""
    return lambda: {name: len(rows) for name, rows in rows_of(database_url).items() if rows}
