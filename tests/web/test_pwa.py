"""The site as an app: its manifest, its worker, the page for when it cannot be reached, and the hint."""

import json
import os
import re
from collections import defaultdict
from io import BytesIO
from math import hypot
from pathlib import Path

import pytest
from PIL import Image

from tests.support.pages import check_page
from webapp.web import manifest as manifests
from webapp.web.static_files import StaticFiles

ROOT = Path(__file__).parents[2]
ORIGIN = "https://localhost"
ICONS = sorted((ROOT / "static/icons").glob("*.*"))


def manifest_of(client, language: str = "en"):
    response = client.get("/manifest.webmanifest", headers={"Accept-Language": language}, base_url=ORIGIN)
    assert response.status_code == 200
    return json.loads(response.data)


def fetched(client, address: str) -> bytes:
    with client.get(address, base_url=ORIGIN) as response:
        assert response.status_code == 200, address
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        return response.data


def image(client, entry) -> Image.Image:
    found = Image.open(BytesIO(fetched(client, entry["src"])))
    assert found.get_format_mimetype() == entry["type"]
    return found


def worker_of(client, language: str = "en") -> str:
    response = client.get("/sw.js", headers={"Accept-Language": language}, base_url=ORIGIN)
    assert response.status_code == 200
    return response.text


def facts(worker: str):
    """The constants that the site puts before the worker."""
    lines = re.findall(r"^const ([A-Z]+) = (.*);$", worker, re.MULTILINE)
    return {name: json.loads(value) for name, value in lines[:4]}


@pytest.fixture
def manifest(client):
    return manifest_of(client)


def test_the_manifest_is_one_and_is_kept_for_a_short_while(client):
    response = client.get("/manifest.webmanifest", base_url=ORIGIN)
    check_page(response)
    assert response.mimetype == "application/manifest+json"
    assert response.headers["Cache-Control"] == "public, max-age=600"
    assert response.headers["Vary"] == "Accept-Language"
    assert "Set-Cookie" not in response.headers
    again = client.get("/manifest.webmanifest", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_every_page_names_it(client):
    for page in ("/", "/activation/new", "/nowhere", "/offline-page"):
        assert '<link rel="manifest" href="/manifest.webmanifest">' in client.get(page).text


def test_an_app_has_an_identity_and_a_place(manifest):
    assert (manifest["id"], manifest["start_url"], manifest["scope"]) == ("/", "/", "/")
    assert manifest["display"] == "standalone"
    assert manifest["prefer_related_applications"] is False
    assert manifest["launch_handler"]["client_mode"][0] in {"navigate-existing", "focus-existing"}


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Assent", "Assent"),
        ("Twelve signs", "Twelve signs"),
        ("Example Bank Companion", "Example Bank"),
        ("Sparkassenfreigabe", "Sparkassenfr"),
    ],
)
def test_the_operators_name_is_on_it_and_fits_below_an_icon(app_with, name, short):
    found = manifest_of(app_with(application_name=name).test_client())
    assert (found["name"], found["short_name"]) == (name, short)


def test_it_speaks_the_language_of_the_visitor(app_with):
    client = app_with(languages=("en", "cs", "ar")).test_client()
    for language, direction in (("en", "ltr"), ("cs", "ltr"), ("ar", "rtl")):
        found = manifest_of(client, language)
        assert (found["lang"], found["dir"]) == (language, direction)


def test_an_icon_is_what_it_is_said_to_be(client, manifest):
    purposes = defaultdict(set)
    for icon in manifest["icons"]:
        purposes[icon["purpose"]].add(icon["sizes"])
        if icon["type"] == "image/svg+xml":
            assert fetched(client, icon["src"]).startswith(b"<svg ")
            assert icon["sizes"] == "any"
        else:
            assert "{}x{}".format(*image(client, icon).size) == icon["sizes"]
    assert set(purposes) == {"any", "maskable", "monochrome"}
    assert {"192x192", "512x512", "any"} <= purposes["any"]
    assert {"192x192", "512x512", "any"} <= purposes["maskable"]


