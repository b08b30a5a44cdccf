"""gunicorn with the settings of the site, and what its workers use: processor and memory."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
_START_S = 60
_TICKS = os.sysconf("SC_CLK_TCK")


class Served:
    """gunicorn at `port`; `pid` is its master's."""

    def __init__(self, pid: int, port: int) -> None:
        self._pid = pid
        self.port = port

    def workers(self) -> list[int]:
        return children(self._pid)

    def cpu_s(self) -> float:
        """The seconds of processor that the workers have used so far, with what they started and ended."""
        return sum(map(_used_s, self.workers()))

    def memory_mb(self) -> float:
        """What the largest worker holds in memory."""
        return max(_resident_kb(one) for one in self.workers()) / 1024


@contextmanager
def gunicorn(
    environ: Mapping[str, str], folder: Path, app: str = "wsgi:app", *, workers: int = 2
) -> Iterator[Served]:
    """Serve for as long as the block lasts, in 8 threads a worker; what is logged lies in the folder."""
    port = free_port()
    changed = {"ASSENT_BIND": f"127.0.0.1:{port}", "ASSENT_WORKERS": str(workers), "ASSENT_THREADS": "8"}
    command = [sys.executable, "-m", "gunicorn", app]
    with (folder / f"log-{port}").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env={**environ, **changed}, stderr=log)
    try:
        _wait(port)
        served = Served(process.pid, port)
        while len(served.workers()) < workers:
            time.sleep(0.05)
        yield served
    finally:
        process.terminate()
        process.wait(_START_S)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(one) for one in found.split()]


def _wait(port: int) -> None:
    ends_at = time.monotonic() + _START_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > ends_at:
                raise
            time.sleep(0.05)
        else:
            return


def _used_s(pid: int) -> float:
    """In nanoseconds for the threads that live, in ticks for processes that have ended."""
    lived_ns = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):
            lived_ns += int((thread / "schedstat").read_text(encoding="ascii").split()[0])
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    ended_ticks = int(fields[13]) + int(fields[14])
    return lived_ns / 1e9 + ended_ticks / _TICKS


def _resident_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise ProcessLookupError(pid)
