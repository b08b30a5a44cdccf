"""Operations against what people see: `pytest tests/operations`, or `--cases DIR` for another folder."""

import pytest

from tests.operations.case_files import OWN, Case, cases_in
from tests.operations.expectations import check
from tests.operations.world import World


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" not in metafunc.fixturenames:
        return
    config = metafunc.config
    chosen = config.getoption("--cases")
    cases = cases_in(config.invocation_params.dir / chosen if chosen else OWN)
    metafunc.parametrize("case", cases, ids=[case.name for case in cases])


def test_case(case: Case, world: World) -> None:
    check(case, world)
