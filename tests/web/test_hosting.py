"""Names, proxies and the way a request came."""

import pytest

from tests.support.pages import check_page
from webapp.web.hosting import host_name

ORIGIN = "https://approve.bank.example"
NAMES = frozenset({"approve.bank.example", "approve.bank.test"})


@pytest.fixture
def seen(app_with):
    """Makes a client of a site, and a note of how each request looked from inside."""

    def make(**changes):
        app = app_with(**changes)
        looks = []

        @app.before_request
        def note():
            from flask import request  # noqa: PLC0415

            looks.append((request.remote_addr, request.scheme, request.host))

        return app.test_client(), looks

    return make


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("Approve.bank.example:443", "approve.bank.example"),
        ("approve.bank.example", "approve.bank.example"),
        ("[::1]:8000", "[::1]"),
        ("[::1]", "[::1]"),
        ("evil.example:x", "evil.example:x"),
    ],
)
def test_the_name_in_a_host(host, name):
    assert host_name(host) == name


@pytest.mark.parametrize("host", ["approve.bank.example", "APPROVE.bank.test:8443"])
def test_a_name_of_the_site_is_answered(app_with, host):
    client = app_with(answers_to=NAMES).test_client()
    assert client.get("/", base_url=f"https://{host}").status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("host", ["evil.example", "approve.bank.example.evil.example", "127.0.0.1"])
def test_another_name_gets_a_page_that_says_so(app_with, host, method):
    client = app_with(answers_to=NAMES, origin=ORIGIN).test_client()
    response = client.open("/activation/new", method=method, base_url=f"https://{host}")
    assert response.status_code == 400
    assert "This site is not at this address" in response.text
    assert "Set-Cookie" not in response.headers
    assert f'href="{ORIGIN}/"' in response.text
    assert host not in response.text.replace(ORIGIN, "")
    check_page(response)


def test_a_forwarded_host_means_nothing(app_with):
    client = app_with(answers_to=NAMES, trusted_proxies=1).test_client()
    forwarded = {"X-Forwarded-Host": "approve.bank.example", "X-Forwarded-Proto": "https"}
    assert client.get("/", headers=forwarded, base_url="http://evil.example").status_code == 400


def test_without_names_any_is_answered(app_with):
    assert app_with().test_client().get("/", base_url="https://whatever.example").status_code == 200


@pytest.mark.parametrize(
    ("trusted", "forwarded_for", "address"),
    [
        (0, "198.51.100.7", "10.0.0.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (2, "6.6.6.6, 198.51.100.7, 10.0.0.9", "198.51.100.7"),
        (2, "198.51.100.7", "10.0.0.1"),
    ],
)
def test_as_many_proxies_are_believed_as_there_are(seen, trusted, forwarded_for, address):
    client, looks = seen(trusted_proxies=trusted)
    client.get(
        "/",
        headers={
            "X-Forwarded-For": forwarded_for,
            "X-Forwarded-Proto": ",".join(["https"] * max(trusted, 1)),
        },
        environ_base={"REMOTE_ADDR": "10.0.0.1"},
        base_url="http://localhost",
    )
    assert looks[0] == (address, "https" if trusted else "http", "localhost")


@pytest.mark.parametrize("forwarded", [{"X-Forwarded-Proto": "http"}, {}])
def test_a_proxy_that_brings_plain_http_is_refused(app_with, forwarded):
    client = app_with(trusted_proxies=1, origin=ORIGIN).test_client()
    response = client.get("/activation/new", headers=forwarded, base_url="http://approve.bank.example")
    assert response.status_code == 400
    assert "This address is not secure" in response.text
    assert "Set-Cookie" not in response.headers
    check_page(response)


def test_the_demo_takes_plain_http(app_with):
    client = app_with(trusted_proxies=1, demo=True).test_client()
    assert client.get("/activation/new", headers={"X-Forwarded-Proto": "http"}).status_code == 200


def test_a_page_about_the_wrong_address_still_looks_like_one(app_with):
    client = app_with(answers_to=NAMES, trusted_proxies=1).test_client()
    with client.get("/static/css/app.css", base_url="http://evil.example") as response:
        assert response.status_code == 200
