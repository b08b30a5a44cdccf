"""Every route, by every method, for a stranger and for Alice: whatever the answer, its headers are whole."""

import pytest

from tests.support.browser import ORIGIN
from tests.support.headers import check_headers, permissions
from tests.support.observatory import FLAWS, best, score
from tests.support.people import Person
from tests.support.site import make_settings
from webapp.app import create_app

METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE")
HARMFUL = {"activation.forget", "settings.remove"}


METRICS_TOKEN = "a token of forty characters for metrics."


@pytest.fixture
def site(tmp_path, database_url, sandbox, wire, elsewhere, clock):
    """With all that it can have."""
    settings = make_settings(
        tmp_path, sandbox.sdk_configuration(), database_url=database_url, metrics_token=METRICS_TOKEN
    )
    site = create_app(settings, transport=wire, public_transport=elsewhere, clock=clock)
    yield site
    site.extensions["assent"].custody.close()


@pytest.fixture
def addresses(site, alice: Person, bank):
    """An address for every rule; the operation is a real one."""
    values = {"operation_id": bank.offers("Alice", "payment"), "number": 0, "filename": "css/app.css"}
    adapter = site.url_map.bind("localhost", url_scheme="https")
    return {
        rule.endpoint: adapter.build(rule.endpoint, {name: values.get(name, "x") for name in rule.arguments})
        for rule in site.url_map.iter_rules()
    }


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("is_enrolled", [True, False], ids=["alice", "stranger"])
def test_the_headers_are_whole(site, alice: Person, addresses, method, is_enrolled):
    client = alice.browser.client if is_enrolled else site.test_client()
    statuses = set()
    for endpoint, address in addresses.items():
        if method == "POST" and endpoint in HARMFUL:
            continue
        with client.open(address, method=method, base_url=ORIGIN) as response:
            check_headers(response)
            statuses.add(response.status_code)
            assert response.status_code != 500, endpoint
    if method in {"PUT", "PATCH", "DELETE", "TRACE"}:
        assert statuses == {405}, "what no page needs is possible nowhere"


@pytest.mark.parametrize(
    ("path", "options", "status"),
    [
        ("/nowhere", {}, 404),
        ("/static/nowhere.js", {}, 404),
        ("/activation/new", {"method": "POST"}, 400),
        ("/activation/new", {"method": "POST", "headers": {"Sec-Fetch-Site": "cross-site"}}, 400),
        ("/activation/new", {"method": "POST", "data": b"x" * 100_000}, 413),
        ("/?" + "x" * 9000, {}, 414),
        ("/", {"headers": {"X-A": "x" * 40_000}}, 431),
        ("/operations", {}, 403),
        ("/activation", {}, 403),
        ("/", {"headers": {"Range": "bytes=0-1"}}, 200),
        ("/static/css/app.css", {"headers": {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}}, 304),
    ],
)
def test_refusals_have_them_too(site, path, options, status):
    with site.test_client().open(path, **{"method": "GET", **options}, base_url=ORIGIN) as response:
        assert response.status_code == status
        check_headers(response)


def test_what_machines_are_told_has_them_too(site, addresses):
    assert {"health.alive", "health.ready", "metrics"} <= set(addresses)
    headers = {"Authorization": f"Bearer {METRICS_TOKEN}"}
    with site.test_client().get("/metrics", headers=headers, base_url=ORIGIN) as response:
        assert response.status_code == 200
        check_headers(response)


def test_only_the_scanner_may_use_the_camera(alice: Person, addresses):
    allowed = set()
    for address in addresses.values():
        with alice.browser.client.get(address, base_url=ORIGIN) as response:
            if permissions(response)["camera"] != "()":
                allowed.add(address)
    assert allowed == {"/scan"}


class TestObservatory:
    """Mozilla's HTTP Observatory gives every page the most that a page like it can have."""

    def test_every_page_has_all_its_points(self, site, alice: Person, addresses):
        clients = alice.browser.client, site.test_client()
        scores = {}
        for client in clients:
            for address in [*addresses.values(), "/nowhere"]:
                with client.get(address, base_url=ORIGIN) as response:
                    if response.mimetype != "text/html":
                        continue
                    scores[address] = score(response)
                    assert scores[address] == best(response), address
        assert len(scores) > 25
        assert max(scores.values()) == 140, "with cookies and scripts; 5 more are for browsers' preload lists"

    def test_refusals_have_all_their_points(self, site, alice: Person, addresses):
        client = alice.browser.client
        for endpoint in ("operations.approve_operation", "activation.create", "settings.change"):
            with client.post(addresses[endpoint], base_url=ORIGIN) as response:
                assert response.status_code == 400
                assert score(response) == best(response)

    @pytest.mark.parametrize(("header", "value"), FLAWS)
    def test_a_page_that_is_worse_would_be_noticed(self, site, header, value):
        response = site.test_client().get("/activation/new", base_url=ORIGIN)
        response.headers[header] = value
        assert score(response) < best(response)
