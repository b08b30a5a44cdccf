"""The examples of deploy/ against the real programs, nginx and systemd: `make check-deploy` runs this.

nginx serves for real, with the example as it is but for the places where it listens and keeps its files.
"""

import datetime as dt
import http.client
import os
import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.deploy.served import PATIENCE_S, ROOT, environ_of, gunicorn, listening
from webapp.clock import SystemClock
from webapp.network import longest_request_s
from webapp.randomness import system_random
from webapp.sandbox.__main__ import create_app
from webapp.sandbox.backend import Backend
from webapp.settings import Settings

EXAMPLES = ROOT / "deploy"
UNITS = sorted(path.name for path in EXAMPLES.glob("assent*.*"))
NAME = "approve.bank.example"
DEFAULT_TOTAL_S = Settings.__dataclass_fields__["total_timeout_s"].default
PICTURE = (
    b'--x\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\n\r\n%b\r\n--x--\r\n'
    % (b"A" * 3_000_000)
)
EXPOSED_AT_MOST = "20"
"""Of 100, as `systemd-analyze security` counts what a unit could do to the machine."""


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


# -- systemd


@pytest.fixture
def units(tmp_path) -> Path:
    """The units, with programs that are on this machine."""
    for name in UNITS:
        text = (EXAMPLES / name).read_text()
        for program in ("gunicorn", "flask"):
            text = text.replace(f"/opt/assent/.venv/bin/{program}", str(ROOT / ".venv/bin" / program))
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_units_are_there():
    assert UNITS == ["assent-upkeep.service", "assent-upkeep.timer", "assent.service"]


@pytest.mark.parametrize("name", UNITS)
def test_systemd_takes_the_unit(units, name):
    ended = run("systemd-analyze", "verify", "--man=no", str(units / name))
    about_ours = [line for line in ended.stderr.splitlines() if "assent" in line]
    assert (ended.returncode, about_ours) == (0, []), ended.stderr


def test_a_mistake_in_a_unit_would_be_seen(units):
    unit = units / "assent.service"
    unit.write_text(unit.read_text().replace("ProtectHome=yes", "ProtectHome=perhaps\nProtectHouse=yes"))
    assert "assent.service" in run("systemd-analyze", "verify", "--man=no", str(unit)).stderr


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_the_unit_is_confined(units, name):
    ended = run(
        *("systemd-analyze", "security", "--offline=yes", f"--threshold={EXPOSED_AT_MOST}", str(units / name))
    )
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr


def test_nobody_is_cut_off_by_what_stands_around():
    longest_s = longest_request_s(DEFAULT_TOTAL_S)
    stops = re.search(r"^TimeoutStopSec=(\d+)$", (EXAMPLES / "assent.service").read_text(), re.MULTILINE)
    reads = re.search(r"proxy_read_timeout (\d+)s;", (EXAMPLES / "nginx.conf").read_text())
    assert stops is not None
    assert reads is not None
    assert min(int(stops[1]), int(reads[1])) > longest_s


# -- nginx


