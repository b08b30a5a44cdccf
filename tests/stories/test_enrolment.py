"""Alice makes her browser a token, or is told why not."""

import pytest

from tests.support.people import Person
from tests.support.wire import answer_lost, error, refused
from webapp.powerauth.encoding import to_base64


def test_alice_enrols_compares_the_digits_and_waits_for_her_bank(newcomer: Person, bank):
    offer = bank.gives_code("Alice")
    page = newcomer.enrols(offer.code)
    assert page.path == "/activation"
    known = bank.activation(offer.activation_id)
    assert known["activationStatus"] == "PENDING_COMMIT"
    assert known["activationName"] == "Alice's laptop"
    digits = known["devicePublicKeyFingerprint"]
    assert digits in page.text.replace(" ", "")
    assert page.refreshes_to, "without script the page looks again by itself"
    assert newcomer.opens("/activation").path == "/activation"

    bank.commits(offer.activation_id)
    assert newcomer.opens("/activation").path == "/operations"
    assert bank.activation(offer.activation_id)["activationStatus"] == "ACTIVE"


@pytest.mark.parametrize(
    "typed",
    [
        str.lower,
        lambda code: code.replace("-", ""),
        lambda code: f"  {code.replace('-', ' - ')}\t",
        lambda code: code.replace("O", "0").replace("I", "1"),
        lambda code: code.replace("-", "\u2013"),
    ],
    ids=["lower case", "no dashes", "spaces", "digits for look-alikes", "other dashes"],
)
def test_a_code_is_forgiven_what_people_do_to_it(newcomer: Person, bank, typed):
    offer = bank.gives_code("Alice")
    assert newcomer.enrols(typed(offer.code)).path == "/activation"


def test_a_scanned_code_brings_its_signature_along(newcomer: Person, bank):
    offer = bank.gives_code("Alice")
    assert newcomer.enrols(offer.scanned).path == "/activation"


def test_a_code_opened_as_a_link_stands_in_the_form(newcomer: Person, bank):
    offer = bank.gives_code("Alice")
    page = newcomer.browser.opens("/activation/new", code=offer.scanned)
    assert page.value("code") == offer.scanned
    assert page.response.headers["Referrer-Policy"] == "strict-origin"
    assert page.response.headers["Cache-Control"] == "no-store"
    page = page.submits("Enrol", name="Phone", pin=newcomer.pin, pin_again=newcomer.pin)
    assert page.path == "/activation"


@pytest.mark.parametrize(
    "code",
    [
        "",
        "AAAAA",
        "AERUK-ZJ4VP-G66EB-S6C3Q",
        "AERU8-Z4JVP-G66EB-S6C3Q",
        "AERUK-Z4JVP-G66EB-S6C3R",
        "#",
        "x#y",
    ],
)
def test_a_code_that_cannot_be_right_is_not_sent(newcomer: Person, wire, code):
    page = newcomer.enrols(code)
    assert page.status == 422
    assert page.value("code") == code
    assert page.value("name") == "Alice's laptop"
    assert page.value("pin") == ""
    assert not wire.requests


def test_a_code_with_a_foreign_signature_was_not_issued_by_the_bank(newcomer: Person, bank, wire):
    first, second = bank.gives_code("Alice"), bank.gives_code("Alice")
    page = newcomer.enrols(f"{first.code}#{second.signature}")
    assert page.status == 422
    assert "not issued by your bank" in page.text
    assert not wire.requests
    page = newcomer.enrols(f"{first.code}#{to_base64(b'not a signature')}")
    assert page.status == 422
    assert newcomer.enrols(first.scanned).path == "/activation", "the code is still good"


def test_a_code_that_the_bank_does_not_know(newcomer: Person):
    page = newcomer.enrols("AERUK-Z4JVP-G66EB-S6C3Q")
    assert page.status == 422
    assert "new" in page.text
    assert "code" in page.text


def test_an_expired_code(newcomer: Person, bank, clock):
    offer = bank.gives_code("Alice")
    clock.advance(301)
    assert newcomer.enrols(offer.code).status == 422
    assert bank.activation(offer.activation_id)["activationStatus"] == "REMOVED"


