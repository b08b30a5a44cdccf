"""Another language, the same place."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.browser import ORIGIN, Browser

CHOICE = "__Host-language"


def choose(client, language: str, place: str = "/"):
    return client.post("/language", data={"language": language, "place": place}, base_url=ORIGIN)


def test_a_visitor_chooses_czech_and_stays_where_they_were(app):
    browser = Browser(app.test_client())
    page = browser.opens("/activation/new")
    assert page.language == "en"
    page = page.submits("Čeština")
    assert page.path == "/activation/new"
    assert page.language == "cs"
    assert browser.opens("/").language == "cs", "the choice is kept"
    assert page.submits("English").language == "en"


def test_the_language_of_the_page_is_named_and_no_button(app):
    page = Browser(app.test_client(), "cs").opens("/")
    assert "Čeština" not in page.buttons
    assert "English" in page.buttons


def test_the_choice_is_a_cookie_that_no_script_and_no_other_site_gets(app):
    header = choose(app.test_client(), "cs").headers["Set-Cookie"]
    assert header.startswith(f"{CHOICE}=cs;")
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= set(header.split("; "))


def test_it_leads_back_to_a_page_after_an_answer_to_a_form(app):
    page = Browser(app.test_client()).opens("/activation/new").submits("Enrol", code="nonsense")
    assert page.status == 422
    assert page.value("place") == "/activation/new"


def test_it_leads_back_from_a_page_that_there_is_not(app):
    page = Browser(app.test_client()).opens("/activation/nowhere/at-all")
    assert page.status == 404
    assert page.value("place") in {"/activation", "/"}


@pytest.mark.parametrize("language", ["de", "", "xx", "cs;evil", "../cs", "c" * 5000])
def test_a_language_that_the_site_has_not_changes_nothing(app, language):
    client = app.test_client()
    response = choose(client, language)
    assert response.status_code == 303
    assert client.get_cookie(CHOICE) is None


@pytest.mark.parametrize("tag", ["de", "<script>", "", "cs,en"])
def test_a_cookie_that_we_did_not_write_is_passed_over(app, tag):
    client = app.test_client()
    client.set_cookie(CHOICE, tag)
    assert 'lang="en"' in client.get("/", base_url=ORIGIN).text


@pytest.mark.parametrize(
    "place",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", "", "/nowhere", "/\r\nX: y"],
)
def test_it_leads_nowhere_else(app, place):
    assert choose(app.test_client(), "cs", place).location == "/"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.text() | st.text("/\\.:%?#ab").map("/".__add__))
def test_any_place_is_a_page_of_ours_or_the_first_one(app, place):
    location = choose(app.test_client(), "cs", place).location
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))


def test_another_site_cannot_choose(app):
    response = app.test_client().post(
        "/language", data={"language": "cs"}, headers={"Sec-Fetch-Site": "cross-site"}, base_url=ORIGIN
    )
    assert response.status_code == 400


def test_there_is_no_switch_where_there_is_nothing_to_choose(app_with):
    page = Browser(app_with(languages=("cs",)).test_client()).opens("/")
    assert page.value("place") is None


def test_the_part_of_a_list_stays(app):
    with app.test_request_context("/inbox?page=3&only=unread"):
        context = {}
        app.update_template_context(context)
    assert context["place"] == "/inbox?page=3&only=unread"


def test_what_a_link_carries_stays_out_of_the_page(app):
    with app.test_request_context("/operation?oid=1&potp=12345678"):
        context = {}
        app.update_template_context(context)
    assert "12345678" not in context["place"]
