"""Texts against their readings: `pytest tests/qr`, or `--cases DIR` for another folder of the same shape."""

import pytest

from tests.qr.case_files import OWN, NamedCase, cases_in


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" not in metafunc.fixturenames:
        return
    config = metafunc.config
    chosen = config.getoption("--cases")
    cases = cases_in(config.invocation_params.dir / chosen if chosen else OWN)
    metafunc.parametrize("case", cases, ids=[case.name for case in cases])


def test_case(case: NamedCase) -> None:
    case.run()
