"""The network side against a server that behaves."""

import logging
import subprocess
import sys
import threading
import tomllib
from pathlib import Path

import pytest

import webapp.mtoken
from tests.mtoken.raw_server import answering, post, serving
from webapp.mtoken.http import HttpTransport
from webapp.mtoken.transport import Headers, HttpResponse
from webapp.mtoken.user_agent import USER_AGENT, VERSION

ROOT = Path(webapp.mtoken.__file__).parents[2]


def test_a_request_arrives_as_it_was_made(transport):
    request = post(0, **{"X-PowerAuth-Token": "PowerAuth a", "Content-Type": "application/json"})
    with serving(answering(b'{"status":"OK"}', "200 OK", "Content-Type: application/json")) as server:
        request.url = f"http://127.0.0.1:{server.port}/api/list"
        answer = transport.send(request)
    head, body = server.requests[0].split(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /api/list HTTP/1.1"
    assert {line.lower() for line in lines[1:]} == {
        f"host: 127.0.0.1:{server.port}",
        "accept-encoding: identity",
        "content-length: 20",
        "content-type: application/json",
        "x-powerauth-token: powerauth a",
        f"user-agent: {USER_AGENT}".lower(),
    }
    assert body == b'{"requestObject":{}}'
    assert answer == HttpResponse(
        200, Headers({"content-length": "15", "content-type": "application/json"}), b'{"status":"OK"}'
    )
    assert list(request.headers) == ["X-PowerAuth-Token", "Content-Type"]


def test_the_user_agent_is_true_unless_the_caller_has_one(transport):
    with serving(answering()) as server:
        transport.send(post(server.port))
        transport.send(post(server.port, **{"user-agent": "bank/1"}))
    assert f"User-Agent: {USER_AGENT}".encode() in server.requests[0]
    assert b"user-agent: bank/1" in server.requests[1]
    assert b"Assent" not in server.requests[1]


def test_the_version_is_that_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


def test_a_connection_is_used_again(transport):
    with serving(answering()) as server:
        for _ in range(3):
            transport.send(post(server.port))
    assert (server.connections, len(server.requests)) == (1, 3)


@pytest.mark.parametrize("status", ["400 Bad Request", "401 Unauthorized", "500 Oops", "204 No Content"])
def test_every_status_is_an_answer(transport, status):
    with serving(answering(b"", status)) as server:
        assert transport.send(post(server.port)).status == int(status[:3])


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_an_answer_and_not_followed(transport, status):
    with serving(answering(b"", status, "Location: /elsewhere")) as server:
        assert transport.send(post(server.port)).status == int(status[:3])
    assert len(server.requests) == 1


def test_cookies_are_not_kept(transport):
    with serving(answering(b"{}", "200 OK", "Set-Cookie: alice=1; Path=/")) as server:
        transport.send(post(server.port))
        transport.send(post(server.port))
    assert b"alice" not in server.requests[1]


def test_the_environment_does_not_choose_the_way(transport, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with serving(answering()) as server:
        assert transport.send(post(server.port)).status == 200


def test_chunks_are_put_together(transport):
    def behave(connection):
        connection.read_request()
        connection.socket.sendall(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n2\r\nef\r\n0\r\n\r\n"
        )

    with serving(behave) as server:
        assert transport.send(post(server.port)).body == b"abcdef"


def test_a_body_without_a_length_ends_with_the_connection(transport):
    def behave(connection):
        connection.read_request()
        connection.socket.sendall(b"HTTP/1.1 200 OK\r\n\r\nabc")

    with serving(behave) as server:
        assert transport.send(post(server.port)).body == b"abc"


def test_a_body_may_be_as_large_as_the_limit(transport):
    with serving(answering(b"x" * 1000)) as server:
        assert len(transport.send(post(server.port)).body) == 1000


def test_tls_with_an_authority_that_is_trusted(certificate):
    transport = HttpTransport(ca_file=str(certificate.path))
    with serving(answering(b"secret"), tls=certificate.context) as server:
        assert transport.send(post(server.port, scheme="https")).body == b"secret"
        transport.close()


def test_many_threads_share_a_transport():
    transport = HttpTransport()
    seen = []

    def echo(connection):
        while head := connection.read_request():
            connection.answer(head.split()[1])

    def ask(number):
        path = f"/{number}"
        seen.append(transport.send(post(server.port, path=path)).body == path.encode())

    with serving(echo) as server:
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        transport.close()
    assert seen == [True] * 20


def test_neither_body_nor_credentials_are_logged(transport, caplog):
    caplog.set_level(logging.DEBUG)
    with serving(answering(b"top secret answer")) as server:
        transport.send(post(server.port, body=b"top secret question", **{"X-PowerAuth-Token": "top secret"}))
    assert "secret" not in caplog.text


def test_only_the_network_side_loads_requests():
    names = sorted(path.stem for path in Path(webapp.mtoken.__file__).parent.glob("*.py"))
    modules = [f"webapp.mtoken.{name}" for name in names if name not in {"__init__", "http", "public_http"}]
    script = f"import importlib, sys\nfor name in {modules}: importlib.import_module(name)\n"
    script += "assert not {'requests', 'urllib3', 'http.client', 'flask'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=60)
