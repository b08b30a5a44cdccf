"""Which language the page speaks, and which one the bank is asked for."""

import pytest

from webapp.web.i18n import bank_languages, current_page


@pytest.mark.parametrize(
    ("wanted", "page", "bank"),
    [
        ("cs", "cs", "cs"),
        ("cs-CZ,cs;q=0.9,en;q=0.5", "cs", "cs,cs-CZ;q=0.9,en;q=0.5"),
        ("de", "en", "de"),
        ("de-AT,cs;q=0.1", "cs", "cs,de-AT;q=0.9"),
        ("en;q=0.2,cs;q=0.8", "cs", "cs,en;q=0.2"),
        ("", "en", "en"),
        ("*", "en", "en"),
        ("cs;q=0", "en", "en"),
        ("x'; DROP TABLE,cs", "cs", "cs"),
        ("cs;q=7", "en", "en"),
    ],
)
def test_a_visitor_is_answered_in_the_best_language(app, wanted, page, bank):
    with app.test_request_context(headers={"Accept-Language": wanted}):
        assert current_page().locale == page
        assert bank_languages() == bank


def test_a_long_list_of_languages_is_cut_between_two(app):
    wanted = ",".join(f"{first}{second}" for first in "abcdefghij" for second in "abcdefghij")
    with app.test_request_context(headers={"Accept-Language": wanted}):
        asked = bank_languages()
    assert len(asked) <= 200
    assert all(len(tag) == 2 for tag in asked.split(","))


@pytest.mark.parametrize(
    ("wanted", "marked"), [("de", "de"), ("de,en;q=0.5", None), ("en-GB", None), ("cs-CZ", None)]
)
def test_what_the_bank_says_is_marked_where_it_is_another_language(app, wanted, marked):
    with app.test_request_context(headers={"Accept-Language": wanted}):
        assert current_page().bank_language == marked


def test_every_page_says_its_language(client):
    response = client.get("/", headers={"Accept-Language": "cs"})
    assert '<html lang="cs" dir="ltr">' in response.text
    assert response.headers["Content-Language"] == "cs"
    assert {"accept-language", "cookie"} <= {name.lower() for name in response.vary}


def test_a_page_in_arabic_runs_from_right_to_left(app_with):
    client = app_with(languages=("en", "ar")).test_client()
    assert '<html lang="ar" dir="rtl">' in client.get("/", headers={"Accept-Language": "ar"}).text
