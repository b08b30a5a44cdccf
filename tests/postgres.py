"""A throw-away PostgreSQL: `python -m tests.postgres -- COMMAND` runs it, runs the command, and ends it.

The command gets the server's address in ASSENT_TEST_POSTGRES. The cluster lies in a folder of its own,
listens on a socket in that folder and nowhere else, and goes away whatever happens. PostgreSQL does not
run as root: then it runs as the user `postgres`, whom Debian's package makes.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

VARIABLE = "ASSENT_TEST_POSTGRES"
# Nothing in it outlives the tests, so nothing of it has to reach the disk.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "log_min_messages": "error",
}
START_S = 60


class PostgresMissing(Exception):
    """PostgreSQL's server programs are not installed."""


@contextmanager
def throw_away_cluster() -> Iterator[str]:
    """Start a cluster; the URL leads to its superuser's database `postgres`.

    Raises:
        PostgresMissing: install Debian's package `postgresql`.
    """
    programs = find_programs()
    folder = Path(tempfile.mkdtemp(prefix="assent-pg-"))
    try:
        as_user = prepare_user(folder)
        run(
            [*as_user, programs / "initdb", "--pgdata", folder / "data", "--username", "assent"],
            *("--auth", "trust", "--encoding", "UTF8", "--no-locale", "--no-sync"),
        )
        server = start(as_user, programs, folder)
        try:
            yield f"postgresql+psycopg://assent@/postgres?host={quote(str(folder))}"
        finally:
            stop(server, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_programs() -> Path:
    """The newest server that is installed; Debian keeps them beside the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=version)
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        raise PostgresMissing("PostgreSQL is not installed: apt-get install postgresql")
    return found[-1].parent if found else Path(str(on_path)).resolve().parent


def version(initdb: Path) -> int:
    match = re.match(r"\d+", initdb.parts[-3])
    return int(match[0]) if match else 0


def prepare_user(folder: Path) -> list[str]:
    """What stands before each command, so that it does not run as root."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres", "postgres")
    # Those who run as another user get in; the folder's name is not to be guessed, and it is gone soon.
    folder.chmod(0o711)
    return ["runuser", "-u", "postgres", "--"]


def start(as_user: list[str], programs: Path, folder: Path) -> subprocess.Popen[bytes]:
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [*as_user, programs / "postgres", "-D", folder / "data", "-k", folder, *options]
    log = (folder / "log").open("wb")
    with log:
        # A session of its own: Ctrl+C reaches the command, and the server only when that has ended.
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", start_new_session=True)
    deadline = time.monotonic() + START_S
    ready = [programs / "pg_isready", "--quiet", "--host", folder]
    while subprocess.run(ready, check=False, cwd="/").returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            raise RuntimeError((folder / "log").read_text())
        time.sleep(0.05)
    return server


def stop(server: subprocess.Popen[bytes], folder: Path) -> None:
    """Fast: who is still connected is sent away. The first line of the file is the server's own number."""
    pid = int((folder / "data/postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGINT)
    try:
        server.wait(START_S)
    except subprocess.TimeoutExpired:
        os.kill(pid, signal.SIGQUIT)
        server.wait(START_S)


def run(command: list[Any], *more: str) -> None:
    done = subprocess.run([*command, *more], capture_output=True, text=True, check=False, cwd="/")
    if done.returncode != 0:
        raise RuntimeError(done.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.postgres", description=__doc__)
    parser.add_argument("command", nargs="+", help="what to run beside the server")
    command = parser.parse_args().command
    # Whoever ends us ends the server too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        with throw_away_cluster() as url:
            return subprocess.run(command, check=False, env=os.environ | {VARIABLE: url}).returncode
    except PostgresMissing as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
