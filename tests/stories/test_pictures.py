"""Pictures on other hosts: the site fetches them, and the person's browser goes nowhere."""

import pytest
from cryptography import x509

from tests.mtoken.conftest import Certificate
from tests.mtoken.public_hosts import HOST, Names, transport_to
from tests.mtoken.raw_server import answering, serving
from tests.support.browser import ORIGIN, Browser
from tests.support.pages import check_page
from tests.support.people import Person
from tests.support.rasters import gif, jpeg, png, webp
from tests.support.site import make_settings
from webapp.app import create_app
from webapp.mtoken.errors import AnswerLost, NotSent
from webapp.mtoken.public_http import MAX_BODY_BYTES, PublicTransport

SMALL = f"https://{HOST}/invoice-small.png"
LARGE = f"https://{HOST}/invoice.png?page=1"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.fixture
def invoice(bank):
    return bank.offers("Alice", "payment_invoice", thumb=SMALL, full=LARGE)


def picture(person: Person, operation_id: str, number: int | str, **headers: str):
    """What the person's browser gets for an <img> of the page."""
    path = f"/operations/{operation_id}/pictures/{number}"
    return person.browser.client.get(path, headers=headers, base_url=ORIGIN)


def assert_no_picture(response) -> None:
    assert (response.status_code, response.data) == (404, b"")
    assert response.headers["Cache-Control"] == "no-store"


def test_alice_sees_the_invoice_and_its_host_does_not_see_her(alice, invoice, elsewhere):
    elsewhere.has(SMALL, png())
    response = picture(alice, invoice, 0)
    assert (response.status_code, response.data) == (200, png())
    (asked,) = elsewhere.requests
    assert (asked.method, asked.url, dict(asked.headers), asked.body) == ("GET", SMALL, {}, b"")


