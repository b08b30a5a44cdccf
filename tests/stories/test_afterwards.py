"""What the bank shows after an approval, and where it would send the person."""

import pytest

from tests.support.people import Person
from tests.support.site import make_settings
from webapp.app import create_app
from webapp.flows.policy import Policy

SHOP = "https://shop.example/return?order=5521"


@pytest.fixture
def alice_trusting_the_shop(tmp_path, sandbox, bank, wire, clock, browser_of) -> Person:
    policy = Policy(redirect_hosts=frozenset({"shop.example"}), redirect_schemes=frozenset({"mybank"}))
    settings = make_settings(tmp_path, sandbox.sdk_configuration(), policy=policy)
    site = create_app(settings, transport=wire, clock=clock)
    return Person("Alice", bank, browser_of(site)).is_enrolled()


def afterwards(screen: dict):
    def change(operation):
        operation["ui"] = {"postApprovalScreen": screen}

    return change


def redirect(url: str, **payload) -> dict:
    return {"type": "MERCHANT_REDIRECT", "payload": {"redirectText": "Back", "redirectUrl": url, **payload}}


def test_a_review_shows_once_more_what_was_approved(alice: Person, bank):
    limit = bank.offers("Alice", "limit")
    page = alice.approves(limit)
    assert page.heading == "Approved"
    for words in ("Limit changed", "It applies at once.", "New limit", "50000 CZK per day"):
        assert words in page.text
    assert "50000 CZK per day" in alice.opens(f"/operations/{limit}/result").text


def test_a_shop_that_the_operator_knows_is_one_press_away(alice_trusting_the_shop: Person, bank):
    page = alice_trusting_the_shop.approves(bank.offers("Alice", "shop"))
    assert page.heading == "Approved"
    assert f'href="{SHOP}"' in page.html
    assert "The link leads to shop.example." in page.text
    assert 'data-seconds="5"' in page.html
    assert page.refreshes_to is None


def test_a_shop_that_nobody_allowed_is_plain_text(alice: Person, bank):
    page = alice.approves(bank.offers("Alice", "shop"))
    assert SHOP in page.text
    assert f'href="{SHOP}"' not in page.html
    assert "data-seconds" not in page.html


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/",
        "https://shop.example.evil.example/",
        "https://shop.example@evil.example/",
        "https://evil.example/shop.example",
        "https://shop.example:8443/",
        "https://shop.example\\@evil.example/",
        "https://shоp.example/",
        "javascript:alert(1)",
        "data:text/html,hello",
        "//shop.example/",
        "/operations",
        "https://shop.example/ with a space",
        "https://[shop.example/",
        "otherbank://done",
    ],
)
def test_no_page_leads_where_nobody_allowed_it(alice_trusting_the_shop: Person, bank, wire, url):
    wire.tells_otherwise(afterwards(redirect(url, countdown=5)))
    page = alice_trusting_the_shop.approves(bank.offers("Alice", "payment"))
    assert page.heading == "Approved"
    assert "data-seconds" not in page.html
    assert f'href="{url}"' not in page.html


def test_the_operators_own_application_may_be_opened(alice_trusting_the_shop: Person, bank, wire):
    wire.tells_otherwise(afterwards(redirect("mybank://done")))
    page = alice_trusting_the_shop.approves(bank.offers("Alice", "payment"))
    assert 'href="mybank://done"' in page.html


@pytest.mark.parametrize(("wanted", "given"), [(1, 3), (5, 5), (300, 30)])
def test_the_countdown_is_neither_rushed_nor_endless(alice_trusting_the_shop, bank, wire, wanted, given):
    wire.tells_otherwise(afterwards(redirect(SHOP, countdown=wanted)))
    page = alice_trusting_the_shop.approves(bank.offers("Alice", "payment"))
    assert f'data-seconds="{given}"' in page.html


def test_without_a_countdown_the_page_stays(alice_trusting_the_shop: Person, bank, wire):
    wire.tells_otherwise(afterwards(redirect(SHOP)))
    page = alice_trusting_the_shop.approves(bank.offers("Alice", "payment"))
    assert f'href="{SHOP}"' in page.html
    assert "data-seconds" not in page.html


def test_a_screen_of_an_unknown_kind_keeps_its_words(alice: Person, bank, wire):
    screen = {"type": "CONFETTI", "heading": "Hooray", "message": "It is done.", "payload": {"colour": "red"}}
    wire.tells_otherwise(afterwards(screen))
    page = alice.approves(bank.offers("Alice", "payment"))
    assert "Hooray" in page.text
    assert "It is done." in page.text


def test_nothing_comes_after_an_approval_that_failed_or_a_rejection(alice: Person, bank):
    limit = bank.offers("Alice", "limit")
    assert "Limit changed" not in alice.approves(limit, alice.wrong_pin).text
    assert "Limit changed" not in alice.rejects(limit).text


def test_the_banks_words_for_every_end(alice: Person, bank, wire):
    assert "The payment is on its way." in alice.approves(bank.offers("Alice", "payment")).text
    assert "Nothing was paid." in alice.rejects(bank.offers("Alice", "payment")).text
    wire.ends("OPERATION_ALREADY_FAILED")
    assert "The payment was not made." in alice.approves(bank.offers("Alice", "payment")).text
