"""The way to other people's servers when they are slow or odd: how long it takes, and what is said of it."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.mtoken.public_hosts import HERE, HOST, NOBODY, Names, get
from tests.mtoken.raw_server import answering, serving
from webapp.mtoken.errors import AnswerLost, NotSent


@contextmanager
def failing_in_time(error: type[Exception]) -> Iterator[None]:
    """Measures that something fails, and when: 0.8 seconds are given."""
    began = time.monotonic()
    with pytest.raises(error):
        yield
    assert time.monotonic() - began < 1.6


def test_a_name_that_takes_for_ever(to):
    released = threading.Event()

    def names(_host, _port):
        released.wait(10)
        return (HERE,)

    with failing_in_time(NotSent):
        to(names=names).send(get())
    released.set()


def test_names_that_take_for_ever_do_not_pile_up(to, pictures_certificate):
    released = threading.Event()
    asked = []

    def names(host, _port):
        asked.append(host)
        if host == HOST:
            released.wait(10)
        return (HERE,)

    def ask():
        with pytest.raises(NotSent):
            transport.send(get())

    with serving(answering(b"x"), tls=pictures_certificate.context) as server:
        transport = to(server, names)
        threads = [threading.Thread(target=ask) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(5)
        assert len(asked) == 8
        with failing_in_time(NotSent):
            transport.send(get("https://other.example/"))
        released.set()
        with pytest.raises(NotSent):  # looked up now, but the certificate is not its own
            transport.send(get("https://other.example/"))
    assert asked[-1] == "other.example"


def test_tls_that_drips(to):
    def behave(connection):
        connection.socket.recv(10_000)
        connection.socket.sendall(b"\x16\x03\x03\x40\x00")
        while not connection.server.stopping.wait(0.1):
            connection.socket.sendall(b"\x00")

    with serving(behave) as server, failing_in_time(NotSent):
        to(server).send(get())


def test_silence(to, pictures_certificate):
    def behave(connection):
        connection.read_request()
        connection.server.stopping.wait(5)

    with serving(behave, tls=pictures_certificate.context) as server, failing_in_time(AnswerLost):
        to(server).send(get())


@pytest.mark.parametrize(
    "part", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"], ids=["header", "body"]
)
def test_an_answer_that_drips(to, pictures_certificate, part):
    def behave(connection):
        connection.read_request()
        connection.socket.sendall(part)
        while not connection.server.stopping.wait(0.1):
            connection.socket.sendall(b"x")

    with serving(behave, tls=pictures_certificate.context) as server, failing_in_time(AnswerLost):
        to(server).send(get())


ODD_HEADERS = [
    b" begins with a blank: x\r\n",
    b"Content-Type: multipart/mixed\r\n",
    b":\r\n",
]


@pytest.mark.parametrize("odd", ODD_HEADERS)
def test_no_log_has_the_address(to, pictures_certificate, caplog, odd):
    caplog.set_level(logging.INFO)

    def behave(connection):
        connection.read_request()
        connection.socket.sendall(b"HTTP/1.1 200 OK\r\n" + odd + b"Content-Length: 0\r\n\r\n")

    with serving(behave, tls=pictures_certificate.context) as server:
        assert to(server).send(get()).status == 200
    assert "invoice" not in caplog.text
    assert HOST not in caplog.text


def test_no_error_has_the_address(to):
    with pytest.raises(NotSent) as caught:
        to(names=Names(NOBODY)).send(get())
    assert HOST not in str(caught.value)
    assert NOBODY not in str(caught.value)
