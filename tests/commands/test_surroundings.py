"""Commands without a site find their settings in the environment; and the page tells how to call them."""

import re
from pathlib import Path

import pytest

from tests.commands.conftest import run_at
from tests.support.site import SERVER_KEY
from webapp.app import create_app
from webapp.powerauth.encoding import to_base64

PAGE = Path(__file__).parents[2] / "docs/operating.md"
CALL = "flask --app webapp.app "


@pytest.fixture
def commands():
    """What `flask --app webapp.app` finds."""
    return create_app()


@pytest.fixture
def environ(database_url, sandbox) -> dict[str, str]:
    return {
        "ASSENT_ENROLLMENT_URL": "https://bank.example/enrollment-server",
        "ASSENT_SDK_CONFIGURATION": sandbox.sdk_configuration(),
        "ASSENT_SERVER_KEYS": f"test:{to_base64(SERVER_KEY)}",
        "ASSENT_SECRET_KEY": "a secret of forty characters for tests..",
        "ASSENT_DATABASE_URL": database_url,
    }


def test_a_command_works_on_the_site_of_the_environment(commands, alice, environ):
    result = run_at(commands, "keys", "rotate-status", env=environ)
    assert (result.exit_code, result.stdout) == (0, "test: 1 browsers; seals what is new\n")
    assert run_at(commands, "export", alice.activation_id, env=environ).exit_code == 0


def test_a_command_makes_the_tables_that_it_needs(commands, environ):
    assert "receipts: 0 erased" in run_at(commands, "purge", env=environ).stdout


@pytest.mark.parametrize("command", [("purge",), ("keys", "rotate-status"), ("export", "id")])
def test_settings_that_cannot_be_used_are_named_all_at_once(commands, environ, command):
    bad = {**environ, "ASSENT_SERVER_KEYS": "canary", "ASSENT_RECEIPT_DAYS": "for ever"}
    result = run_at(commands, *command, env=bad)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "ASSENT_SERVER_KEYS" in result.stderr
    assert "ASSENT_RECEIPT_DAYS: a whole number of days above zero" in result.stderr
    assert "canary" not in result.stderr


@pytest.mark.parametrize(
    "url", ["nonsense:canary", "postgresql+psycopg://somebody:canary@/none?host=/nowhere"]
)
def test_a_database_that_cannot_be_used_is_told_in_one_line(commands, environ, url):
    result = run_at(commands, "expire", env={**environ, "ASSENT_DATABASE_URL": url})
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert "canary" not in result.output


@pytest.mark.parametrize(
    "line", [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(CALL)]
)
def test_every_call_on_the_page_is_understood(commands, line):
    arguments = re.sub(r"<.*", "", line.removeprefix(CALL)).split()
    assert run_at(commands, *arguments, "--help").exit_code == 0


def test_every_command_is_on_the_page(commands):
    named = set(re.findall(r"^\| `([a-z]+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert named == set(commands.cli.commands)