def test_a_code_works_once(newcomer: Person, bank, browse):
    offer = bank.gives_code("Alice")
    newcomer.enrols(offer.code)
    thief = Person("Alice", bank, browse())
    assert thief.enrols(offer.code).status == 422


@pytest.mark.parametrize(
    ("pin", "again", "reason"),
    [
        ("1234", "1234", "row"),
        ("7777", "7777", "over"),
        ("258", "258", "4"),
        ("2580", "2581", "same"),
        ("25a0", "25a0", "digits"),
    ],
)
def test_a_pin_that_nobody_should_choose_is_refused_with_the_reason(newcomer, bank, wire, pin, again, reason):
    offer = bank.gives_code("Alice")
    page = newcomer.enrols(offer.code, pin=pin, pin_again=again)
    assert page.status == 422
    assert reason in page.text
    assert page.value("code") == offer.code
    assert pin not in page.text
    assert page.value("pin") == page.value("pin_again") == ""
    assert not wire.requests
    assert newcomer.enrols(offer.code).path == "/activation", "the code is still good"


def test_a_browser_holds_one_activation(alice: Person, bank):
    offer = bank.gives_code("Alice")
    page = alice.browser.opens("/activation/new")
    assert page.path in {"/operations", "/activation"}
    token = alice.opens("/activation/forget").value("csrf_token") or ""
    fields = {"code": offer.code, "name": "x", "pin": alice.pin, "pin_again": alice.pin, "csrf_token": token}
    page = alice.browser.posts("/activation/new", fields)
    assert page.status == 409
    assert bank.activation(offer.activation_id)["activationStatus"] == "CREATED"


def test_when_the_bank_is_down_the_code_stays_good(newcomer: Person, bank, wire):
    offer = bank.gives_code("Alice")
    wire.breaks("/activation/create", refused)
    page = newcomer.enrols(offer.code)
    assert page.status == 503
    wire.is_mended()
    assert newcomer.enrols(offer.code).path == "/activation"


def test_when_the_answer_is_lost_the_code_may_be_used_up(newcomer: Person, bank, wire):
    offer = bank.gives_code("Alice")
    wire.breaks("/activation/create", answer_lost)
    page = newcomer.enrols(offer.code)
    assert page.status == 504
    assert "new" in page.text
    assert "code" in page.text


def test_a_server_without_our_keys_is_not_believed(newcomer: Person, bank, wire):
    wire.breaks("/keystore/create", error(400, "ERR_TEMPORARY_KEY"))
    page = newcomer.enrols(bank.gives_code("Alice").code)
    assert page.status == 503


def test_a_blocked_activation_says_so_and_comes_back(alice: Person, bank):
    bank.blocks(alice.activation_id)
    for path in ("/activation", "/operations"):
        page = alice.opens(path)
        assert page.path == "/activation"
        assert "blocked" in page.heading.lower()
    bank.unblocks(alice.activation_id)
    assert alice.opens("/activation").path == "/operations"


def test_a_removed_activation_says_so_and_shows_the_way_out(alice: Person, bank):
    bank.removes(alice.activation_id)
    page = alice.opens("/operations")
    assert page.path == "/activation"
    assert page.status == 410
    assert "no longer" in page.heading


def test_alice_forgets_her_browser_and_enrols_again(alice: Person, bank, site):
    alice.opens().follows("Forget this browser").submits("Forget")
    assert alice.browser.cookie("__Host-key") is None
    assert alice.opens("/operations").status == 403
    offer = bank.gives_code("Alice")
    assert alice.enrols(offer.code).path == "/activation"


def test_losing_the_cookies_is_normal_life(alice: Person, browse):
    stranger = browse()
    page = stranger.opens("/operations")
    assert page.status == 403
    assert any("Enrol" in link for link in page.links)


def test_a_first_visit_from_another_site_goes_on_by_itself(alice: Person):
    half = alice.browser.cookie("__Host-key")
    assert half
    alice.browser.client.delete_cookie("__Host-key")
    page = alice.opens("/operations")
    assert page.refreshes_to or page.buttons or any(page.links)
    assert "signed out" not in page.text
    alice.browser.client.set_cookie("__Host-key", half)
    assert alice.opens("/operations").path == "/operations"
