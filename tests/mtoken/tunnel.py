"""A proxy of this machine: opens the way to where a CONNECT says, and remembers what it was asked."""

import socket
import threading

from tests.mtoken.raw_server import Connection


def tunnelling(connection: Connection) -> None:
    """Carry bytes to and fro until one side has enough. What is carried is not noted: it is not ours."""
    head = connection.read_request().decode()
    method, target, *_ = head.split()
    assert method == "CONNECT", head
    host, _, port = target.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=5) as there:
        connection.socket.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        back = threading.Thread(target=_pour, args=(there, connection.socket))
        back.start()
        _pour(connection.socket, there)
        back.join(5)


def _pour(source: socket.socket, target: socket.socket) -> None:
    try:
        while block := source.recv(65_536):
            target.sendall(block)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
