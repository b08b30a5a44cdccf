"""What holds for every test run, whichever part of the tests is asked for."""

from pathlib import Path

import hypothesis
import pytest

# The databases that tests ask for, with the option `--postgres`; and the world that stories begin with.
pytest_plugins = ["tests.support.databases", "tests.support.world"]

# A plain `assert` in these says as much as one in a test file.
pytest.register_assert_rewrite("tests.vectors.checks")

# The same examples on every run, so that a change is judged and not its luck; a slow machine is no failure.
# No test fails by time: machines are noisy.
hypothesis.settings.register_profile(
    "gate",
    deadline=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("gate")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--vectors",
        metavar="DIR",
        type=Path,
        help="run the protocol vectors of this folder instead of tests/vectors/data",
    )
    parser.addoption(
        "--cases",
        metavar="DIR",
        type=Path,
        help="run the case files of this folder instead of the own ones of tests/qr or tests/operations",
    )
