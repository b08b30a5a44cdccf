"""Logs by their source: what a line can hold is known beforehand, and every event is explained."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from webapp.logs import FIELDS

ROOT = Path(__file__).parent.parent
EVENTS = re.search(
    r"^\| event \| fields \|\n(.*?)\n\n", (ROOT / "docs/monitoring.md").read_text(), re.MULTILINE | re.DOTALL
)
OF_LIBRARIES = {"exc_info"}
"""What an exception stands in until its type and place are taken out of it."""


def logged() -> Iterator[tuple[str, ast.Call]]:
    """Every call that writes a line, but for those of the sandbox, which is nobody's operation."""
    for path in sorted((ROOT / "webapp").rglob("*.py")):
        if "sandbox" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if is_call and getattr(node.func.value, "id", None) == "_log":
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def test_no_field_is_left_out_of_a_line():
    found = list(logged())
    assert len(found) > 15
    for where, call in found:
        given = {keyword.arg for keyword in call.keywords}
        assert given <= FIELDS | OF_LIBRARIES, f"{where}: webapp/logs.py does not write {given - FIELDS}"


def test_a_line_says_what_it_is_in_one_word_and_the_rest_in_fields():
    for where, call in logged():
        (event,) = call.args
        is_word = isinstance(event, ast.Constant) and re.fullmatch(r"[a-z_]+", str(event.value))
        assert is_word or isinstance(event, ast.Name), where


def test_every_event_is_explained():
    assert EVENTS
    explained = set(
        re.findall(r"`([a-z_]+)`", "\n".join(row.split("|")[1] for row in EVENTS[1].splitlines()))
    )
    events = {call.args[0].value for _, call in logged() if isinstance(call.args[0], ast.Constant)}
    assert events - explained == set()
    assert explained - events == {"audit_anchor"}, "this one has a name in the code"
