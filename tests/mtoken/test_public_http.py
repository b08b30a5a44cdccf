"""The way to other people's servers: where it leads, and where it does not."""

import pytest

from tests.mtoken.public_hosts import HERE, HOST, NOBODY, URL, Names, get
from tests.mtoken.raw_server import answering, serving
from webapp.mtoken.errors import AnswerLost, NetworkError, NotSent
from webapp.mtoken.public_address import AddressRefused
from webapp.mtoken.public_http import PublicTransport, resolve
from webapp.mtoken.transport import Request


def test_a_picture_arrives_and_nothing_is_told_about_who_wants_it(to, pictures_certificate):
    said = {"Cookie": "a=b", "Referer": "https://assent.example/operations/1", "X-Forwarded-For": "192.0.2.1"}
    with serving(answering(b"\x89PNG"), tls=pictures_certificate.context) as server:
        answer = to(server).send(get(**said))
    (asked,) = server.requests
    assert set(asked.decode().strip().split("\r\n")) == {
        "GET /invoice.png?id=7 HTTP/1.1",
        f"Host: {HOST}",
        "User-Agent: Assent",
        "Accept: image/png, image/jpeg, image/webp, image/gif",
        "Accept-Encoding: identity",
    }
    assert (answer.status, answer.body) == (200, b"\x89PNG")


def test_a_name_is_looked_up_once_and_told_to_the_server(to, pictures_certificate):
    names, said = Names(HERE), []
    pictures_certificate.context.sni_callback = lambda _socket, name, _context: said.append(name)
    with serving(answering(), tls=pictures_certificate.context) as server:
        to(server, names).send(get())
    pictures_certificate.context.sni_callback = None
    assert (names.asked, said) == ([HOST], [HOST])


def test_nothing_is_kept_for_the_next_request(to, pictures_certificate):
    names = Names(HERE)
    with serving(answering(b"", "200 OK", "Set-Cookie: a=b"), tls=pictures_certificate.context) as server:
        transport = to(server, names)
        transport.send(get())
        transport.send(get())
    assert (len(names.asked), server.connections) == (2, 2)
    assert b"a=b" not in server.requests[1]


@pytest.mark.parametrize(
    "addresses",
    [
        ("10.0.0.1",),
        ("127.0.0.1",),
        ("::1",),
        ("169.254.169.254",),
        ("::ffff:127.0.0.1",),
        ("64:ff9b::7f00:1",),
        ("93.184.216.34", "10.0.0.1"),
        ("2606:4700::1111", "::1"),
    ],
)
def test_every_address_of_a_name_has_to_be_public(addresses):
    with pytest.raises(AddressRefused):
        PublicTransport(resolve=Names(*addresses)).send(get())


def test_no_connection_is_made_to_an_address_that_is_refused(to, pictures_certificate):
    with serving(answering(), tls=pictures_certificate.context) as server:
        with pytest.raises(AddressRefused):
            to(server, Names(HERE, "10.0.0.1")).send(get())
        with pytest.raises(AddressRefused):
            PublicTransport(port=server.port, resolve=resolve).send(get(f"https://127.0.0.1:{server.port}/"))
    assert server.connections == 0


@pytest.mark.parametrize("url", [f"http://{HOST}/", f"https://{HOST}:8443/", f"https://a@{HOST}/", "", "/a"])
def test_a_url_that_is_refused_is_not_looked_up(to, url):
    names = Names(HERE)
    with pytest.raises(AddressRefused):
        to(names=names).send(get(url))
    assert names.asked == []


def test_only_reading(to):
    with pytest.raises(ValueError):
        to().send(Request("POST", URL))


def unknown(_host, _port):
    raise OSError("no such name")


def unspeakable(_host, _port):
    raise UnicodeError("label too long")


@pytest.mark.parametrize("names", [Names(), unknown, unspeakable])
def test_a_name_that_is_not_known(to, names):
    with pytest.raises(NotSent):
        to(names=names).send(get())


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 300, "a..b", "0x7f.1", "2130706433", "[::1]"])
def test_the_system_is_asked_for_names(host):
    # Whatever the system makes of these, none of them is a public address.
    with pytest.raises(NetworkError):
        PublicTransport().send(get(f"https://{host}/"))


def test_the_next_address_is_tried_where_nobody_listens(to, pictures_certificate):
    with serving(answering(b"x"), tls=pictures_certificate.context) as server:
        assert to(server, Names(NOBODY, HERE)).send(get()).body == b"x"
        with pytest.raises(NotSent):
            to(server, Names(NOBODY, NOBODY)).send(get())


def test_no_other_address_is_tried_once_something_was_sent(to, pictures_certificate):
    def hang_up(connection):
        connection.read_request()

    with serving(hang_up, tls=pictures_certificate.context) as server:
        with pytest.raises(AnswerLost):
            to(server, Names(HERE, HERE)).send(get())
        assert server.connections == 1


def test_a_certificate_for_another_name(to, pictures_certificate):
    with serving(answering(), tls=pictures_certificate.context) as server, pytest.raises(NotSent):
        to(server).send(get("https://other.example/"))
    assert server.requests == []


def test_a_certificate_of_an_authority_unknown_here(to, pictures_certificate):
    with serving(answering(), tls=pictures_certificate.context) as server, pytest.raises(NotSent):
        to(server, ca_file=None).send(get())
    assert server.requests == []


def test_a_redirect_is_an_answer_and_not_followed(to, pictures_certificate):
    names = Names(HERE)
    behaviour = answering(b"", "302 Found", "Location: https://10.0.0.1/secret")
    with serving(behaviour, tls=pictures_certificate.context) as server:
        assert to(server, names).send(get()).status == 302
    assert (len(server.requests), names.asked) == (1, [HOST])


def test_the_environment_does_not_choose_the_way(to, pictures_certificate, monkeypatch):
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with serving(answering(), tls=pictures_certificate.context) as server:
        assert to(server).send(get()).status == 200


def test_a_body_may_be_as_large_as_the_limit(to, pictures_certificate):
    with serving(answering(b"x" * 1000), tls=pictures_certificate.context) as server:
        assert len(to(server).send(get()).body) == 1000


def test_a_body_that_is_larger_is_not_read_to_its_end(to, pictures_certificate):
    sent = []

    def behave(connection):
        connection.read_request()
        connection.socket.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
        while True:
            connection.socket.sendall(b"x" * 65_536)
            sent.append(65_536)

    with serving(behave, tls=pictures_certificate.context) as server, pytest.raises(AnswerLost):
        to(server).send(get())
    assert sum(sent) < 50_000_000
