"""What the tests of scanned texts share."""

import pytest

# A plain `assert` in it says as much as one in a test file.
pytest.register_assert_rewrite("tests.qr.expectations")
