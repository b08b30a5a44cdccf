"""One world for all cases: people and sites are made once."""

import pytest

from tests.operations.world import World

# A plain `assert` in it says as much as one in a test file.
pytest.register_assert_rewrite("tests.operations.expectations", "tests.operations.seen")


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    with World(tmp_path_factory.mktemp("operations")) as world:
        yield world
