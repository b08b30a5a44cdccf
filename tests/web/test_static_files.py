"""How static files travel: compressed once for whoever takes it, whole or in parts, and kept for good."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest

from tests.support.pages import check_page
from webapp.web.static_files import lean_style

ROOT = Path(__file__).parents[2]
STYLE = (ROOT / "static/css/app.css").read_text(encoding="utf-8")
WHOLE = lean_style(STYLE).encode()


@pytest.fixture
def address(client) -> str:
    (address,) = re.findall(r'"(/static/css/app\.css\?v=[0-9a-f]+)"', client.get("/").text)
    return address


@pytest.mark.parametrize(
    "accepted",
    [
        "gzip",
        "GZIP",
        "br, gzip;q=0.2",
        "*",
        "*;q=0.1",
        "gzip;q=0.001",
        "identity;q=0.4, gzip;q=0.5",
        "gzip, identity",
    ],
)
def test_a_style_comes_compressed_to_whom_takes_it(client, address, accepted):
    with client.get(address, headers={"Accept-Encoding": accepted}) as answer:
        check_page(answer)
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert int(answer.headers["Content-Length"]) == len(answer.data) < len(WHOLE) / 2
        assert gzip.decompress(answer.data) == WHOLE
        assert answer.mimetype == "text/css"


@pytest.mark.parametrize(
    "accepted",
    [
        None,
        "",
        "identity",
        "br, zstd",
        "gzip;q=0",
        "*;q=0",
        "gzip;q=0, *",
        "identity, gzip;q=0.9",
        "x-gzip",
        "gzip;q=x",
    ],
)
def test_it_comes_as_it_is_to_everybody_else(client, address, accepted):
    headers = {} if accepted is None else {"Accept-Encoding": accepted}
    with client.get(address, headers=headers) as answer:
        assert "Content-Encoding" not in answer.headers
        assert answer.headers["Vary"] == "Accept-Encoding", "a cache has to know that there are two"
        assert answer.data == WHOLE


def test_its_digest_is_that_of_what_a_browser_reads(client, address):
    assert hashlib.sha256(WHOLE).hexdigest().startswith(address.partition("?v=")[2])


def test_who_has_it_already_is_told_so(client, address):
    etags = set()
    for accepted in ("gzip", "identity"):
        headers = {"Accept-Encoding": accepted}
        with client.get(address, headers=headers) as answer:
            etag = answer.headers["ETag"]
            etags.add(etag)
        for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            with client.get(address, headers={**headers, "If-None-Match": known}) as again:
                assert (again.status_code, again.data) == (304, b"")
                assert again.headers["ETag"] == etag
                assert again.headers["Vary"] == "Accept-Encoding"
                assert again.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert len(etags) == 2, "other bytes, another tag"
    assert not any(etag.startswith("W/") for etag in etags)


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_a_part_is_a_part_of_what_the_whole_would_be(client, address, accepted):
    headers = {"Accept-Encoding": accepted}
    with client.get(address, headers=headers) as answer:
        whole, etag = answer.data, answer.headers["ETag"]
    with client.get(address, headers={**headers, "Range": "bytes=10-19", "If-Range": etag}) as part:
        assert (part.status_code, part.data) == (206, whole[10:20])
        assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
        assert part.headers["ETag"] == etag
    with client.get(address, headers={**headers, "Range": "bytes=10-19", "If-Range": '"older"'}) as all_of_it:
        assert (all_of_it.status_code, all_of_it.data) == (200, whole)
    with client.get(address, headers={**headers, "Range": f"bytes={len(whole)}-"}) as nothing:
        assert nothing.status_code == 416


def test_it_is_asked_for_by_head_too(client, address):
    with client.head(address, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert int(answer.headers["Content-Length"]) > 1000
        assert answer.data == b""


def test_a_picture_is_sent_as_it_is(client):
    path = "icons/assent-192.png"
    with client.get(f"/static/{path}", headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.data == (ROOT / "static" / path).read_bytes()
        assert "Content-Encoding" not in answer.headers
        assert "Vary" not in answer.headers
    with client.get(f"/static/{path}", headers={"Range": "bytes=0-3"}) as part:
        assert (part.status_code, part.data) == (206, b"\x89PNG")


@pytest.mark.parametrize(
    "path",
    [
        "css/nowhere.css",
        "css",
        "css/",
        "..%2fwsgi.py",
        "%2e%2e/pyproject.toml",
        "css/../../webapp/web/x.js",
        "js/keys.js",
        "js/page.js%00",
        "js/page-fresh.js",
        "js/unread-page.js",
        "js/.js",
        "js/x/page.js",
        ".css",
        "js/" + "page-" * 100 + "page.js",
    ],
)
def test_what_is_not_there_is_not_found(client, path):
    response = client.get(f"/static/{path}?v=000000000000")
    assert response.status_code == 404
    check_page(response)


def test_however_a_path_is_written_it_is_one_file(app, client):
    files = app.extensions["pwa"].files
    with client.get("/static/css/app.css"):
        before = len(files._known)
    for path in ("css/./app.css", "css/x/../app.css", "./css/././app.css"):
        with client.get(f"/static/{path}") as answer:
            assert answer.data == WHOLE
    assert len(files._known) == before


def test_a_style_loses_what_only_readers_need():
    style = (
        "/* Two\n lines */\na {\n  color: red; /* why */\n}\n\n@media print {\n  a { margin: 0 auto }\n}\n"
    )
    assert lean_style(style) == "a {\ncolor: red;\n}\n@media print {\na { margin: 0 auto }\n}"


@pytest.mark.parametrize("path", sorted((ROOT / "static/css").glob("*.css")), ids=lambda path: path.name)
def test_nothing_else_is_lost(path):
    style = path.read_text(encoding="utf-8")
    assert not re.search(r"""["'][^"'\n]*/\*""", re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL))
    assert style.count("/*") == style.count("*/") == len(re.findall(r"/\*.*?\*/", style, re.DOTALL))
    rules = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    assert lean_style(style).split() == rules.split()
