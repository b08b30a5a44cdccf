"""The runner of the case files itself: nothing may pass because nobody looked."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.powerauth import known
from tests.qr.case_files import OWN, cases_in
from tests.qr.payloads import payload
from webapp.errors import AssentError
from webapp.powerauth.ecc import point
from webapp.powerauth.encoding import to_base64

ROOT = Path(__file__).parents[2]
CUT_OFF = {"id": "cut-off", "input": "a\nb", "error": "LINES"}
WORD = {"id": "word", "input": "hello", "kind": "unknown"}
RENT = {"id": "rent", "input": payload(), "signature_valid": True}


def write(folder: Path, name: str, *cases: Any) -> None:
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")


def failures(folder: Path) -> dict[str, str]:
    """The cases of the folder that fail, and why."""
    failed = {}
    for case in cases_in(folder):
        try:
            case.run()
        except (AssertionError, KeyError, ValueError, AssentError, pytest.fail.Exception) as error:
            failed[case.name] = repr(error)
    return failed


def test_right_cases_pass(tmp_path: Path) -> None:
    write(tmp_path, "mine", CUT_OFF, WORD)
    assert [case.name for case in cases_in(tmp_path)] == ["mine/cut-off", "mine/word"]
    assert failures(tmp_path) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        CUT_OFF | {"error": "SIGNING_KEY"},
        CUT_OFF | {"error_line": 1},
        CUT_OFF | {"error": None, "result": {"title": "b"}},
        CUT_OFF | {"input": payload()},
        WORD | {"kind": "pac"},
        WORD | {"error": "JWT_PARTS"},
        WORD | {"source": "telepathy"},
        RENT,
        RENT | {"signature_valid": None, "result": {"title": "Payment"}},
        RENT | {"signature_valid": None, "signed_by_user": "7"},
        RENT | {"signature_valid": None, "signed_sha256": "00"},
        RENT | {"signature_valid": None, "code": {"knowledge": "00000000-00000000"}},
        RENT | {"signature_valid": False, "promise": "unheard of"},
        {"id": "no-promise", "input": payload()},
        {"id": "no-input", "error": "LINES"},
        {"id": "no-function", "input": "", "function": "eval", "error": "LINES"},
        {"id": "no-base", "of": "nobody", "error": "LINES"},
        {"id": "no-change", "of": "base", "change": "upside down", "error": "LINES"},
        {"input": "a\nb", "error": "LINES"},
    ],
)
def test_a_wrong_case_fails(tmp_path: Path, wrong: Any) -> None:
    write(tmp_path, "mine", {"id": "base", "input": "a\nb", "error": "LINES"}, wrong)
    assert list(failures(tmp_path)) == [f"mine/{wrong.get('id')}"]


@pytest.mark.parametrize("content", ["", "\n", "{", "[]", "7", "null", '"a"', json.dumps(WORD) + "\n" + "{"])
def test_a_file_of_another_shape_fails(tmp_path: Path, content: str) -> None:
    (tmp_path / "mine.jsonl").write_text(content, encoding="utf-8")
    assert list(failures(tmp_path)) == ["folder"]


def test_an_id_names_one_case_only(tmp_path: Path) -> None:
    write(tmp_path, "one", CUT_OFF)
    write(tmp_path, "two", CUT_OFF)
    assert "cut-off" in failures(tmp_path)["folder"]


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_folder_without_cases_fails(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    assert "holds no cases" in failures(tmp_path / name)["folder"]


def test_a_folder_may_bring_its_own_keys(tmp_path: Path) -> None:
    write(tmp_path, "mine", RENT)
    assert list(failures(tmp_path)) == ["mine/rent"]
    keys = json.loads((OWN / "keys.json").read_text(encoding="utf-8"))
    keys["server_public"] = to_base64(point(known.SERVER.public_key()))
    (tmp_path / "keys.json").write_text(json.dumps(keys), encoding="utf-8")
    assert failures(tmp_path) == {}


def test_the_option_takes_a_folder_relative_to_where_one_stands(tmp_path: Path) -> None:
    (tmp_path / "others").mkdir()
    write(tmp_path / "others", "mine", WORD, CUT_OFF | {"error": "NONCE"})
    tests = str(ROOT / "tests" / "qr" / "test_cases.py")
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
    assert "test_case[mine/cut-off]" in run.stdout
