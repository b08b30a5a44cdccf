"""The scripts: small, each complete in itself, and unable to write markup or to speak a language."""

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
TEMPLATES = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html"))
SINKS = ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "Function(", "document.write", "DOMParser")

each_script = pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)


@each_script
def test_a_script_weighs_little(path):
    assert len(gzip.compress(path.read_bytes())) < 3_000


@each_script
def test_a_script_needs_no_other(path):
    assert not re.search(r"\bimport\b|\brequire\(|https?://", path.read_text(encoding="utf-8"))


@each_script
def test_a_script_writes_no_markup(path):
    script = path.read_text(encoding="utf-8")
    for sink in (*SINKS, ".style"):
        assert sink not in script


@each_script
def test_lines_are_as_short_as_in_the_rest_of_the_code(path):
    assert max(map(len, path.read_text(encoding="utf-8").splitlines())) <= 110


@each_script
def test_time_is_measured_by_a_clock_that_only_goes_on(path):
    script = path.read_text(encoding="utf-8")
    assert "performance.now" in script or "Date.now" not in script
    assert "new Date()" not in script


def test_every_help_that_a_page_asks_for_is_there():
    scripts = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    wanted = {name for names in re.findall(r'data-enhance="([a-z -]+)"', TEMPLATES) for name in names.split()}
    assert wanted
    for name in wanted:
        assert re.search(rf"\b{name}\b", scripts), f"{name} is not in any script"
