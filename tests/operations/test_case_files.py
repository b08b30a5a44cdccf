"""The runner of the case files itself: nothing may pass because nobody looked."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.operations.case_files import OWN, cases_in, expanded
from tests.operations.expectations import check

ROOT = Path(__file__).parents[2]
RIGHT = {
    "id": "right",
    "change": {},
    "page": {"heading": "Payment", "shows": ["€2,450.50"], "approve": "pin"},
}
NOTE = {"type": "NOTE", "id": "n", "label": "Note", "note": "Rent\n\n\n\n\n\u200b\n\nMarch"}
WITH_NOTE = RIGHT | {"change": {"formData": {"attributes": [NOTE]}}}


def write(folder: Path, name: str, *cases: Any) -> None:
    (folder / f"{name}.json").write_text(json.dumps({"about": "tests", "cases": cases}), encoding="utf-8")


def failures(folder: Path, world) -> dict[str, str]:
    """The cases of the folder that fail, and why."""
    failed = {}
    for case in cases_in(folder):
        try:
            check(case, world)
        except (AssertionError, pytest.fail.Exception) as error:
            failed[case.name] = str(error)
    return failed


def test_right_cases_pass(tmp_path, world):
    whole = json.loads((ROOT / "tests/operations/frames.json").read_text(encoding="utf-8"))["payment"] | {
        "id": "7"
    }
    write(tmp_path, "mine", RIGHT, {"id": "whole", "operation": whole, "page": {"heading": "Payment"}})
    assert [case.name for case in cases_in(tmp_path)] == ["mine/right", "mine/whole"]
    assert failures(tmp_path, world) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        RIGHT | {"page": {"heading": "Consent"}},
        RIGHT | {"page": {"shows": ["€2,450.51"]}},
        RIGHT | {"page": {"hides": ["€2,450.50"]}},
        RIGHT | {"page": {"hides": ["<dl"]}},
        RIGHT | {"page": {"orders": ["To account", "Amount"]}},
        RIGHT | {"page": {"approve": "press"}},
        RIGHT | {"page": {"approve": "pin", "asks": ["code"]}},
        RIGHT | {"page": {"screens": [{}]}},
        RIGHT | {"page": {"folds": 1}},
        RIGHT | {"page": {"caution": True}},
        RIGHT | {"page": {"pictures": ["/x"]}},
        RIGHT | {"page": {"links": {"a": "https://a.example/"}}},
        RIGHT | {"page": {"status": 404}},
        RIGHT | {"page": {"heard": ["x"]}},
        RIGHT | {"list": {"shows": ["nobody"]}},
        RIGHT | {"list": {"unreadable": 1}},
        RIGHT | {"result": {"shows": ["Rejected"]}},
        RIGHT | {"id": "rejected", "result": {"after": "reject", "shows": ["Approved"]}},
        RIGHT | {"change": {"ui": {"preApprovalScreen": {"type": "INFO"}}}},
        RIGHT | {"change": {"id": None}},
        RIGHT | {"language": "cs", "page": {"shows": ["Your PIN"]}},
        RIGHT | {"sounds": ["x"]},
        WITH_NOTE | {"page": {}},
        {"id": "nothing-promised", "change": {}},
    ],
)
def test_a_wrong_case_fails(tmp_path, world, wrong):
    write(tmp_path, "mine", wrong)
    assert list(failures(tmp_path, world)) == [f"mine/{wrong['id']}"]


@pytest.mark.parametrize(
    "content", ["", "{", "7", "{}", '{"cases": [7]}', '[{"id": "x", "page": {}}]', "[{}]"]
)
def test_a_file_of_another_shape_fails(tmp_path, world, content):
    (tmp_path / "mine.json").write_text(content, encoding="utf-8")
    assert list(failures(tmp_path, world)) == ["folder"]


def test_an_id_names_one_case_only(tmp_path, world):
    write(tmp_path, "one", RIGHT)
    write(tmp_path, "two", RIGHT)
    assert "right" in failures(tmp_path, world)["folder"]


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_folder_without_cases_fails(tmp_path, world, name):
    (tmp_path / "empty").mkdir()
    assert "holds no cases" in failures(tmp_path / name, world)["folder"]


def test_short_forms_are_written_out():
    assert expanded({"a": {"$repeat": "ab", "$times": 3}}) == {"a": "ababab"}
    assert expanded([{"$each": {"n": "row {n}"}, "$times": 2}, 7]) == [{"n": "row 1"}, {"n": "row 2"}, 7]


def test_there_are_many_cases_of_every_kind():
    names = [case.name for case in cases_in(OWN)]
    assert len(names) >= 200
    assert all((OWN / f"{name.partition('/')[0]}.json").exists() for name in names)


def test_the_option_takes_a_folder_relative_to_where_one_stands(tmp_path):
    (tmp_path / "others").mkdir()
    write(tmp_path / "others", "mine", RIGHT, RIGHT | {"id": "wrong", "page": {"heading": "Consent"}})
    tests = str(ROOT / "tests" / "operations" / "test_cases.py")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", tests, "--cases", "others"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    assert "1 failed, 1 passed" in run.stdout
    assert "test_case[mine/wrong]" in run.stdout