def make_certificate(folder: Path) -> None:
    """A certificate for the name in the example, where the example wants it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = dt.datetime.fromtimestamp(SystemClock().now_ms() / 1000, dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=1))
    builder = builder.not_valid_after(now + dt.timedelta(days=30))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
    (folder / "fullchain.pem").write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(pem)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Front:
    """nginx with the example, in a folder of its own."""

    def __init__(self, folder: Path, socket_path: str) -> None:
        self.folder = folder
        self.plain, self.secure = free_port(), free_port()
        make_certificate(folder)
        moved = {
            "listen 80": f"listen 127.0.0.1:{self.plain}",
            "listen 443": f"listen 127.0.0.1:{self.secure}",
            "/etc/ssl/assent": str(folder),
            "/var/log/nginx": str(folder),
            "unix:/run/assent/socket": socket_path,
        }
        text = (EXAMPLES / "nginx.conf").read_text()
        for old, new in moved.items():
            assert old in text, f"{old} is not in the example any more"
            text = text.replace(old, new)
        text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
        (folder / "assent.conf").write_text(text)
        places = "".join(
            f"{kind}_temp_path {folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        # Only a master that is root may choose, and its workers have to get into this folder.
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(
            f"{user} daemon off; pid {folder}/pid; error_log stderr notice; events {{}}\n"
            f"http {{ {places} include {folder}/assent.conf; }}\n"
        )
        self._command = ("nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"))

    def is_right(self) -> subprocess.CompletedProcess[str]:
        return run(*self._command, "-t")

    @contextmanager
    def starts(self) -> Iterator[None]:
        """nginx for as long as the block lasts, however it ends."""
        with (self.folder / "stderr").open("wb") as log:
            process = subprocess.Popen(self._command, stderr=log)
        try:
            self._wait(process)
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE_S)

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        for _ in range(int(PATIENCE_S) * 20):
            try:
                socket.create_connection(("127.0.0.1", self.secure), timeout=1).close()
            except OSError:
                assert process.poll() is None, (self.folder / "stderr").read_text()
                threading.Event().wait(0.05)
            else:
                return
        raise AssertionError("nginx does not listen")

    def asks(self, method: str, path: str, body: bytes = b"", *, name: str = NAME, **headers: str):
        """One request over TLS, under this name."""
        context = ssl.create_default_context(cafile=self.folder / "fullchain.pem")
        with socket.create_connection(("127.0.0.1", self.secure), timeout=PATIENCE_S) as plain:
            connection = http.client.HTTPSConnection(name)
            connection.sock = context.wrap_socket(plain, server_hostname=name)
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            answer.content = answer.read().decode(errors="replace")
            connection.close()
        return answer


@pytest.fixture
def front(tmp_path):
    """nginx, and behind it the site, on a socket."""
    (tmp_path / "nginx").mkdir(mode=0o755)
    tmp_path.chmod(0o755)
    with (
        Backend(tmp_path / "sandbox.sqlite", clock=SystemClock(), random=system_random) as sandbox,
        listening(create_app(sandbox)) as bank,
    ):
        environ = environ_of(
            tmp_path,
            ASSENT_ENROLLMENT_URL=f"http://127.0.0.1:{bank}",
            ASSENT_SDK_CONFIGURATION=sandbox.sdk_configuration(),
            ASSENT_ORIGIN=f"https://{NAME}",
            ASSENT_TRUSTED_PROXIES="1",
        )
        with gunicorn(environ) as served:
            front = Front(tmp_path / "nginx", f"127.0.0.1:{served.port}")
            front.served = served
            with front.starts():
                yield front


def test_nginx_takes_the_example(tmp_path):
    ended = Front(tmp_path, "unix:/run/assent/socket").is_right()
    assert ended.returncode == 0, ended.stderr
    assert "[warn]" not in ended.stderr


def test_a_page_through_nginx(front):
    page = front.asks("GET", "/activation/new", **{"X-Forwarded-For": "6.6.6.6", "Accept-Encoding": "gzip"})
    assert page.status == 200
    assert "<h1" in page.content, "it is not compressed"
    names = [name.lower() for name, _ in page.getheaders()]
    for once in ("strict-transport-security", "content-security-policy", "x-content-type-options", "server"):
        assert names.count(once) == 1, once
    assert page.getheader("Server") == "nginx"
    assert "__Host-sid=" in (page.getheader("Set-Cookie") or "")


def test_http_leads_to_https(front):
    connection = http.client.HTTPConnection("127.0.0.1", front.plain, timeout=PATIENCE_S)
    connection.request("GET", "/operations?x=1", headers={"Host": NAME})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert (answer.status, answer.getheader("Location")) == (301, f"https://{NAME}/operations?x=1")


def test_another_name_gets_nothing(front):
    with pytest.raises(ssl.SSLError, match=r"(?i)unrecognized"):
        front.asks("GET", "/", name="evil.example")
    connection = http.client.HTTPConnection("127.0.0.1", front.plain, timeout=PATIENCE_S)
    connection.request("GET", "/", headers={"Host": "evil.example"})
    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()
    connection.close()


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_what_is_for_machines_is_not_outside(front, path):
    assert front.asks("GET", path).status == 404


def test_bodies_stay_in_memory_and_are_limited(front):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert front.asks("POST", "/activation/new", b"code=" + b"A" * 60_000, **form).status == 400  # no token
    assert front.asks("POST", "/activation/new", b"code=" + b"A" * 70_000, **form).status == 413
    picture = {"Content-Type": "multipart/form-data; boundary=x"}
    assert front.asks("POST", "/scan", PICTURE, **picture).status == 400  # no token, but read as a whole
    assert front.asks("POST", "/scan", PICTURE * 4, **picture).status == 413
    log = (front.folder / "stderr").read_text() + (front.folder / "assent-error.log").read_text()
    assert "temporary file" not in log
    assert [*(front.folder / "client_body").iterdir(), *(front.folder / "proxy").iterdir()] == []


def test_the_log_has_no_queries(front):
    front.asks("GET", "/deeplink?oid=1&potp=31415926")
    assert "/deeplink" in (log := (front.folder / "assent.log").read_text())
    assert "31415926" not in log


def test_while_the_site_is_away_a_page_says_what_to_do(front):
    front.served.ends()
    page = front.asks("POST", "/operations/1/approve")
    assert page.status == 503
    assert page.getheader("Retry-After") == "10"
    assert page.getheader("Cache-Control") == "no-store"
    assert "do not do it again" in page.content
