"""gunicorn with its own settings file: it starts, it refuses, and it stops without cutting anybody off."""

import signal
import socket
import subprocess
import sys
import threading

import pytest
from werkzeug.test import Client

from tests.deploy.served import PATIENCE_S, ROOT, Gate, Proxy, environ_of, gunicorn, listening
from tests.support.bank import Bank
from tests.support.browser import Browser
from tests.support.people import Person
from webapp.clock import SystemClock
from webapp.randomness import system_random
from webapp.sandbox.__main__ import create_app
from webapp.sandbox.backend import Backend

APPROVING = "/operation/authorize"


@pytest.fixture
def sandbox(tmp_path):
    with Backend(tmp_path / "sandbox.sqlite", clock=SystemClock(), random=system_random) as backend:
        yield backend


@pytest.fixture
def gate(sandbox):
    gate = Gate(create_app(sandbox), APPROVING)
    yield gate
    gate.is_open.set()


@pytest.fixture
def environ(tmp_path, sandbox, gate):
    with listening(gate) as port:
        yield environ_of(
            tmp_path,
            ASSENT_ENROLLMENT_URL=f"http://127.0.0.1:{port}",
            ASSENT_SDK_CONFIGURATION=sandbox.sdk_configuration(),
            ASSENT_ORIGIN="https://localhost",
            ASSENT_TRUSTED_PROXIES="1",
        )


def test_who_is_approving_when_the_site_stops_still_gets_the_answer(environ, sandbox, gate):
    bank = Bank(sandbox.admin)
    with gunicorn(environ) as served:
        alice = Person("Alice", bank, Browser(Client(Proxy(served.port)))).is_enrolled()
        payment = bank.offers("Alice", "payment")
        pages = []
        approval = threading.Thread(target=lambda: pages.append(approve(alice, payment)))
        approval.start()
        assert gate.is_asked.wait(PATIENCE_S)
        served.process.send_signal(signal.SIGTERM)
        served.says("Handling signal: term")
        assert served.process.poll() is None, "it waits for the one who is being served"
        gate.is_open.set()
        approval.join(PATIENCE_S)
        assert served.process.wait(PATIENCE_S) == 0
    (response,) = pages
    assert response.status_code == 303
    assert response.location.endswith(f"/operations/{payment}/result")
    assert bank.status(payment) == "APPROVED"
    # What was approved is known to the next start.
    with gunicorn(environ) as served:
        alice.browser.client.application = Proxy(served.port)
        assert alice.opens_operation(payment).heading == "Approved"


def approve(person: Person, operation_id: str):
    """Press the button; the answer itself, for the site is not there any more to redirect to."""
    form = person.reads_screens(operation_id).fills("Approve", pin=person.pin)
    return person.browser.client.post(form.action, data=form.values, base_url="https://localhost")


def test_everything_that_is_wrong_is_said_once_before_a_worker_starts(environ):
    bad = environ | {"ASSENT_SECRET_KEY": "short", "ASSENT_WORKERS": "none", "ASSENT_LANGUAGE": "en"}
    ended = subprocess.run(
        [sys.executable, "-m", "gunicorn"],
        cwd=ROOT,
        env=bad,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ended.returncode == 1
    lines = ended.stderr.strip().splitlines()
    assert lines[0] == "The settings cannot be used:"
    assert [line.split()[0].rstrip(":") for line in lines[1:]] == [
        "ASSENT_SECRET_KEY",
        "ASSENT_WORKERS",
        "ASSENT_LANGUAGE",
    ]


def test_only_the_proxies_that_are_there_are_believed(environ):
    """gunicorn by itself would believe this very machine."""
    with gunicorn(environ | {"ASSENT_TRUSTED_PROXIES": "0"}) as served:
        head = ask(
            served.port, "GET /activation/new HTTP/1.1", "X-Forwarded-Proto: https", "X-Forwarded-Ssl: on"
        )
        assert head.startswith("HTTP/1.1 200 ")
        assert "Strict-Transport-Security" not in head
        too_long = ask(served.port, f"GET /deeplink?url={'A' * 9000} HTTP/1.1")
        assert too_long.startswith("HTTP/1.1 414 ")
        many = ask(served.port, "GET / HTTP/1.1", *(f"X-{number}: 1" for number in range(60)))
        assert many.startswith(("HTTP/1.1 400 ", "HTTP/1.1 431 "))


def ask(port: int, *lines: str) -> str:
    """One request, written by hand; the head of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        head = [*lines, "Host: localhost", "Connection: close"]
        connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n")
        received = b""
        while block := connection.recv(65_536):
            received += block
    return received.partition(b"\r\n\r\n")[0].decode()
