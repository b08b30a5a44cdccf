"""The arrows between the rooms, and what each room may load."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "webapp"
FOR_EVERYBODY = {"errors", "clock", "randomness"}
MAY_IMPORT: dict[str, set[str]] = {
    "powerauth": set(),
    "mtoken": {"powerauth"},
    "custody": {"powerauth"},
    "flows": {"powerauth", "custody", "mtoken"},
    "web": {"powerauth", "custody", "mtoken", "flows"},
    "commands": {"powerauth", "custody", "mtoken", "flows", "settings", "sites", "variables"},
    "sandbox": {"powerauth", "mtoken.transport", "mtoken.errors"},
}
AT_LOADING = {"_kept"}
"""What a pattern is made of besides constants: something computed when the file is loaded."""
MAY_NOT_LOAD = {
    "powerauth": {"flask", "requests", "sqlalchemy", "os.environ"},
    "mtoken": {"flask", "sqlalchemy", "webapp.custody"},
    "flows": {"flask", "requests"},
}


def imported_modules(path: Path) -> set[str]:
    """Every module that a file names in an import statement, wherever it stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def is_allowed(module: str, allowed: set[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in allowed)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_point_one_way(room):
    allowed = {f"webapp.{name}" for name in MAY_IMPORT[room] | FOR_EVERYBODY | {room}}
    for path in (PACKAGE / room).rglob("*.py"):
        ours = {name for name in imported_modules(path) if name.startswith("webapp.")}
        wrong = {name for name in ours if not is_allowed(name, allowed)}
        assert not wrong, f"{path.relative_to(PACKAGE)} imports {sorted(wrong)}"


def test_every_room_is_in_the_table():
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert rooms == set(MAY_IMPORT)


@pytest.mark.parametrize("room", MAY_NOT_LOAD)
def test_a_room_loads_nothing_it_must_not_know(room):
    modules = sorted(
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        for path in (PACKAGE / room).rglob("*.py")
        if path.name not in {"__init__.py", "http.py"}
    )
    script = "import importlib, sys\n" + "".join(f"importlib.import_module({name!r})\n" for name in modules)
    script += "print('\\n'.join(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {name for name in loaded if name in MAY_NOT_LOAD[room]}


def test_only_the_network_side_opens_sockets():
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if {"requests", "urllib3", "socket"} & {name.partition(".")[0] for name in imported_modules(path)}
    }
    assert users == {"mtoken/http.py", "mtoken/public_http.py"}


def test_nothing_is_evaluated_and_no_template_or_pattern_is_made_of_texts():
    """What came with a request is never code, never a template, and never a part of a pattern."""
    evaluating = {"eval", "exec", "compile", "__import__", "render_template_string", "from_string"}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            module = getattr(getattr(node.func, "value", None), "id", "")
            where = f"{path}:{node.lineno}"
            assert module == "re" or name not in evaluating, where
            if module == "re":
                # Patterns are made when a file is loaded, and names of constants are written in capitals.
                parts = {part.id for part in ast.walk(node.args[0]) if isinstance(part, ast.Name)}
                assert all(part.isupper() or part in AT_LOADING for part in parts), where
