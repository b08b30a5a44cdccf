"""Visitors read in their own language, as far as site and bank know it."""

import pytest

from tests.support.people import Person
from tests.support.site import make_settings
from webapp.app import create_app


def test_a_czech_visitor_reads_czech_from_both(bank, browse):
    alena = Person("Alena", bank, browse("cs-CZ,cs;q=0.9"))
    offer = bank.gives_code("Alena")
    page = alena.browser.opens("/activation/new")
    assert page.language == "cs"
    button = next(words for words in page.buttons if words)
    page = page.submits(button, code=offer.code, name="Notebook", pin=alena.pin, pin_again=alena.pin)
    assert page.path == "/activation"
    bank.commits(offer.activation_id)
    bank.offers("Alena", "payment")
    page = alena.opens()
    assert page.language == "cs"
    assert page.response.headers["Content-Language"] == "cs"
    assert "Accept-Language" in page.response.headers["Vary"]
    page = page.follows("Platba")
    assert "2\u00a0450,50\u00a0€" in page.html
    assert page.language == "cs"


@pytest.fixture
def site(tmp_path, sandbox, wire, clock):
    """A site with fewer languages than its bank."""
    settings = make_settings(tmp_path, sandbox.sdk_configuration(), languages=("en", "cs"))
    return create_app(settings, transport=wire, clock=clock)


def test_a_german_visitor_reads_the_banks_german_on_an_english_page(alice: Person, bank, wire):
    alice.browser.headers["Accept-Language"] = "de-DE,de;q=0.9"
    payment = bank.offers("Alice", "payment")
    page = alice.opens_operation(payment)
    assert page.language == "en"
    assert 'lang="de' in page.html
    assert "Zahlung" in page.text
    assert wire.sent("/operation/list")[-1].headers["Accept-Language"].startswith("de-DE")
    assert page.submits("Approve", pin=alice.pin).heading == "Approved"


def test_what_was_shown_in_czech_is_signed_although_the_browser_changed_its_language(
    alice: Person, bank, wire
):
    payment = bank.offers("Alice", "payment")
    filled = alice.opens_operation(payment).fills("Approve", pin=alice.pin)
    alice.browser.headers["Accept-Language"] = "cs"
    assert filled.is_sent().heading == "Schváleno"
    assert wire.sent("/operation/detail")[-1].headers["Accept-Language"] == "en"


def test_a_header_full_of_nonsense_is_cleaned(alice: Person, bank, wire):
    bank.offers("Alice", "payment")
    alice.browser.headers["Accept-Language"] = "de;q=1," + "x" * 5000 + "\x7f<script>"
    assert alice.opens().status == 200
    sent = wire.sent("/operation/list")[-1].headers["Accept-Language"]
    assert len(sent) <= 200
    assert "<" not in sent


def test_who_switches_the_language_reads_the_bank_in_it_too(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    page = alice.opens_operation(payment).submits("Čeština")
    assert page.path == f"/operations/{payment}"
    assert page.language == "cs"
    assert "Platba" in page.heading
    assert wire.sent("/operation/list")[-1].headers["Accept-Language"] == "cs,en;q=0.9"


def test_switching_on_a_page_with_an_error_leads_to_the_operation_and_signs_nothing(alice: Person, bank):
    payment = bank.offers("Alice", "payment")
    page = alice.opens_operation(payment).submits("Approve", pin="")
    assert page.status == 422
    page = page.submits("Čeština")
    assert page.path == f"/operations/{payment}"
    assert bank.status(payment) == "PENDING"
