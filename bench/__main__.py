"""`python -m bench [--quick] [--only PART,…] [--json FILE]`: everything once, one table, one file.

Nothing fails by time. What each part does stands in its file; docs/performance.md says how to read it.
"""

import argparse
import json
import logging
import os
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import cold, first_view, growth, pages, tasks, waits
from bench.scene import Scene, scene
from bench.table import Row, printed

Part = Callable[[Scene], list[Row]]


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and sizes, in less than a minute")
    parser.add_argument("--only", default="", help="some of: tasks, cold, pages, growth, waits, view")
    parser.add_argument("--json", type=Path, help="where the run is written")
    options = parser.parse_args()
    parts = _parts(quick=options.quick)
    wanted = [name for name in options.only.split(",") if name] or list(parts)
    if unknown := set(wanted) - set(parts):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    rows: list[Row] = []
    began, load = time.monotonic(), os.getloadavg()[0]
    with TemporaryDirectory(prefix="assent-bench-") as folder, scene(Path(folder)) as place:
        _be_quiet()
        for name in wanted:
            at = time.monotonic()
            rows += parts[name](place)
            sys.stderr.write(f"{name}: {time.monotonic() - at:.0f} s\n")
    about = {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": [load, os.getloadavg()[0]],
        "seconds": round(time.monotonic() - began),
        "quick": options.quick,
    }
    print(f"{about}\n\n{printed(rows)}")
    if options.json:
        content = {"about": about, "rows": [row.as_json() for row in rows]}
        options.json.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    return 0


def _parts(*, quick: bool) -> dict[str, Part]:
    rounds, scale = (2, 0.2) if quick else (7, 1.0)
    return {
        "tasks": lambda place: tasks.measure(place.folder, budget_s=0.05 if quick else 0.3),
        "cold": lambda place: cold.measure(place, rounds=rounds),
        "pages": lambda place: pages.measure(place, rounds=rounds, scale=scale),
        "growth": lambda place: growth.measure(place, rounds=rounds, scale=0.02 if quick else 1.0),
        "waits": lambda place: waits.measure(place, times=5 if quick else 40),
        "view": lambda _: first_view.measure(times=1 if quick else 5),
    }


def _be_quiet() -> None:
    """The sites in this process have nothing to say about how they are set up."""
    logging.disable(logging.WARNING)


if __name__ == "__main__":
    sys.exit(main())
