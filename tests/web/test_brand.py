"""The operator's logo and colours on the pages: no style in a page, no other address, no request more."""

import json
import re

import pytest

from tests.support.pages import check_page
from webapp.branding import Branding, Logo

ORIGIN = "https://localhost"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><script>alert(1)</script></svg>'
LOGO = Logo(SVG, "image/svg+xml", 100, 50)
STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)">')


@pytest.fixture
def client_of(app_with):
    return lambda **branding: app_with(branding=Branding(**branding)).test_client()


def served(client, address: str):
    response = client.get(address, base_url=ORIGIN)
    check_page(response)
    assert response.status_code == 200, address
    assert "Set-Cookie" not in response.headers
    return response


def test_who_chooses_nothing_has_no_more_addresses(app_with):
    app = app_with()
    assert not [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("brand.")]
    assert app.test_client().get("/brand/logo", base_url=ORIGIN).status_code == 404


@pytest.mark.parametrize(
    ("colours", "rules"),
    [
        (
            {"light": "#8a1538"},
            ["@media not all and (prefers-color-scheme: dark) { :root { --accent: #8a1538; } }"],
        ),
        (
            {"dark": "#f2a0b5"},
            ["@media all and (prefers-color-scheme: dark) { :root { --accent: #f2a0b5; } }"],
        ),
    ],
)
def test_colours_come_with_the_one_stylesheet(client_of, colours, rules):
    client = client_of(**colours)
    page = client.get("/", base_url=ORIGIN)
    check_page(page)
    (address,) = STYLE.findall(page.text)
    response = served(client, address)
    assert response.mimetype == "text/css"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    with client_of().get("/static/css/app.css") as plain:
        own, _, added = response.text.partition(plain.text)
    assert own == ""
    assert added.splitlines() == rules


def test_another_colour_has_another_address(client_of):
    found = {
        STYLE.findall(client_of(light=one).get("/").text)[0] for one in ("#8a1538", "#0a4a8c", "#8a1538")
    }
    assert len(found) == 2


def test_what_is_asked_for_by_an_old_address_is_not_kept(client_of):
    client = client_of(light="#8a1538", logo=LOGO)
    for address in ("/brand/style.css?v=old", "/brand/style.css", "/brand/logo?v=old"):
        response = served(client, address)
        assert response.headers["Cache-Control"] == "no-cache"
        again = client.get(address, headers={"If-None-Match": response.headers["ETag"]}, base_url=ORIGIN)
        assert again.status_code == 304


def test_a_logo_stands_before_the_name_and_can_do_nothing(client_of):
    client = client_of(logo=LOGO)
    page = client.get("/", base_url=ORIGIN).text
    (found,) = re.findall(r'<img class="masthead__logo" src="([^"]+)" alt="" width="100" height="50">', page)
    response = served(client, found)
    assert (response.data, response.mimetype) == (SVG, "image/svg+xml")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    policy = response.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "sandbox"} <= set(policy)
    assert client.get("/brand/style.css", base_url=ORIGIN).status_code == 404, "there are no colours"


def test_the_page_for_when_the_site_is_away_has_them_too(client_of):
    client = client_of(light="#8a1538", logo=LOGO)
    worker = client.get("/sw.js", base_url=ORIGIN).text
    kept = [
        one
        for line in re.findall(r"^const (?:NEEDED|WELCOME) = (.*);$", worker, re.MULTILINE)
        for one in json.loads(line)
    ]
    page = client.get("/offline-page", base_url=ORIGIN).text
    (style,) = STYLE.findall(page)
    (logo,) = re.findall(r'<img class="masthead__logo" src="([^"]+)"', page)
    assert {style, logo} <= set(kept)


def test_below_a_prefix_they_are_below_it_too(app_with):
    client = app_with(branding=Branding(light="#8a1538", logo=LOGO), prefix="/approve").test_client()
    page = client.get("/approve/", base_url=ORIGIN)
    check_page(page, prefix="/approve")
    for address in (STYLE.findall(page.text)[0], re.findall(r'masthead__logo" src="([^"]+)"', page.text)[0]):
        assert address.startswith("/approve/brand/")
        assert client.get(address, base_url=ORIGIN).status_code == 200
