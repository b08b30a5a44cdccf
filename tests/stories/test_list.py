"""The list of what waits, and the small answer by which a page stays fresh."""

import re

import html5lib
import pytest

from tests.support.browser import ORIGIN
from tests.support.pages import PageChecker
from tests.support.people import Person
from tests.support.site import make_settings
from tests.support.wire import html_page, refused, silence
from webapp.app import create_app

FRESH = "/operations/fresh"
LIST = "/operation/list"
MONTH_S = 31 * 24 * 3600


def asks(person: Person, tag: str | None = None, **headers: str):
    """Ask as the page does, with the tag of the list that it has."""
    known = {} if tag is None else {"If-None-Match": tag}
    everything = {**person.browser.headers, **known, **headers}
    response = person.browser.client.get(FRESH, headers=everything, base_url=ORIGIN)
    PageChecker(response).check_headers()
    return response


def tag_of(person: Person) -> str:
    """The tag that the page would send next."""
    return f'W/"{re.search("data-version=.([0-9a-f]{16})", person.opens().html).group(1)}"'


def entries(html: str) -> list[str]:
    """What can be read in each entry."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    (section,) = (one for one in root.iter("section") if one.get("id") == "waiting")
    return [" ".join("".join(entry.itertext()).split()) for entry in section.iter("li")]


def test_an_unchanged_list_costs_an_answer_without_a_body(alice: Person, bank):
    bank.offers("Alice", "payment")
    tag = tag_of(alice)
    answer = asks(alice, tag)
    assert answer.status_code == 304
    assert answer.data == b""
    assert answer.headers["ETag"] == tag
    assert {"accept-language", "cookie"} <= {name.lower() for name in answer.vary}


def test_a_changed_list_costs_its_part_of_the_page(alice: Person, bank):
    tag = tag_of(alice)
    bank.offers("Alice", "payment", payee="Charlie")
    answer = asks(alice, tag)
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    assert answer.headers["ETag"] == tag_of(alice) != tag
    assert answer.text.strip() in alice.opens().html
    assert "Charlie" in entries(answer.text)[0]
    html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(answer.text)


def test_the_list_weighs_little(alice: Person, bank):
    for _ in range(5):
        bank.offers("Alice", "payment")
    assert len(alice.opens().response.data) < 14_000


def test_time_that_passes_changes_nothing(alice: Person, bank, clock):
    bank.offers("Alice", "payment")
    tag = tag_of(alice)
    clock.advance(250)
    assert asks(alice, tag).status_code == 304


@pytest.mark.parametrize(
    "tags",
    ["{tag}", 'W/"other", {tag}', '{tag} , "x"', '"{bare}"', "*"],
    ids=["it", "last", "first", "strong", "any"],
)
def test_tags_are_compared_weakly(alice: Person, bank, tags):
    bank.offers("Alice", "payment")
    tag = tag_of(alice)
    assert asks(alice, tags.format(tag=tag, bare=tag[3:-1])).status_code == 304


@pytest.mark.parametrize("tags", ["", 'W/"other"', "{bare}x", 'W/"{bare} "'])
def test_other_tags_are_not_the_same(alice: Person, bank, tags):
    bank.offers("Alice", "payment")
    assert asks(alice, tags.format(bare=tag_of(alice)[3:-1])).status_code == 200


def _another_title(operation):
    operation["formData"]["title"] = "Another title"


def _another_amount(operation):
    amount = next(one for one in operation["formData"]["attributes"] if one["type"] == "AMOUNT")
    amount["valueFormatted"] = "€9,999.00"


def _another_receiver(operation):
    party = {"type": "PARTY_INFO", "id": "p", "label": "To", "partyInfo": {"name": "Mallory"}}
    operation["formData"]["attributes"].insert(0, party)


def _an_alert(operation):
    alert = {
        "type": "ALERT",
        "id": "a",
        "label": "",
        "alertType": "WARNING",
        "title": "New payee",
        "message": "",
    }
    operation["formData"]["attributes"].append(alert)


def _a_later_end(operation):
    operation["operationExpires"] = operation["operationExpires"].replace("2026", "2027")


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (_another_title, "Another title"),
        (_another_amount, "€9,999.00"),
        (_another_receiver, "Mallory"),
        (_an_alert, "Warning: New payee"),
        (_a_later_end, "8760 hours"),
    ],
)
def test_whatever_the_list_shows_makes_it_another_one(alice: Person, bank, wire, change, shown):
    bank.offers("Alice", "payment")
    tag = tag_of(alice)
    wire.tells_otherwise(change)
    answer = asks(alice, tag)
    assert answer.status_code == 200
    assert shown in entries(answer.text)[0]


def test_what_cannot_be_shown_is_announced_and_counted(alice: Person, bank, wire):
    bank.offers("Alice", "payment")
    tag = tag_of(alice)
    wire.tells_otherwise(lambda operation: operation.pop("data"))
    answer = asks(alice, tag)
    assert answer.status_code == 200
    assert entries(answer.text)[0].startswith("1 operation cannot be shown")
    assert 'data-count="1"' in answer.text


def test_another_language_is_another_page(alice: Person, bank):
    bank.offers("Alice", "payment")
    tag = tag_of(alice)
    before = frame(asks(alice).text)
    alice.browser.headers["Accept-Language"] = "cs"
    answer = asks(alice, tag)
    assert answer.status_code == 200
    assert "Platba" in entries(answer.text)[0]
    assert frame(answer.text) != before


def test_somebody_elses_list_is_another_page(alice: Person, bob: Person):
    assert frame(asks(alice).text) != frame(asks(bob).text)
    assert asks(bob, tag_of(alice)).status_code == 200


def frame(html: str) -> str:
    return re.search('data-frame="([0-9a-f]+)"', html).group(1)


def test_many_similar_requests_within_minutes_are_pointed_out_once(alice: Person, bank, clock):
    for _ in range(2):
        bank.offers("Alice", "payment")
    clock.advance(290)
    bank.offers("Alice", "login")
    tag = tag_of(alice)
    assert "similar" not in alice.opens().text
    bank.offers("Alice", "payment")
    answer = asks(alice, tag)
    assert entries(answer.text)[0].startswith("3 similar requests within minutes")
    assert answer.text.count("similar requests") == 1
    assert len(entries(answer.text)) == 5


def test_requests_that_came_with_time_between_them_are_not_similar(alice: Person, bank, clock):
    for _ in range(4):
        bank.offers("Alice", "consent")
        clock.advance(301)
    assert "similar" not in alice.opens().text


def test_the_number_to_call_stands_where_the_operator_has_set_one(
    tmp_path, sandbox, wire, clock, bank, browser_of
):
    settings = make_settings(tmp_path, sandbox.sdk_configuration(), support_phone="+420 800 123 456")
    site = create_app(settings, transport=wire, clock=clock)
    alice = Person("Alice", bank, browser_of(site)).is_enrolled()
    for _ in range(3):
        bank.offers("Alice", "payment")
    assert "+420 800 123 456" in entries(alice.opens().html)[0]


def test_the_page_says_when_it_was_loaded_and_leads_to_a_fresh_one(alice: Person, bank, clock):
    page = alice.opens()
    assert "Loaded at Sep 21, 2026, 2:13:20" in page.text
    assert "UTC" in page.text
    clock.advance(60)
    bank.offers("Alice", "payment")
    page = page.follows("Look again")
    assert "Loaded at Sep 21, 2026, 2:14:20" in page.text
    assert entries(page.html)


def test_the_title_of_the_page_begins_with_its_heading(alice: Person):
    page = alice.opens()
    assert page.title == "Waiting for you – Assent"
    assert page.heading == "Waiting for you"


def test_an_answer_that_arrives_late_brings_no_old_cookie_back(alice: Person, clock):
    clock.advance(MONTH_S)
    assert "Set-Cookie" not in asks(alice).headers
    assert "Set-Cookie" in alice.opens().response.headers, "the page itself does renew them"


def test_who_opens_the_address_gets_the_page(alice: Person):
    answer = asks(alice, **{"Sec-Fetch-Mode": "navigate"})
    assert answer.status_code == 303
    assert answer.location == "/operations"


def test_a_blocked_browser_is_led_away(alice: Person, bank):
    tag = tag_of(alice)
    bank.blocks(alice.activation_id)
    answer = asks(alice, tag)
    assert answer.status_code == 303
    assert answer.location == "/activation"


def test_a_browser_that_is_not_enrolled_gets_no_list(newcomer: Person):
    assert asks(newcomer, "*").status_code == 403


@pytest.mark.parametrize(("fault", "status"), [(refused, 503), (silence, 504), (html_page, 504)])
def test_a_bank_that_does_not_answer_is_no_unchanged_list(alice: Person, wire, fault, status):
    tag = tag_of(alice)
    wire.breaks(LIST, fault)
    assert asks(alice, tag).status_code == status
    assert asks(alice, "*").status_code == status
