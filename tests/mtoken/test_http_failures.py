"""The network side against a server that misbehaves: was the request sent, or may it have been?"""

import socket
import struct
import time
from pathlib import Path

import pytest

import webapp.mtoken
from tests.mtoken.raw_server import answering, post, serving
from webapp.mtoken.errors import AnswerLost, NotSent
from webapp.mtoken.http import HttpTransport
from webapp.mtoken.transport import Request

ROOT = Path(webapp.mtoken.__file__).parents[2]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_a_refused_connection(transport):
    with pytest.raises(NotSent):
        transport.send(post(free_port()))


@pytest.mark.parametrize(
    "url", ["http://no-such-host.invalid/", "ftp://127.0.0.1/", "nonsense", "http://", ""]
)
def test_a_name_that_is_not_found_and_a_url_that_is_none(transport, url):
    with pytest.raises(NotSent):
        transport.send(Request("POST", url))


def test_a_header_that_cannot_be_sent(transport):
    with serving(answering()) as server, pytest.raises(NotSent):
        transport.send(post(server.port, **{"X-Language": "en\r\nX-Other: 1"}))
    assert server.requests == []


def test_a_server_that_does_not_speak_tls(transport):
    def behave(connection):
        connection.socket.recv(100)
        connection.socket.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with serving(behave) as server, pytest.raises(NotSent):
        transport.send(post(server.port, scheme="https"))


def test_a_server_that_is_silent_while_tls_begins(transport):
    with serving(lambda connection: connection.server.stopping.wait(5)) as server, pytest.raises(NotSent):
        transport.send(post(server.port, scheme="https"))


def test_a_certificate_of_an_authority_unknown_here(transport, certificate):
    with serving(answering(), tls=certificate.context) as server, pytest.raises(NotSent):
        transport.send(post(server.port, scheme="https"))
    assert server.requests == []


def test_a_certificate_for_another_name(certificate):
    transport = HttpTransport(ca_file=str(certificate.path))
    with serving(answering(), tls=certificate.context) as server:
        with pytest.raises(NotSent):
            transport.send(Request("POST", f"https://localhost:{server.port}/"))
        transport.close()
    assert server.requests == []


def test_a_connection_that_came_about_too_late():
    transport = HttpTransport(total_timeout_s=0)
    with serving(answering()) as server, pytest.raises(NotSent):
        transport.send(post(server.port))
    transport.close()
    assert server.requests == []


def lost(transport, behave, *, within_s=2.0):
    began = time.monotonic()
    with serving(behave) as server:
        with pytest.raises(AnswerLost):
            transport.send(post(server.port))
        assert time.monotonic() - began < within_s
    assert len(server.requests) == 1


def test_silence(transport):
    def behave(connection):
        connection.read_request()
        connection.server.stopping.wait(5)

    lost(transport, behave)


def test_a_connection_closed_without_a_word(transport):
    lost(transport, lambda connection: connection.read_request())


def test_a_connection_reset(transport):
    def behave(connection):
        connection.read_request()
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    lost(transport, behave)


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n{}",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 two OK\r\n\r\n",
        b"HTTP/1.1 200 " + b"x" * 70_000,
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n",
    ],
    ids=[
        "short body",
        "half a chunk",
        "no chunk",
        "half a header",
        "two lengths",
        "not HTTP",
        "no status",
        "long line",
        "many headers",
    ],
)
def test_half_an_answer(transport, said):
    def behave(connection):
        connection.read_request()
        connection.socket.sendall(said)

    lost(transport, behave)


@pytest.mark.parametrize("length", ["Content-Length: 1001\r\n", "", "Transfer-Encoding: chunked\r\n"])
def test_an_answer_without_end(transport, length):
    def behave(connection):
        connection.read_request()
        connection.socket.sendall(f"HTTP/1.1 200 OK\r\n{length}\r\n".encode())
        while True:
            connection.socket.sendall(b"5\r\nxxxxx\r\n" * 1000)

    lost(transport, behave)


@pytest.mark.parametrize(
    "part", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"], ids=["header", "body"]
)
def test_an_answer_that_drips(transport, part):
    def behave(connection):
        connection.read_request()
        connection.socket.sendall(part)
        while not connection.server.stopping.wait(0.1):
            connection.socket.sendall(b"x")

    lost(transport, behave)


def test_a_kept_connection_that_died_is_not_tried_again(transport):
    # The server takes a second request on the same connection, and hangs up instead of answering.
    def behave(connection):
        if connection.read_request():
            connection.answer()
            connection.read_request()

    with serving(behave) as server:
        transport.send(post(server.port))
        with pytest.raises(AnswerLost):
            transport.send(post(server.port))
        assert transport.send(post(server.port)).status == 200
    assert len(server.requests) == 3


def test_tls_that_breaks_after_the_request_has_left(certificate):
    def behave(connection):
        connection.read_request()
        raw = socket.socket(fileno=connection.socket.detach())
        with raw:
            raw.sendall(b"\x17\x03\x03\x00\x20" + b"\x00" * 32)

    transport = HttpTransport(ca_file=str(certificate.path))
    with serving(behave, tls=certificate.context) as server, pytest.raises(AnswerLost):
        transport.send(post(server.port, scheme="https"))
    transport.close()
    assert len(server.requests) == 1
