"""The runner of the vectors itself: nothing may pass because nobody looked."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.vectors.checks.registry import CHECKS
from tests.vectors.folder import vectors_in

ROOT = Path(__file__).parents[1]
OWN = ROOT / "tests" / "vectors" / "data"
CRC = {"id": "nine-digits", "text": "123456789", "crc": "bb3d"}


def write(folder: Path, family: str, cases: Any) -> None:
    (folder / f"{family}.json").write_text(json.dumps({"cases": cases}), encoding="utf-8")


def failures(folder: Path) -> list[str]:
    """The vectors of the folder that fail, as `name: reason`."""
    failed = []
    for vector in vectors_in(folder):
        try:
            vector.run()
        except AssertionError as error:
            failed.append(f"{vector.name}: {error}")
    return failed


def test_a_right_case_passes_and_other_families_are_not_asked_for(tmp_path: Path) -> None:
    write(tmp_path, "crc16", [CRC])
    assert [vector.name for vector in vectors_in(tmp_path)] == ["crc16/nine-digits"]
    assert failures(tmp_path) == []


def test_a_wrong_value_fails(tmp_path: Path) -> None:
    write(tmp_path, "crc16", [CRC | {"crc": "bb3e"}])
    assert len(failures(tmp_path)) == 1


def test_a_file_of_an_unknown_family_fails_and_is_named(tmp_path: Path) -> None:
    write(tmp_path, "crc16", [CRC])
    write(tmp_path, "crc32", [CRC])
    assert [failure.split(":")[0] for failure in failures(tmp_path)] == ["crc32"]
    assert "crc32.json" in failures(tmp_path)[0]


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_folder_without_files_fails(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    assert "holds no vector files" in failures(tmp_path / name)[0]


def test_a_field_that_no_check_reads_fails(tmp_path: Path) -> None:
    write(tmp_path, "crc16", [CRC | {"initialValue": "ffff"}])
    assert "initialValue" in failures(tmp_path)[0]


def test_a_missing_field_fails(tmp_path: Path) -> None:
    write(tmp_path, "crc16", [{"id": "half", "text": "123456789"}])
    assert "no field 'crc'" in failures(tmp_path)[0]


@pytest.mark.parametrize("cases", [[], [CRC, CRC], {}, None, ["crc"], [{"text": "", "crc": "0000"}]])
def test_a_file_of_another_shape_fails(tmp_path: Path, cases: Any) -> None:
    write(tmp_path, "crc16", cases)
    assert failures(tmp_path)


def test_a_file_that_is_not_json_fails(tmp_path: Path) -> None:
    (tmp_path / "crc16.json").write_text("{", encoding="utf-8")
    assert "shape of a vector file" in failures(tmp_path)[0]


def test_every_check_has_vectors_of_our_own() -> None:
    assert {file.stem for file in OWN.glob("*.json")} == CHECKS.keys()


def test_the_option_takes_a_folder_relative_to_where_one_stands(tmp_path: Path) -> None:
    (tmp_path / "others").mkdir()
    write(tmp_path / "others", "crc16", [CRC])
    write(tmp_path / "others", "crc32", [CRC])
    command = [
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        str(ROOT / "tests" / "vectors"),
        "--vectors",
        "others",
    ]
    run = subprocess.run(
        [sys.executable, *command], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
    )
    assert run.returncode == 1, run.stdout + run.stderr
    assert "1 failed, 1 passed" in run.stdout
    assert "test_vector[crc32]" in run.stdout