def test_a_mask_takes_nothing_away_that_matters(client, manifest):
    """Whatever shape is cut out, a circle of 40 % of the side is left.

    Source: W3C Web Application Manifest, "Icon masks and safe zone".
    """
    for icon in manifest["icons"]:
        if icon["purpose"] == "any" or icon["type"] == "image/svg+xml":
            continue
        picture = image(client, icon).convert("RGBA")
        side, ground = picture.width, picture.getpixel((0, 0))
        assert ground[3] == (255 if icon["purpose"] == "maskable" else 0)
        for number, colour in enumerate(picture.get_flattened_data()):
            y, x = divmod(number, side)
            if colour != ground:
                assert hypot(x - side / 2, y - side / 2) <= 0.4 * side


def test_a_monochrome_icon_has_one_colour(client, manifest):
    (icon,) = (one for one in manifest["icons"] if "monochrome-512" in one["src"])
    assert {colour[:3] for _, colour in image(client, icon).getcolors(1024)} == {(0, 0, 0)}


def test_apples_icon_is_opaque_and_as_large_as_it_has_to_be(client):
    (address,) = re.findall('rel="apple-touch-icon" href="([^"]+)"', client.get("/").text)
    icon = Image.open(BytesIO(fetched(client, address)))
    assert (icon.size, icon.mode) == ((180, 180), "RGB")


@pytest.mark.parametrize("path", ICONS, ids=lambda path: path.name)
def test_an_icon_weighs_little(path):
    assert path.stat().st_size < 16_000


def test_the_screenshots_are_those_of_a_phone_and_of_a_desk(client, manifest):
    ratios = defaultdict(set)
    for shot in manifest["screenshots"]:
        width, height = image(client, shot).size
        assert f"{width}x{height}" == shot["sizes"]
        assert 320 <= min(width, height) < max(width, height) <= min(3840, 2.3 * min(width, height))
        assert len(fetched(client, shot["src"])) < 100_000
        assert shot["label"]
        ratios[shot["form_factor"]].add((width > height, width / height))
    assert set(ratios) == {"narrow", "wide"}
    assert all(len(found) == 1 for found in ratios.values()), "those of one kind have one shape"


def test_the_shortcuts_lead_to_pages(app, manifest):
    found = {shortcut["url"]: shortcut["name"] for shortcut in manifest["shortcuts"]}
    assert found == {"/operations": "Waiting operations", "/scan": "Scan a code"}
    router = app.url_map.bind("localhost")
    assert [router.match(url)[0] for url in found] == ["waiting.operations", "scan.page"]


def test_links_of_the_banks_scheme_come_here(app, manifest):
    (handler,) = manifest["protocol_handlers"]
    assert handler == {"protocol": "web+assent", "url": "/deeplink?url=%s"}
    assert app.url_map.bind("localhost").match("/deeplink")[0] == "links.deeplink"


def test_pictures_and_texts_can_be_handed_over(app, manifest):
    target = manifest["share_target"]
    assert (target["method"], target["enctype"]) == ("POST", "multipart/form-data")
    assert app.url_map.bind("localhost").match(target["action"], method="POST")[0] == "share.take"
    assert (target["params"]["text"], target["params"]["url"]) == ("text", "url")
    (files,) = target["params"]["files"]
    assert files == {"name": "picture", "accept": ["image/jpeg", "image/png", "image/webp"]}


def test_its_colours_are_those_of_the_pages(client, manifest):
    pages = dict(
        re.findall(
            r'name="theme-color" content="(#\w+)" media="\(prefers-color-scheme: (\w+)\)"',
            client.get("/").text,
        )
    )
    assert pages == {manifests.LIGHT: "light", manifests.DARK: "dark"}
    assert manifest["theme_color"] == manifest["background_color"] == manifests.LIGHT
    assert set(manifest["color_scheme_dark"].values()) == {manifests.DARK}


def test_the_worker_is_a_script_for_the_whole_site(client):
    response = client.get("/sw.js", base_url=ORIGIN)
    check_page(response)
    assert response.mimetype == "text/javascript"
    assert "Set-Cookie" not in response.headers
    assert "addEventListener" in response.text


