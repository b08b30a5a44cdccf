"""The setting of the limits, and the document that lists them."""

from pathlib import Path

import pytest

from tests.test_settings import GOOD, problems
from webapp.custody.tries import Rate
from webapp.flows import guard
from webapp.flows.guard import Guess
from webapp.rates import DEFAULTS, read
from webapp.settings import Settings
from webapp.web import rate_limits

DOCUMENT = Path(__file__).parent.parent / "docs/limits.md"
PERIODS = {60: "minute", 3600: "hour", 86_400: "day"}


def test_nothing_set_is_the_defaults():
    assert read("") == read(",") == DEFAULTS
    assert Settings.from_environ(GOOD).rates == DEFAULTS


def test_single_limits_are_changed_or_taken_away():
    changed = read("pin.activation:3/day, scan.address:600/minute,claim.address:off")
    assert changed["pin.activation"] == Rate(3, 86_400)
    assert changed["scan.address"] == Rate(600, 60)
    assert DEFAULTS.keys() - changed.keys() == {"claim.address"}
    assert changed["enrol.address"] == DEFAULTS["enrol.address"]


@pytest.mark.parametrize(
    "value",
    [
        "pin",
        "pin.activation",
        "pin.activation:0/day",
        "pin.activation:3/week",
        "pin.activation:3/day/x",
        "x:3/day",
    ],
)
def test_what_is_no_limit_is_named(value):
    (problem,) = problems(ASSENT_LIMITS=value)
    assert problem.startswith("ASSENT_LIMITS: ")


def test_a_storage_may_have_a_password():
    settings = Settings.from_environ({**GOOD, "ASSENT_LIMITS_STORAGE": "redis://:hunter2@127.0.0.1:6379"})
    assert settings.rates_storage == "redis://:hunter2@127.0.0.1:6379"
    assert "hunter2" not in repr(settings)


def test_every_limit_has_a_rate_and_every_rate_a_limit():
    assert set(guard.RATES) == set(Guess)
    assert {name for names in rate_limits.LIMITED.values() for name in names} == set(rate_limits.RATES)


def test_the_document_lists_the_defaults():
    documented = DOCUMENT.read_text(encoding="utf-8")
    for name, rate in DEFAULTS.items():
        (row,) = [line for line in documented.splitlines() if line.startswith(f"| `{name}` |")]
        assert row.endswith(f"| `{rate.tries}/{PERIODS[rate.period_s]}` |")