def test_browsers_take_it_for_a_picture_and_for_nothing_else(alice, invoice, elsewhere):
    elsewhere.has(SMALL, png())
    headers = picture(alice, invoice, 0).headers
    assert headers["Content-Type"] == "image/png"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert set(headers["Content-Security-Policy"].split("; ")) == {
        *("default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "sandbox")
    }
    assert headers["Content-Disposition"] == "inline"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "private, max-age=300"
    assert "Cookie" in headers["Vary"]
    assert "Set-Cookie" not in headers
    assert "Strict-Transport-Security" in headers


def test_each_picture_has_its_number(alice, bank, invoice, elsewhere):
    elsewhere.has(SMALL, png(16, 12))
    elsewhere.has(LARGE, jpeg(640, 480))
    assert picture(alice, invoice, 0).data == png(16, 12)
    assert picture(alice, invoice, 1).data == jpeg(640, 480)
    assert_no_picture(picture(alice, invoice, 2))
    for other in ("-1", "x", "1.5", "0/0"):
        assert picture(alice, invoice, other).status_code == 404
    assert len(elsewhere.requests) == 2


@pytest.mark.parametrize("said", ["text/html", "image/svg+xml", "application/javascript", ""])
@pytest.mark.parametrize(
    ("content", "content_type"),
    [(png(), "image/png"), (jpeg(), "image/jpeg"), (gif(), "image/gif"), (webp(), "image/webp")],
    ids=["png", "jpeg", "gif", "webp"],
)
def test_the_bytes_say_what_it_is_and_not_the_host(alice, invoice, elsewhere, content, content_type, said):
    elsewhere.has(SMALL, content, said)
    response = picture(alice, invoice, 0)
    assert (response.status_code, response.headers["Content-Type"]) == (200, content_type)


@pytest.mark.parametrize("content", [SVG, HTML, b"", png(6000, 4001)], ids=["svg", "html", "empty", "huge"])
def test_what_is_no_picture_to_show(alice, invoice, elsewhere, content):
    elsewhere.has(SMALL, content, "image/png")
    assert_no_picture(picture(alice, invoice, 0))


@pytest.mark.parametrize("status", [204, 206, 301, 302, 304, 307, 404, 500])
def test_what_is_no_answer_to_use(alice, invoice, elsewhere, status):
    elsewhere.answers(SMALL, status, Location=LARGE)
    assert_no_picture(picture(alice, invoice, 0))
    assert [request.url for request in elsewhere.requests] == [SMALL]


@pytest.mark.parametrize("error", [NotSent("timeout"), AnswerLost("timeout")])
def test_a_host_that_fails(alice, invoice, elsewhere, error):
    elsewhere.fails(SMALL, error)
    assert_no_picture(picture(alice, invoice, 0))


def test_bob_does_not_see_alices_invoice(alice, bob, invoice, elsewhere):
    elsewhere.has(SMALL, png())
    assert_no_picture(picture(bob, invoice, 0))
    assert elsewhere.requests == []


def test_a_stranger_sees_no_invoice(invoice, newcomer, elsewhere):
    elsewhere.has(SMALL, png())
    response = picture(newcomer, invoice, 0)
    assert response.status_code == 403
    check_page(response)
    assert elsewhere.requests == []


def test_an_invoice_that_does_not_wait_shows_nothing(alice, bank, invoice, elsewhere):
    elsewhere.has(SMALL, png())
    bank.cancels(invoice)
    assert_no_picture(picture(alice, invoice, 0))
    assert_no_picture(picture(alice, "no-such-operation", 0))
    assert elsewhere.requests == []


def test_a_browser_that_is_blocked_shows_nothing(alice, bank, invoice, elsewhere):
    elsewhere.has(SMALL, png())
    bank.blocks(alice.activation_id)
    assert_no_picture(picture(alice, invoice, 0))
    assert elsewhere.requests == []


def test_who_opens_a_picture_by_itself_finds_the_way_back(alice, invoice, elsewhere):
    elsewhere.has(LARGE, png())
    response = picture(alice, invoice, "1?v=abc", **{"Sec-Fetch-Dest": "document"})
    check_page(response)
    assert f'<img src="/operations/{invoice}/pictures/1?v=abc"' in response.text
    assert f'<a class="back" href="/operations/{invoice}">' in response.text
    assert "Sec-Fetch-Dest" in picture(alice, invoice, 1).headers["Vary"]


def test_who_opens_a_picture_by_itself_reads_what_is_wrong(alice, invoice):
    response = picture(alice, invoice, 1, **{"Sec-Fetch-Dest": "document"})
    assert response.status_code == 404
    check_page(response)
    assert "This picture cannot be shown" in response.text
    assert f"/operations/{invoice}" in response.text
    assert HOST not in response.text


@pytest.mark.parametrize("dest", ["image", "document"])
def test_the_log_has_a_word_and_no_address(alice, invoice, elsewhere, log_lines, dest):
    elsewhere.has(SMALL, SVG)
    picture(alice, invoice, 0, **{"Sec-Fetch-Dest": dest})
    logged = log_lines.getvalue()
    assert '"problem": "content"' in logged
    assert HOST not in logged
    assert invoice not in logged


@pytest.fixture
def far_away(tmp_path, sandbox, bank, wire, clock):
    """Makes Alice at a site that fetches pictures with this transport."""

    def far_away(transport: PublicTransport) -> Person:
        settings = make_settings(tmp_path, sandbox.sdk_configuration())
        site = create_app(settings, transport=wire, public_transport=transport, clock=clock)
        return Person("Alice", bank, Browser(site.test_client())).is_enrolled()

    return far_away


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1"])
def test_a_name_that_leads_into_the_operators_network(far_away, invoice, log_lines, address):
    alice = far_away(PublicTransport(resolve=Names("93.184.216.34", address)))
    assert_no_picture(picture(alice, invoice, 0))
    assert '"problem": "address"' in log_lines.getvalue()


@pytest.mark.parametrize(
    "address",
    [
        "/sandbox/invoice-small.png",
        f"http://{HOST}/a.png",
        "https://bank@a.example/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://127.0.0.1/a.png",
        "https://localhost:8000/a.png",
    ],
)
def test_an_address_that_is_not_fetched(far_away, bank, log_lines, address):
    alice = far_away(PublicTransport())
    invoice = bank.offers("Alice", "payment_invoice", thumb=address, full=LARGE)
    assert_no_picture(picture(alice, invoice, 0))
    assert '"problem": "address"' in log_lines.getvalue()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return Certificate(tmp_path_factory.mktemp("tls"), x509.DNSName(HOST))


def silent(connection):
    connection.read_request()
    connection.server.stopping.wait(5)


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [
        (answering(png() + bytes(MAX_BODY_BYTES - len(png()))), 200),
        (answering(png() + bytes(1024 * 1024 * 3)), 404),
        (answering(b"", "302 Found", f"Location: {SMALL}"), 404),
        (silent, 404),
    ],
    ids=["2 MiB", "3 MiB", "redirect", "slow"],
)
def test_the_whole_way(far_away, invoice, certificate, behaviour, status):
    with serving(behaviour, tls=certificate.context) as server:
        transport = transport_to(server, ca_file=str(certificate.path), max_body_bytes=MAX_BODY_BYTES)
        response = picture(far_away(transport), invoice, 0)
    assert response.status_code == status
    assert len(server.requests) == 1
