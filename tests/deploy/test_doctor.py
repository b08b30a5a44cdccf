"""The doctor, against a real backend over HTTP: what is well, and each fault with the way to mend it."""

import datetime as dt
import ipaddress
import re
import sqlite3
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from werkzeug.wrappers import Response

from tests.deploy.served import listening
from tests.powerauth.known import MASTER
from tests.support.clock import ManualClock
from webapp.app import create_app
from webapp.clock import SystemClock
from webapp.custody.migrate import migrate
from webapp.powerauth.ecc import point
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.randomness import system_random
from webapp.sandbox.__main__ import create_app as create_server
from webapp.sandbox.backend import Backend

SERVER_KEY = "A" * 43 + "="
SECRET_KEY = "a secret of forty characters for tests.."
PASSWORD = "hunter2"


def served(directory: Path, clock=None):
    return Backend(directory / "sandbox.sqlite", clock=clock or SystemClock(), random=system_random)


@pytest.fixture
def sandbox(tmp_path):
    with served(tmp_path) as backend:
        yield backend


@pytest.fixture
def port(sandbox):
    with listening(create_server(sandbox)) as port:
        yield port


@pytest.fixture
def store_file(tmp_path) -> Path:
    path = tmp_path / "assent.sqlite"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def environ(sandbox, port, store_file) -> dict[str, str]:
    return {
        "ASSENT_ENROLLMENT_URL": f"http://127.0.0.1:{port}",
        "ASSENT_SDK_CONFIGURATION": sandbox.sdk_configuration(),
        "ASSENT_SERVER_KEYS": f"now:{SERVER_KEY}",
        "ASSENT_SECRET_KEY": SECRET_KEY,
        "ASSENT_DATABASE_URL": f"sqlite:///{store_file}",
        "ASSENT_CONNECT_TIMEOUT": "2",
        "ASSENT_READ_TIMEOUT": "2",
        "ASSENT_TOTAL_TIMEOUT": "4",
    }


class Told:
    """What the doctor said: the state of each thing and its line; whether it is content."""

    def __init__(self, environ: dict[str, str]) -> None:
        result = create_app().test_cli_runner().invoke(args=["doctor"], env=environ)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        self.output = result.output
        self.code = result.exit_code
        self.lines = [line for line in self.output.splitlines() if re.match(r"\S+ +(ok|note|BAD) ", line)]
        secrets = [SERVER_KEY, SECRET_KEY, PASSWORD]
        if configuration := environ.get("ASSENT_SDK_CONFIGURATION", ""):
            secrets += [configuration, SdkConfiguration.parse(configuration).application_secret]
        assert not [one for one in secrets if one in self.output], "a secret is printed"
        assert (self.code == 1) == bool(self.states("BAD"))

    def states(self, state: str) -> list[str]:
        """What is in this state."""
        return [line.split()[0] for line in self.lines if line.split()[1] == state]

    def only(self, what: str, state: str) -> str:
        """The one line about this, which has to be in this state, and its advice."""
        lines = self.output.splitlines()
        (place,) = [n for n, line in enumerate(lines) if line.startswith(f"{what} ")]
        assert lines[place].split()[1] == state, self.output
        return "\n".join(lines[place : place + 2])


def test_all_is_well(environ):
    told = Told(environ)
    assert told.code == 0
    assert told.states("ok") == ["settings", "database", "tables", "backend", "clock", "application"]
    assert "its master key signs" in told.only("application", "ok")
    assert told.output.endswith("Nothing has to be fixed.\n")


def test_settings_that_cannot_be_used_are_all_named():
    told = Told({"ASSENT_LANGUAGES": "tlh"})
    assert told.states("BAD") == ["settings"] * 5
    assert told.output.count("fix: ") == 5
    assert "openssl rand -base64 32" in told.output


def test_a_demo_has_its_bank_inside(environ, tmp_path):
    demo = {name: environ[name] for name in environ if name != "ASSENT_ENROLLMENT_URL"}
    demo["ASSENT_SANDBOX_DATABASE"] = str(tmp_path / "demo.sqlite")
    assert "demo" in Told(demo).only("backend", "note")


# -- the database


