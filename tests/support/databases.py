"""The database of a test: SQLite, or with `--postgres` PostgreSQL. The same tests run on both."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.postgres import VARIABLE


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgres",
        metavar="URL",
        default=os.environ.get(VARIABLE),
        help="run the tests that need a database on this PostgreSQL server instead of SQLite; each makes "
        f"a database of its own there (also by the variable {VARIABLE})",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What needs a database says in its name which; nothing is skipped."""
    if "database" in metafunc.fixturenames:
        kind = "postgresql" if metafunc.config.getoption("--postgres") else "sqlite"
        metafunc.parametrize("database", [kind], indirect=True, scope="session")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What is about PostgreSQL alone has no place in a run without it."""
    is_about_it = collection_path.name == "test_postgresql.py"
    return True if is_about_it and not config.getoption("--postgres") else None


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> str:
    """Which database this run is about."""
    return str(request.param)


@pytest.fixture
def new_database(database: str, request: pytest.FixtureRequest, tmp_path) -> Iterator[Callable[[], str]]:
    """Makes empty databases, as many as a test wants, and gives their URLs."""
    if database == "sqlite":
        # The first has the name that tests look for who read or put back a site's file.
        numbers = iter(("", *range(1, 100)))
        yield lambda: f"sqlite:///{tmp_path}/assent{next(numbers)}.sqlite"
        return
    made: list[str] = []
    url = make_url(request.config.getoption("--postgres"))

    def create() -> str:
        made.append(f"assent_{secrets.token_hex(8)}")
        with administration(request) as execute:
            execute(f"CREATE DATABASE {made[-1]}")
        return url.set(database=made[-1]).render_as_string(hide_password=False)

    yield create
    with administration(request) as execute:
        for name in made:
            execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(new_database: Callable[[], str]) -> str:
    """An empty database."""
    return new_database()


@contextmanager
def administration(request: pytest.FixtureRequest) -> Iterator[Callable[[str], object]]:
    engine = create_engine(request.config.getoption("--postgres"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield lambda statement: connection.execute(text(statement))
    finally:
        engine.dispose()
