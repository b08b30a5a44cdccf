"""The protocol stands alone: importing it wakes no framework, no socket library and no database."""

import subprocess
import sys
from pathlib import Path

import webapp.powerauth

MODULES = sorted(path.stem for path in Path(webapp.powerauth.__file__).parent.glob("*.py"))
FOREIGN = ("flask", "requests", "sqlalchemy", "werkzeug", "urllib3", "http.client", "socket", "sqlite3")
PROGRAM = """
import importlib, sys
for name in {modules}:
    importlib.import_module("webapp.powerauth." + name if name != "__init__" else "webapp.powerauth")
print(*sorted(name for name in {foreign} if name in sys.modules))
"""


def test_importing_the_protocol_pulls_in_neither_web_nor_database() -> None:
    program = PROGRAM.format(modules=MODULES, foreign=FOREIGN)
    root = Path(webapp.powerauth.__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout.split() == []
