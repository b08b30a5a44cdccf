"""A form has to come from this site, and a browser that says otherwise is believed."""

import pytest

from tests.support.pages import check_page

ORIGIN = "https://localhost"
OTHERS = [
    "https://evil.example",
    "http://localhost",
    "https://localhost:8443",
    "https://localhost.evil.example",
]


def sends(client, **headers: str):
    return client.post("/activation/new", headers=headers, base_url=ORIGIN)


def is_foreign(response) -> bool:
    assert response.status_code == 400, "without a token nothing gets further anyway"
    check_page(response)
    return "another site" in response.text


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "whatever"])
def test_who_comes_from_another_site_is_refused_whatever_the_origin(client, site):
    assert is_foreign(sends(client, **{"Sec-Fetch-Site": site}))
    assert is_foreign(sends(client, **{"Sec-Fetch-Site": site, "Origin": ORIGIN}))


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_who_comes_from_here_is_let_in(client, site):
    assert not is_foreign(sends(client, **{"Sec-Fetch-Site": site}))


@pytest.mark.parametrize("origin", [*OTHERS, "null", "", "https://localhost/"])
def test_an_older_browser_says_where_a_form_comes_from(client, origin):
    assert is_foreign(sends(client, Origin=origin))


def test_an_older_browser_of_this_site_is_let_in(client):
    assert not is_foreign(sends(client, Origin=ORIGIN))


def test_who_says_nothing_still_needs_the_token(client):
    assert not is_foreign(sends(client))


def test_behind_a_proxy_the_site_knows_its_own_name(app_with):
    client = app_with(origin="https://approve.bank.example").test_client()
    assert not is_foreign(sends(client, Origin="https://approve.bank.example"))
    assert is_foreign(sends(client, Origin="https://bank.example"))


def test_pages_let_older_browsers_name_the_origin_and_nothing_more(client):
    """With `no-referrer` they would send `Origin: null` from our own pages."""
    assert client.get("/", base_url=ORIGIN).headers["Referrer-Policy"] == "strict-origin"


def test_what_is_only_looked_at_may_be_linked_from_anywhere(client):
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert client.get("/activation/new", headers=headers, base_url=ORIGIN).status_code == 200
