"""The way out, as the operator sets it up: a proxy, authorities, a certificate of our own; over real TLS."""

import ipaddress
import ssl
from contextlib import closing

import pytest
from cryptography import x509

from tests.mtoken.conftest import Certificate
from tests.mtoken.raw_server import answering, post, serving
from tests.mtoken.tunnel import tunnelling
from webapp.mtoken.errors import AnswerLost, NotSent
from webapp.mtoken.http import HttpTransport

LIMITS = {"connect_timeout_s": 2, "read_timeout_s": 2, "total_timeout_s": 4}
HERE = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
A_CENTURY_S = 36_500 * 24 * 3600
VARIABLES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """The certificate that this site shows."""
    return Certificate(tmp_path_factory.mktemp("ours"), x509.DNSName("assent.example"))


@pytest.fixture(scope="module")
def strangers(tmp_path_factory):
    """A certificate that nobody here has asked for."""
    return Certificate(tmp_path_factory.mktemp("strangers"), HERE)


def send(transport: HttpTransport, port: int, scheme: str = "https") -> bytes:
    with closing(transport):
        return transport.send(post(port, scheme=scheme)).body


def test_through_a_proxy_that_sees_nothing_but_the_name(certificate):
    with serving(answering(b"secret"), tls=certificate.context) as backend, serving(tunnelling) as proxy:
        transport = HttpTransport(
            ca_file=str(certificate.path), proxy=f"http://us:pass%20word@127.0.0.1:{proxy.port}", **LIMITS
        )
        assert send(transport, backend.port) == b"secret"
    (asked,) = proxy.requests
    assert asked.startswith(f"CONNECT 127.0.0.1:{backend.port} ".encode())
    assert b"Proxy-Authorization: Basic dXM6cGFzcyB3b3Jk" in asked
    assert b"requestObject" not in asked
    assert b"Proxy-Authorization" not in backend.requests[0]


def test_one_tunnel_carries_many_requests(certificate):
    with serving(answering(b"ok"), tls=certificate.context) as backend, serving(tunnelling) as proxy:
        transport = HttpTransport(
            ca_file=str(certificate.path), proxy=f"http://127.0.0.1:{proxy.port}", **LIMITS
        )
        with closing(transport):
            for _ in range(3):
                transport.send(post(backend.port, scheme="https"))
    assert (proxy.connections, len(backend.requests)) == (1, 3)


def test_plain_http_stays_on_this_machine():
    with serving(answering(b"here")) as backend:
        assert send(HttpTransport(proxy="http://127.0.0.1:1", **LIMITS), backend.port, "http") == b"here"


@pytest.mark.parametrize("status", ["403 Forbidden", "407 Proxy Authentication Required", "502 Bad Gateway"])
def test_a_proxy_that_refuses_has_let_nothing_out(certificate, status):
    def refuse(connection):
        connection.read_request()
        connection.answer(b"no", status)

    with serving(answering(), tls=certificate.context) as backend, serving(refuse) as proxy:
        transport = HttpTransport(
            ca_file=str(certificate.path), proxy=f"http://127.0.0.1:{proxy.port}", **LIMITS
        )
        with pytest.raises(NotSent):
            send(transport, backend.port)
    assert backend.requests == []


def test_a_proxy_that_says_nothing_is_not_waited_for_for_ever(certificate):
    with serving(lambda connection: connection.server.stopping.wait(5)) as proxy:
        transport = HttpTransport(proxy=f"http://127.0.0.1:{proxy.port}", read_timeout_s=0.3)
        with pytest.raises(NotSent):
            send(transport, 9)


def test_a_tunnel_that_breaks_after_the_request_leaves_it_unknown(certificate):
    def behave(connection):
        connection.read_request()

    with serving(behave, tls=certificate.context) as backend, serving(tunnelling) as proxy:
        transport = HttpTransport(
            ca_file=str(certificate.path), proxy=f"http://127.0.0.1:{proxy.port}", **LIMITS
        )
        with pytest.raises(AnswerLost):
            send(transport, backend.port)
    assert len(backend.requests) == 1


def test_the_server_behind_a_tunnel_has_to_show_its_certificate(certificate, strangers):
    with serving(answering(), tls=strangers.context) as backend, serving(tunnelling) as proxy:
        transport = HttpTransport(
            ca_file=str(certificate.path), proxy=f"http://127.0.0.1:{proxy.port}", **LIMITS
        )
        with pytest.raises(NotSent):
            send(transport, backend.port)
    assert backend.requests == []


def asking_for(client: Certificate, server: Certificate) -> ssl.SSLContext:
    """A server's context that speaks to nobody but this client."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server.path, server.path.with_name("key.pem"))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(client.path)
    return context


def test_a_server_that_asks_who_we_are(certificate, ours):
    pair = str(ours.path), str(ours.path.with_name("key.pem"))
    with serving(answering(b"hello"), tls=asking_for(ours, certificate)) as backend:
        transport = HttpTransport(ca_file=str(certificate.path), client_certificate=pair, **LIMITS)
        assert send(transport, backend.port) == b"hello"


@pytest.mark.parametrize("shows", ["nothing", "another"])
def test_a_server_that_asks_and_does_not_know_us(certificate, ours, strangers, shows):
    pair = (str(strangers.path), str(strangers.path.with_name("key.pem"))) if shows == "another" else None
    with serving(answering(b"hello"), tls=asking_for(ours, certificate)) as backend:
        transport = HttpTransport(ca_file=str(certificate.path), client_certificate=pair, **LIMITS)
        # In TLS 1.3 the server refuses after the request may have left; nobody can know more.
        with pytest.raises((NotSent, AnswerLost)):
            send(transport, backend.port)
    assert backend.requests == []


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_the_environment_chooses_no_authorities(certificate, strangers, monkeypatch, variable):
    monkeypatch.setenv(variable, str(strangers.path))
    with serving(answering(b"ok"), tls=certificate.context) as backend:
        assert send(HttpTransport(ca_file=str(certificate.path), **LIMITS), backend.port) == b"ok"
    with serving(answering(b"ok"), tls=strangers.context) as backend:
        for ca_file in (str(certificate.path), None):
            with pytest.raises(NotSent):
                send(HttpTransport(ca_file=ca_file, **LIMITS), backend.port)
    assert backend.requests == []


def test_the_environment_chooses_no_way(certificate, monkeypatch):
    with serving(answering(b"ok"), tls=certificate.context) as backend, serving(tunnelling) as proxy:
        for name in VARIABLES:
            monkeypatch.setenv(name, "http://127.0.0.1:1")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        authority = str(certificate.path)
        assert send(HttpTransport(ca_file=authority, **LIMITS), backend.port) == b"ok"
        chosen = HttpTransport(ca_file=authority, proxy=f"http://127.0.0.1:{proxy.port}", **LIMITS)
        assert send(chosen, backend.port) == b"ok"
    assert proxy.connections == 1


def test_how_long_the_certificate_is_good(certificate):
    transport = HttpTransport(ca_file=str(certificate.path), **LIMITS)
    assert transport.certificate_ends_at is None
    with serving(answering(), tls=certificate.context) as backend:
        send(transport, backend.port)
    begin = 1_577_836_800  # 2020-01-01
    assert transport.certificate_ends_at == begin + A_CENTURY_S
