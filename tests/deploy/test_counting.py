"""Several workers of gunicorn count together, and tell it on an address of their own."""

import re
import socket
import urllib.request
from pathlib import Path

import pytest
from werkzeug.test import Client

from tests.deploy.served import Proxy, environ_of, gunicorn
from webapp.clock import SystemClock
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend

COUNTED = re.compile(r'assent_requests_total\{method="GET",route="/activation/new",status="200"\} ([0-9.]+)')
MOST_VISITS = 2000


@pytest.fixture
def environ(tmp_path):
    folder = tmp_path / "folders"
    folder.mkdir()
    with Backend(tmp_path / "sandbox.sqlite", clock=SystemClock(), random=system_random) as sandbox:
        yield environ_of(
            tmp_path,
            ASSENT_ENROLLMENT_URL="http://127.0.0.1:1",
            ASSENT_SDK_CONFIGURATION=sandbox.sdk_configuration(),
            ASSENT_ORIGIN="https://localhost",
            ASSENT_TRUSTED_PROXIES="1",
            ASSENT_WORKERS="3",
            ASSENT_METRICS_BIND=f"127.0.0.1:{free_port()}",
            TMPDIR=str(folder),
        )


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_whichever_worker_is_asked_tells_what_all_have_done(environ):
    folder = Path(environ["TMPDIR"])
    with gunicorn(environ) as served:
        visitor, visits = Client(Proxy(served.port)), 0
        # Workers start one after the other, and the first may have served many before the second listens.
        while visits < MOST_VISITS and len(workers_in(folder)) < 2:
            assert visitor.get("/activation/new", base_url="https://localhost").status_code == 200
            visits += 1
        assert len(workers_in(folder)) > 1, "one worker did all the work: nothing was added up"
        told = {counted(environ["ASSENT_METRICS_BIND"]) for _ in range(8)}
        assert told == {float(visits)}
        assert visitor.get("/metrics", base_url="https://localhost").status_code == 404
    assert list(folder.glob("assent-metrics-*")) == [], "the folder goes with gunicorn"


def workers_in(folder: Path) -> set[str]:
    """The processes that have counted something so far."""
    return {path.stem for path in folder.glob("assent-metrics-*/counter_*.db")}


def counted(address: str) -> float:
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=20) as answer:
        found = COUNTED.search(answer.read().decode())
    assert found
    return float(found[1])
