"""Every route, by every method, for a stranger and for Alice: whatever the answer, its headers are whole."""

import pytest

from tests.support.browser import ORIGIN
from tests.support.headers import check_headers, permissions, policy, strict_transport
from tests.support.people import Person

METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE")
HARMFUL = {"activation.forget", "settings.remove"}


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


def test_only_the_scanner_may_use_the_camera(alice: Person, addresses):
    allowed = set()
    for address in addresses.values():
        with alice.browser.client.get(address, base_url=ORIGIN) as response:
            if permissions(response)["camera"] != "()":
                allowed.add(address)
    assert allowed == {"/scan"}


class TestObservatory:
    """The rules of Mozilla's HTTP Observatory: of each the best result, but for browsers' preload lists."""

    @pytest.fixture
    def landing(self, site):
        return site.test_client().get("/activation/new", base_url=ORIGIN)

    def test_content_security_policy(self, landing):
        """`csp-implemented-with-no-unsafe-default-src-none`."""
        directives = policy(landing)
        assert directives["default-src"] == ["'none'"]
        sources = {source for values in directives.values() for source in values}
        assert not [source for source in sources if "unsafe" in source or source in {"*", "data:"}]
        assert not [source for source in sources if source.startswith(("http:", "https:", "ftp:"))]
        assert directives["form-action"] == ["'self'"]

    def test_cookies(self, landing):
        """`cookies-secure-with-httponly-sessions-and-samesite`."""
        cookies = landing.headers.getlist("Set-Cookie")
        assert cookies
        assert all({"Secure", "HttpOnly", "SameSite=Lax"} <= set(one.split("; ")) for one in cookies)

    def test_cross_origin_sharing_and_resource_policy(self, landing):
        """`cross-origin-resource-sharing-not-implemented`, `corp-implemented-with-same-origin`."""
        assert "Access-Control-Allow-Origin" not in landing.headers
        assert landing.headers["Cross-Origin-Resource-Policy"] == "same-origin"

    def test_referrer_policy(self, landing):
        """`referrer-policy-private`."""
        assert landing.headers["Referrer-Policy"] == "strict-origin"

    def test_strict_transport_security(self, landing):
        """`hsts-implemented-max-age-at-least-six-months`."""
        assert int(strict_transport(landing)["max-age"]) >= 15_768_000

    def test_subresource_integrity(self, landing):
        """`sri-implemented-and-all-scripts-loaded-securely`."""
        scripts = [tag for tag in landing.text.split("<") if tag.startswith("script")]
        assert scripts
        assert all(' integrity="sha256-' in tag and ' src="/static/' in tag for tag in scripts)

    def test_content_types_and_frames(self, landing):
        """`x-content-type-options-nosniff`, `x-frame-options-implemented-via-csp`."""
        assert landing.headers["X-Content-Type-Options"] == "nosniff"
        assert policy(landing)["frame-ancestors"] == ["'none'"]
