"""What happens once: a process that only signs, and a worker that starts."""

import os
import subprocess
import sys
from collections.abc import Mapping

from bench.scene import Scene
from bench.served import ROOT
from bench.table import Row, paired

PART = "cold"


def measure(scene: Scene, *, rounds: int) -> list[Row]:
    """Seconds of processor of whole processes; all kinds take turns."""
    keys, state, bare = (f"bench/cold_{name}.py" for name in ("signature", "ours", "bare"))
    turns = [tuple(spent_ms([path]) for path in (keys, state, bare)) for _ in range(3 * rounds)]
    starting = sorted(spent_ms(["-c", "import wsgi"], scene.environ) for _ in range(rounds))
    by_keys = [(ours, other) for ours, _, other in turns]
    by_state = [(ours, other) for _, ours, other in turns]
    return [
        paired(PART, "import the library, sign with a PIN", by_keys, "ms", "≤ 1.3"),
        paired(PART, "the same with an activation and its next state", by_state, "ms"),
        Row(PART, "import wsgi:app", starting[len(starting) // 2], "ms", reach="< 1,000 ms"),
    ]


def spent_ms(arguments: list[str], environ: Mapping[str, str] | None = None) -> float:
    """The processor that an interpreter takes from its start to its end."""
    surroundings = {**(os.environ if environ is None else environ), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=surroundings)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ChildProcessError(arguments)
    return (used.ru_utime + used.ru_stime) * 1000