def test_a_file_that_others_can_read(environ, store_file):
    store_file.chmod(0o640)
    told = Told(environ)
    assert told.states("BAD") == ["database"]
    assert f"fix: chmod 600 {store_file}*" in told.output


def test_a_file_that_is_not_there_is_not_made(environ, tmp_path):
    missing = tmp_path / "new" / "assent.sqlite"
    told = Told(environ | {"ASSENT_DATABASE_URL": f"sqlite:///{missing}"})
    assert told.code == 0
    assert "the first start makes it" in told.only("database", "note")
    assert not missing.parent.exists()


@pytest.mark.parametrize(
    "url", ["sqlite:////dev/null/nowhere/assent.sqlite", "sqlite://", "what", "mysql://x/y"]
)
def test_an_address_of_no_database(environ, url):
    told = Told(environ | {"ASSENT_DATABASE_URL": url})
    assert "fix: " in told.only("database", "BAD")


def test_a_server_that_is_not_there(environ):
    url = f"postgresql+psycopg://assent:{PASSWORD}@127.0.0.1:1/assent"
    told = Told(environ | {"ASSENT_DATABASE_URL": url})
    assert "127.0.0.1" in told.only("database", "BAD")


def test_a_file_that_is_no_database(environ, store_file):
    store_file.write_bytes(b"not a database " * 100)
    told = Told(environ)
    assert "file is not a database" in told.only("database", "BAD")


def test_no_tables_yet(environ, store_file):
    store_file.write_bytes(b"")
    for side in ("-wal", "-shm"):
        store_file.with_name(store_file.name + side).unlink(missing_ok=True)
    assert "the first start makes them" in Told(environ).only("tables", "note")


def test_tables_of_a_newer_version(environ, store_file):
    with sqlite3.connect(store_file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    line = Told(environ).only("tables", "BAD")
    assert "9999" in line
    assert "restore the backup" in line


# -- the backend


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:1", "no connection"),
        ("https://nowhere.invalid/enrollment-server", "the name is not known"),
    ],
)
def test_a_backend_that_cannot_be_reached(environ, url, words):
    line = Told(environ | {"ASSENT_ENROLLMENT_URL": url}).only("backend", "BAD")
    assert words in line
    assert "fix: " in line


def test_a_wrong_path(environ):
    url = environ["ASSENT_ENROLLMENT_URL"] + "/elsewhere"
    assert "HTTP 404" in Told(environ | {"ASSENT_ENROLLMENT_URL": url}).only("backend", "BAD")


def test_something_else_at_this_address(environ):
    with listening(Response("<h1>It works!</h1>")) as port:
        line = Told(environ | {"ASSENT_ENROLLMENT_URL": f"http://127.0.0.1:{port}"}).only("backend", "BAD")
    assert "HTTP 200 without a usable body" in line


def test_a_proxy_that_does_not_let_us_through(environ):
    with listening(Response("no", 403)) as port:
        proxied = {
            "ASSENT_ENROLLMENT_URL": "https://bank.example/enrollment-server",
            "ASSENT_OUTBOUND_PROXY": f"http://assent:{PASSWORD}@127.0.0.1:{port}",
        }
        assert "proxy" in Told(environ | proxied).only("backend", "BAD")


def test_an_application_that_the_server_does_not_know(environ, sandbox):
    right = SdkConfiguration.parse(environ["ASSENT_SDK_CONFIGURATION"])
    wrong = SdkConfiguration("AAECAwQFBgcICQoLDA0ODw==", right.application_secret, right.master_public_key)
    told = Told(environ | {"ASSENT_SDK_CONFIGURATION": wrong.serialise()})
    assert "ASSENT_SDK_CONFIGURATION" in told.only("application", "BAD")


@pytest.mark.parametrize("version", ["3.3", "3.2", "3.0"])
def test_a_master_key_that_is_not_the_servers(environ, version):
    right = SdkConfiguration.parse(environ["ASSENT_SDK_CONFIGURATION"])
    wrong = SdkConfiguration(right.application_key, right.application_secret, point(MASTER.public_key()))
    changed = {"ASSENT_SDK_CONFIGURATION": wrong.serialise(), "ASSENT_PROTOCOL_VERSION": version}
    assert "not signed by the master key" in Told(environ | changed).only("application", "BAD")


