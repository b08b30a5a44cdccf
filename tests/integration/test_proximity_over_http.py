"""A proximity code on its way from the bank's screen to its server, with a network in between."""

import pytest

from tests.support.bank import EXAMPLES, Bank
from tests.support.people import Person
from webapp.sandbox.qr import proximity_link, proximity_token, proximity_token_link

LINKS = {
    "link": proximity_link,
    "link with a token": lambda oid, code: proximity_token_link(proximity_token(oid, code)),
    "token alone": proximity_token,
}


def offers_nearby(bank: Bank, user_id: str) -> tuple[str, str]:
    """An operation with a proximity check, and the code on the bank's screen."""
    operation = bank.admin(
        "/operation/create",
        {
            "userId": user_id,
            "applications": [bank.application],
            "templateName": "login_nearby",
            "parameters": EXAMPLES["login_nearby"],
            "proximityCheckEnabled": True,
        },
    )
    return operation["id"], bank.operation(operation["id"])["proximityOtp"]


@pytest.mark.parametrize("form", LINKS)
def test_a_link_and_the_pin_are_enough(alice: Person, bank, form):
    nearby, code = offers_nearby(bank, alice.name)
    page = alice.browser.opens("/deeplink", url=LINKS[form](nearby, code))
    assert page.url == f"/operations/{nearby}"
    page = page.submits("Approve", pin=alice.pin)
    assert page.heading == "Approved"
    assert bank.status(nearby) == "APPROVED"
    assert alice.browser.cookie("__Host-pac") is None


def test_a_wrong_code_counts_against_the_operation_and_not_against_the_pin(alice: Person, bank):
    nearby, code = offers_nearby(bank, alice.name)
    wrong = f"{(int(code) + 1) % 10 ** len(code):0{len(code)}}"
    page = alice.browser.opens("/operation", oid=nearby, potp=wrong).submits("Approve", pin=alice.pin)
    assert page.status == 409
    assert bank.operation(nearby)["failureCount"] == 1
    assert alice.failed_attempts == 0
    current = bank.operation(nearby)["proximityOtp"]
    page = alice.browser.opens("/operation", oid=nearby, potp=current).submits("Approve", pin=alice.pin)
    assert page.heading == "Approved"


def test_a_link_to_somebody_elses_operation_shows_nothing(alice: Person, bank):
    nearby, code = offers_nearby(bank, f"not-{alice.name}")
    page = alice.browser.opens("/operation", oid=nearby, potp=code)
    assert page.status == 403
    assert bank.status(nearby) == "PENDING"