def test_the_worker_keeps_files_under_their_digests_and_one_page(client):
    found = facts(worker_of(client))
    page, style = found["NEEDED"]
    assert page == found["PAGE"] == "/offline-page"
    for address in (style, *found["WELCOME"]):
        assert re.fullmatch(r"/static/(css|js|icons)/[a-z-]+\.(css|js|svg)\?v=[0-9a-f]{12}", address)
        assert fetched(client, address)
    loaded = re.findall('rel="(?:stylesheet|icon)" href="([^"]+)"', client.get(page, base_url=ORIGIN).text)
    assert len(loaded) == 2
    assert {style, *found["WELCOME"]} >= set(loaded), "the page looks as it should without the site"


def test_another_content_is_another_version(client, app_with):
    english = facts(worker_of(client))
    assert english == facts(worker_of(client))
    assert english["VERSION"] != facts(worker_of(client, "cs"))["VERSION"], "the page has another language"
    other = app_with(application_name="Other").test_client()
    assert english["VERSION"] != facts(worker_of(other))["VERSION"]


def test_a_file_that_changes_gets_another_address_and_hash(tmp_path, app):
    (tmp_path / "js").mkdir()
    script = tmp_path / "js/code.js"
    files = StaticFiles(tmp_path, follow_changes=True)
    found = []
    for at, content in enumerate(("1;", "22;")):
        script.write_text(content)
        os.utime(script, (at, at))
        with app.test_request_context():
            found.append(files.script("code"))
    assert len(set(found)) == 2
    assert len({re.search("v=([0-9a-f]+)", one)[1] for one in found}) == 2


def test_the_worker_is_one_page_of_code(client):
    code = (ROOT / "static/sw.js").read_text(encoding="utf-8")
    assert len(code.splitlines()) < 70
    assert max(map(len, code.splitlines())) <= 110
    assert "cache.put" not in code, "nothing is kept but what was listed"


def test_the_page_for_bad_times_is_nobodys(client):
    response = client.get("/offline-page", base_url=ORIGIN)
    check_page(response)
    assert "Set-Cookie" not in response.headers
    assert "<script" not in response.text
    with client.session_transaction(base_url=ORIGIN) as session:
        session.update(sid="somebody", name="Alice's laptop")
    assert "Alice" in client.get("/activation/forget", base_url=ORIGIN).text
    assert client.get("/offline-page", base_url=ORIGIN).text == response.text
    assert worker_of(client) == worker_of(client.application.test_client())


def test_it_claims_nothing_about_an_answer_on_its_way(client):
    page = client.get("/offline-page", base_url=ORIGIN).text
    assert "it is not certain whether that happened" in page
    assert '<a class="button button--primary" href="">Try again</a>' in page


def test_an_operator_can_do_without_the_worker(client, app_with):
    assert 'data-worker="/sw.js"' in client.get("/").text
    off = app_with(service_worker=False).test_client()
    assert "data-worker" not in off.get("/").text
    worker = worker_of(off)
    assert "unregister()" in worker
    assert '"fetch"' not in worker
    assert "unregister()" not in worker_of(client)


def test_who_does_not_want_the_hint_does_not_see_it_again(client):
    page = client.get("/", base_url=ORIGIN)
    assert "Install this site as an app" in page.text
    assert "iPhone" in page.text
    (token,) = re.findall('name="csrf_token" value="([^"]+)"', page.text)
    answer = client.post("/install-hint", data={"csrf_token": token}, base_url=ORIGIN)
    assert (answer.status_code, answer.location) == (303, "/")
    (cookie,) = (one for one in answer.headers.getlist("Set-Cookie") if "hint" in one)
    assert cookie.startswith("__Host-hint=off; ")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Install this site" not in client.get("/", base_url=ORIGIN).text


def test_the_hint_goes_by_a_form_of_ours_only(client):
    assert client.post("/install-hint", base_url=ORIGIN).status_code == 400
    assert "Install this site" in client.get("/", base_url=ORIGIN).text
