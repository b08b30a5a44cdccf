"""Headers, cookies and refusals, on every response."""

import re

import pytest

from tests.support.pages import check_page

ORIGIN = "https://localhost"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/activation/new", 200),
        ("GET", "/activation/new?code=AERUK-Z4JVP-G66EB-S6C3Q%23x", 200),
        ("GET", "/activation/forget", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/operations/1/approve", 405),
        ("PUT", "/", 405),
        ("POST", "/activation/new", 400),
        ("POST", "/activation/forget", 400),
        ("POST", "/operations/1/approve", 400),
        ("GET", "/static/css/nowhere.css", 404),
    ],
)
def test_every_response_is_a_page_of_ours(client, method, path, status):
    response = client.open(path, method=method, base_url=ORIGIN)
    assert response.status_code == status
    check_page(response)


def test_a_405_says_what_is_possible(client):
    assert client.get("/operations/1/approve").headers["Allow"] == "OPTIONS, POST"


def test_too_much_is_refused_before_it_is_read(client):
    response = client.post("/activation/new", data={"code": "A" * 70_000}, base_url=ORIGIN)
    assert response.status_code == 413
    check_page(response)


def test_too_many_fields_are_refused(client):
    response = client.post(
        "/activation/new",
        data={f"field{number}": "" for number in range(60)},
        content_type="multipart/form-data",
        base_url=ORIGIN,
    )
    assert response.status_code == 413


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_of_another_site_is_refused(client, site):
    response = client.post("/activation/new", headers={"Sec-Fetch-Site": site}, base_url=ORIGIN)
    assert response.status_code == 400
    assert "another site" in response.text


def test_a_stale_form_keeps_what_was_typed_but_for_the_pins(client):
    typed = {"code": "AERUK-Z4JVP", "name": "My laptop", "pin": "925814", "pin_again": "925814"}
    response = client.post("/activation/new", data={**typed, "csrf_token": "old"}, base_url=ORIGIN)
    assert response.status_code == 400
    assert "AERUK-Z4JVP" in response.text
    assert "My laptop" in response.text
    assert "925814" not in response.text
    check_page(response)


def test_cookies_have_their_prefix_and_their_flags(app_with):
    cookie = app_with().test_client().get("/activation/new", base_url=ORIGIN).headers["Set-Cookie"]
    assert cookie.startswith("__Host-sid=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    cookie = app_with(demo=True).test_client().get("/activation/new").headers["Set-Cookie"]
    assert cookie.startswith("sid=")
    assert "Secure" not in cookie


def test_only_a_secure_response_asks_for_secure_visits(client):
    assert "Strict-Transport-Security" in client.get("/", base_url=ORIGIN).headers
    assert "Strict-Transport-Security" not in client.get("/", base_url="http://localhost").headers


def test_a_static_file_is_kept_for_good_under_its_digest_only(client):
    (address,) = re.findall(r'"(/static/css/app\.css\?v=[0-9a-f]+)"', client.get("/").text)
    with client.get(address) as kept:
        assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in kept.headers
        check_page(kept)
    for other in ("/static/css/app.css", "/static/css/app.css?v=000000000000"):
        with client.get(other) as asked:
            assert asked.headers["Cache-Control"] == "no-cache"
