"""How much a request may bring: whatever is more is refused in words, before anything is done with it."""

import pytest

from tests.support.pages import check_page
from webapp.web.security import MAX_FORM_FIELDS, MAX_REQUEST_BYTES
from webapp.web.uploads import MAX_ADDRESS_LENGTH, MAX_HEADER_BYTES, MAX_QUERY_FIELDS

ORIGIN = "https://localhost"


def status(response) -> int:
    check_page(response)
    return response.status_code


def test_a_long_address(client):
    room = MAX_ADDRESS_LENGTH - len("/?a=")
    assert status(client.get("/?a=" + "x" * room, base_url=ORIGIN)) == 200
    assert status(client.get("/?a=" + "x" * (room + 1), base_url=ORIGIN)) == 414
    assert status(client.get("/" + "x" * MAX_ADDRESS_LENGTH, base_url=ORIGIN)) == 414


def test_many_fields_in_an_address(client):
    assert status(client.get("/?" + "&".join(["a=1"] * MAX_QUERY_FIELDS), base_url=ORIGIN)) == 200
    assert status(client.get("/?" + "&" * MAX_QUERY_FIELDS, base_url=ORIGIN)) == 414


def test_long_headers(client):
    assert status(client.get("/", headers={"X-A": "x" * (MAX_HEADER_BYTES - 500)}, base_url=ORIGIN)) == 200
    assert status(client.get("/", headers={"X-A": "x" * MAX_HEADER_BYTES}, base_url=ORIGIN)) == 431
    many = [(f"X-{number}", "x" * 1000) for number in range(40)]
    assert status(client.get("/", headers=many, base_url=ORIGIN)) == 431


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_many_fields_in_a_form(client, kind):
    def sends(count: int) -> int:
        fields = {f"field{number}": "" for number in range(count)}
        return status(client.post("/activation/new", data=fields, content_type=kind, base_url=ORIGIN))

    assert sends(MAX_FORM_FIELDS) == 400, "there is no token among them"
    assert sends(MAX_FORM_FIELDS + 1) == 413


def test_one_field_many_times(client):
    body = "&".join(["a=1"] * (MAX_FORM_FIELDS + 1))
    response = client.post(
        "/activation/new", data=body, content_type="application/x-www-form-urlencoded", base_url=ORIGIN
    )
    assert status(response) == 413


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"])
def test_a_large_body(client, kind):
    response = client.post(
        "/activation/new", data=b"x" * (MAX_REQUEST_BYTES + 1), content_type=kind, base_url=ORIGIN
    )
    assert status(response) == 413


def test_nothing_is_compressed_on_the_fly(client):
    """A page holds a token beside what strangers can put there, and its length would tell of both."""
    for path in ("/", "/activation/new?code=x", "/manifest.webmanifest", "/sw.js", "/nowhere"):
        with client.get(path, headers={"Accept-Encoding": "gzip, br, zstd"}, base_url=ORIGIN) as response:
            assert "Content-Encoding" not in response.headers
            assert "Transfer-Encoding" not in response.headers
