"""The page with every part: it is the demo's alone, and shows what the pages are made of."""

import re
from pathlib import Path

import pytest

from tests.support.pages import check_page

ORIGIN = "https://localhost"
TEMPLATES = Path(__file__).parents[2] / "templates"
MACROS = re.compile(r"{% macro (\w+)\(")
NOT_SEEN = {
    *("csrf", "proven", "bound", "unbound"),  # hidden fields, and what scripts need
    *("fact", "pin_hint", "rest_of"),  # pieces of other parts
    *("states", "state", "make_with", "sign_with"),  # shown by script alone, where the device has a sensor
    *("not_asked_for", "pin_field", "new_pin", "enrol_fields"),  # made of parts that are there
}


@pytest.fixture
def client(app_with):
    return app_with(demo=True, languages=("en", "cs", "ar")).test_client()


@pytest.mark.parametrize("language", ["en", "cs", "ar"])
def test_it_is_a_page_like_all_others(client, language):
    response = client.get("/styleguide", headers={"Accept-Language": language}, base_url=ORIGIN)
    assert response.status_code == 200
    check_page(response)


def test_it_is_there_in_the_demo_only(app_with):
    assert app_with().test_client().get("/styleguide", base_url=ORIGIN).status_code == 404


def test_no_part_is_missing():
    """Whoever writes a new macro shows it here, or says above why not."""
    guide = (TEMPLATES / "styleguide.html").read_text(encoding="utf-8")
    shown = guide + "".join(
        (TEMPLATES / one).read_text(encoding="utf-8") for one in re.findall('include "(.*?)"', guide)
    )
    written = {
        name for path in TEMPLATES.glob("macros/*.html") for name in MACROS.findall(path.read_text("utf-8"))
    }
    used = {name for name in written if re.search(rf"{{{{ (print_)?{name}\(", shown)}
    inner = {"facts", "alert", "fold", "said_lines", "screen_part"}  # within blocks and screens
    assert written - used - inner == NOT_SEEN


def test_every_state_is_there(client):
    page = client.get("/styleguide", base_url=ORIGIN).text
    for level in ("info", "success", "warning", "error"):
        assert f'class="notice" data-level="{level}"' in page
    for part in (
        'class="error-summary"',
        "data-error",
        'class="empty"',
        'class="stale"',
        'class="digits"',
        "⟦U+202E⟧",
    ):
        assert part in page, part
