"""The protocol against published values: `pytest tests/vectors`, or `--vectors DIR` for another folder."""

from pathlib import Path

import pytest

from tests.vectors.folder import Vector, vectors_in

OWN = Path(__file__).parent / "data"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "vector" not in metafunc.fixturenames:
        return
    config = metafunc.config
    chosen = config.getoption("--vectors")
    folder = config.invocation_params.dir / chosen if chosen else OWN
    vectors = vectors_in(folder)
    metafunc.parametrize("vector", vectors, ids=[vector.name for vector in vectors])


def test_vector(vector: Vector) -> None:
    vector.run()