@pytest.mark.parametrize(
    ("ahead_s", "state"), [(1, "ok"), (-10, "note"), (10, "note"), (3600, "BAD"), (-86_400, "BAD")]
)
def test_clocks_that_differ(environ, tmp_path, ahead_s, state):
    (tmp_path / "later").mkdir()
    clock = ManualClock(SystemClock().now_ms() + ahead_s * 1000)
    with served(tmp_path / "later", clock) as backend, listening(create_server(backend)) as port:
        there = {
            "ASSENT_ENROLLMENT_URL": f"http://127.0.0.1:{port}",
            "ASSENT_SDK_CONFIGURATION": backend.sdk_configuration(),
        }
        line = Told(environ | there).only("clock", state)
    assert ("behind" if ahead_s > 0 else "ahead of") in line


# -- TLS


class Authority:
    """A certificate of this machine that ends in so many days, and a server's context with it."""

    def __init__(self, folder: Path, days: float) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
        ends = dt.datetime.fromtimestamp(SystemClock().now_ms() / 1000, dt.UTC) + dt.timedelta(days=days)
        host = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(ends - dt.timedelta(days=400)).not_valid_after(ends)
        builder = builder.add_extension(x509.SubjectAlternativeName([host]), critical=False)
        self.path = folder / "authority.pem"
        pem = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
        pem += key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.path.write_bytes(pem)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.path)


@pytest.mark.parametrize(
    ("days", "trusted", "what", "state", "words"),
    [
        (90.5, True, "tls", "ok", "good for 90 days"),
        (3.5, True, "tls", "note", "3 more days only"),
        (-1, True, "backend", "BAD", "certificate has expired"),
        (90.5, False, "backend", "BAD", "self-signed certificate"),
    ],
)
def test_certificates(environ, sandbox, tmp_path, days, trusted, what, state, words):
    authority = Authority(tmp_path, days)
    changed = {"ASSENT_CA_FILE": str(authority.path)} if trusted else {}
    with listening(create_server(sandbox), authority.context) as port:
        changed["ASSENT_ENROLLMENT_URL"] = f"https://127.0.0.1:{port}"
        assert words in Told(environ | changed).only(what, state).replace("self signed", "self-signed")


# -- the site's own address


@pytest.mark.parametrize(("status", "state"), [(200, "ok"), (502, "BAD")])
def test_the_address_that_people_are_told(environ, status, state):
    with listening(Response("{}", status)) as port:
        changed = {
            "ASSENT_ORIGIN": f"http://localhost:{port}",
            "ASSENT_TRUSTED_PROXIES": "1",
            "ASSENT_PREFIX": "/a",
        }
        assert f"http://localhost:{port}/a" in Told(environ | changed).only("address", state)


def test_an_address_that_nobody_answers_is_a_note(environ):
    """The doctor is asked before the first start, too."""
    changed = {"ASSENT_ORIGIN": "http://localhost:1", "ASSENT_TRUSTED_PROXIES": "1"}
    assert "start the site" in Told(environ | changed).only("address", "note")


def test_without_an_address_there_is_something_to_know(environ):
    told = Told(environ)
    assert told.states("note") == ["tls", "address", "address"]
    assert "ASSENT_TRUSTED_PROXIES" in told.output
    assert "any host name is answered" in told.output


def test_nothing_but_the_doctor_is_served_without_settings():
    assert create_app().test_client().get("/").status_code == 503


def test_every_application_of_an_instance_is_examined(environ, tmp_path):
    folder = tmp_path / "sites"
    folder.mkdir()
    for name in ("red", "blue"):
        key = name[0].upper() * 43
        lines = {
            "ASSENT_HOSTS": f"{name}.example",
            "ASSENT_DATABASE_URL": f"sqlite:///{tmp_path / name}.sqlite",
            "ASSENT_SECRET_KEY": name * 12,
            "ASSENT_SERVER_KEYS": f"{name}:{key}=",
        }
        (folder / f"{name}.env").write_text("".join(f"{one}={value}\n" for one, value in lines.items()))
    told = Told(environ | {"ASSENT_SITES": str(folder)})
    assert told.code == 0
    assert [line for line in told.lines if line.startswith("settings")] == [
        "settings     ok    blue: all can be used; protocol 3.3",
        "settings     ok    red: all can be used; protocol 3.3",
    ]
