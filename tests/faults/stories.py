"""What people do with the site, from the first page to the last. A page may say no at any moment."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from tests.faults.day import NEW_PIN, Day
from tests.support.desk import presses, scans, shown_code
from webapp.sandbox.inbox import Letter

Story = Callable[[Day], None]


def enrols(day: Day) -> None:
    """In a second browser; the first one stays as it is."""
    offer = day.bank.gives_code("Alice")
    day.alice.browser.client.delete_cookie("__Host-sid")
    day.alice.browser.client.delete_cookie("__Host-key")
    day.alice.activation_id = day.witness.activation_id = offer.activation_id
    page = day.alice.enrols(offer.code)
    if page.path == "/activation/new":
        # Try it once more, as the page says.
        page = day.alice.enrols(offer.code)
    if page.path == "/activation":
        day.bank.commits(offer.activation_id)
        day.alice.opens("/activation")


def lists(day: Day) -> None:
    day.bank.offers("Alice", "payment")
    day.alice.opens()


def approves(day: Day) -> None:
    day.alice.approves(day.bank.offers("Alice", "payment"))


def approves_with_one_press(day: Day) -> None:
    day.alice.approves_at_once(day.bank.offers("Alice", "consent"))


def approves_with_the_wrong_pin(day: Day) -> None:
    day.alice.approves(day.bank.offers("Alice", "payment"), day.alice.wrong_pin)


def approves_with_a_code(day: Day) -> None:
    nearby = day.bank.offers("Alice", "login_nearby")
    day.alice.approves(nearby, code=day.bank.operation(nearby)["proximityOtp"])


def rejects(day: Day) -> None:
    day.alice.rejects(day.bank.offers("Alice", "payment"))


def claims(day: Day) -> None:
    page = day.alice.opens_operation(day.bank.offers(None, "login_kiosk"))
    page.submits("Take it over").submits("Approve", pin=day.alice.pin)


def looks_up(day: Day) -> None:
    day.bank.cancels(day.bank.offers("Alice", "payment"))
    day.alice.opens("/history").submits("Show the history", pin=day.alice.pin)


def makes_codes_and_approves(day: Day) -> None:
    """For the codes nobody is asked anything; the bank sees one of them, and then an approval."""
    first, second = day.desk.hands(day.alice), day.desk.hands(day.alice)
    codes = [
        shown_code(presses(scans(day.alice, handed.text), pin=day.alice.pin)) for handed in (first, second)
    ]
    assert day.desk.takes(first, codes[0], day.alice).is_right
    approves(day)


def changes_the_pin(day: Day) -> None:
    day.has_typed_new_pin = True
    page = day.alice.opens("/settings/pin")
    page.submits("Change the PIN", old=day.alice.pin, pin=NEW_PIN, pin_again=NEW_PIN)


def changes_the_pin_with_a_wrong_one(day: Day) -> None:
    day.has_typed_new_pin = True
    page = day.alice.opens("/settings/pin")
    page.submits("Change the PIN", old=day.alice.wrong_pin, pin=NEW_PIN, pin_again=NEW_PIN)


def adds_a_passkey(day: Day) -> None:
    """Another one; that the first is removed is nothing that the bank is told."""
    day.alice.opens("/passkey").submits("Remove it")
    day.device.is_set_up(day.alice)


def approves_with_a_passkey(day: Day) -> None:
    day.device.approves(day.alice, day.bank.offers("Alice", "payment"))


def confirms_a_card(day: Day) -> None:
    day.alice.opens("/settings/recovery/card").submits("Confirm", code=day.card, pin=day.alice.pin)


def reads_messages(day: Day) -> None:
    letter = Letter(subject="News", body="Good day.", type="text", summary="")
    day.sandbox.write_to("Alice", letter)
    day.alice.opens("/inbox").follows("News")


def leaves(day: Day) -> None:
    day.alice.opens("/settings/remove").submits("Remove this browser", pin=day.alice.pin)


STORIES: Final[Mapping[str, Story]] = MappingProxyType(
    {
        story.__name__.replace("_", " "): story
        for story in (
            enrols,
            lists,
            approves,
            approves_with_one_press,
            approves_with_the_wrong_pin,
            approves_with_a_code,
            rejects,
            claims,
            looks_up,
            makes_codes_and_approves,
            changes_the_pin,
            changes_the_pin_with_a_wrong_one,
            adds_a_passkey,
            approves_with_a_passkey,
            confirms_a_card,
            reads_messages,
            leaves,
        )
    }
)
WRONG_PINS: Final = frozenset({"approves with the wrong pin", "changes the pin with a wrong one"})
