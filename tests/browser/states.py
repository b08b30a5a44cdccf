"""Every page in every state that people see it in, each reached as a person reaches it.

Fields and buttons are found by their names, so that all of it works in every language.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import BrowserContext, Page

from tests.browser.site import Site
from tests.browser.window import enters
from tests.sandbox_bank.at_the_counter import text_of
from tests.support.browser import Browser as PlainBrowser
from tests.support.people import Person
from webapp.flows.policy import Policy
from webapp.flows.ways_in import CredentialField, OtpRule, WaysIn

POLICY: Final = Policy(
    ways=WaysIn(
        otp=OtpRule.OPTIONAL,
        credentials=(
            CredentialField("username", "User name"),
            CredentialField("password", "Password", is_secret=True),
        ),
        recovery=True,
        oidc_provider="sandbox",
    )
)
NEW_PIN: Final = "925814"


@dataclass
class Visit:
    """One window of somebody whom the bank knows by a name of their own."""

    page: Page
    site: Site
    name: str
    person: Person | None = None

    @property
    def somebody(self) -> Person:
        if self.person is None:
            browser = PlainBrowser(self.site.app.test_client())
            self.person = Person(self.name, self.site.bank, browser).is_enrolled()
            context: BrowserContext = self.page.context
            enters(context, self.person, self.site)
        return self.person

    def opens(self, path: str) -> "Visit":
        self.page.goto(self.site.address + path)
        return self

    def fills(self, **fields: str) -> "Visit":
        for name, value in fields.items():
            self.page.locator(f"main [name={name}]").fill(value)
        return self

    def presses(self, button: str = "main form button:not([type=button])") -> "Visit":
        with self.page.expect_navigation():
            self.page.locator(f"{button}:visible").first.click()
        return self

    def offered(self, template: str, **parameters: str) -> str:
        return self.site.bank.offers(self.somebody.name, template, **parameters)

    def detail(self, template: str, **parameters: str) -> "Visit":
        return self.opens(f"/operations/{self.offered(template, **parameters)}")

    def approves(self, pin: str) -> "Visit":
        return self.fills(pin=pin).presses("#approve button")

    def scans(self) -> "Visit":
        counter = PlainBrowser(self.site.app.test_client()).opens(
            f"/sandbox/offline/payment?user={self.somebody.name}"
        )
        shown = counter.submits("Show the QR code", browser=self.somebody.activation_id)
        return self.opens("/scan").fills(text=text_of(shown)).presses("form:has(#text) button")


def at(path: str) -> Callable[[Visit], object]:
    """A page that anybody can open."""
    return lambda visit: visit.opens(path)


def own(path: str) -> Callable[[Visit], object]:
    """A page of somebody who is enrolled."""
    return lambda visit: (visit.somebody, visit.opens(path))


def sent_empty(
    path: str, button: str = "main form.stack button:not([type=button])"
) -> Callable[[Visit], object]:
    """A form that comes back with what is wrong."""
    return lambda visit: (visit.somebody, visit.opens(path).presses(button))


def empty_as_stranger(path: str) -> Callable[[Visit], object]:
    return lambda visit: visit.opens(path).presses("main form.stack button:not([type=button])")


def many(visit: Visit) -> None:
    for template in ("login", "limit", "payment", "payment_warning", "consent", "broken"):
        visit.offered(template)
    visit.opens("/operations")


def wrong_pin(visit: Visit) -> None:
    visit.detail("payment").approves(visit.somebody.wrong_pin)


def approved(template: str) -> Callable[[Visit], object]:
    return lambda visit: visit.detail(template).approves(visit.somebody.pin)


def rejected(visit: Visit) -> None:
    visit.opens(f"/operations/{visit.offered('payment')}/reject").presses("main form button.button--danger")


def gone(visit: Visit) -> None:
    operation = visit.offered("payment")
    visit.site.bank.cancels(operation)
    visit.opens(f"/operations/{operation}")


def kiosk(visit: Visit) -> None:
    assert visit.somebody
    visit.opens(f"/operations/{visit.site.bank.offers(None, 'login_kiosk')}")


def remembered(visit: Visit) -> None:
    for template in ("login", "payment"):
        visit.somebody.approves(visit.offered(template))
    visit.opens("/history").fills(pin=visit.somebody.pin).presses("main form.stack button:not([type=button])")


def written(visit: Visit) -> None:
    form = visit.somebody.opens(f"/sandbox/users/{visit.name}/messages")
    form.submits("Send", type="text", subject="Opening hours", summary="From May", body="At nine.\n\nDaily.")
    visit.opens("/inbox")


def message(kind: str) -> Callable[[Visit], object]:
    def message(visit: Visit) -> None:
        form = visit.somebody.opens(f"/sandbox/users/{visit.name}/messages")
        form.submits(
            "Send",
            type=kind,
            subject="News",
            summary="",
            body="<p>At <b>nine</b>.</p><ul><li>Daily</li></ul>",
        )
        visit.opens("/inbox")
        with visit.page.expect_navigation():
            visit.page.locator("main li a").first.click()

    return message


def waiting(visit: Visit) -> None:
    offer = visit.site.bank.gives_code(visit.name)
    visit.opens(f"/activation/new?code={offer.code}")
    visit.fills(name="A laptop", pin=NEW_PIN, pin_again=NEW_PIN)
    visit.presses("main form.stack button:not([type=button])")


def blocked(visit: Visit) -> None:
    visit.site.bank.blocks(visit.somebody.activation_id)
    visit.opens("/operations")


def removed(visit: Visit) -> None:
    visit.site.bank.removes(visit.somebody.activation_id)
    visit.opens("/operations")


def offline_refused(visit: Visit) -> None:
    assert visit.somebody
    visit.opens("/scan").fills(text="nothing\nof a bank").presses("form:has(#text) button")


def offline_code(visit: Visit) -> None:
    visit.scans().fills(pin=visit.somebody.pin).presses("#approve button")


def forgotten(visit: Visit) -> None:
    assert visit.somebody
    visit.opens("/activation/forget").presses("main form button.button--danger")


STATES: Final[Mapping[str, Callable[[Visit], object]]] = {
    "home": at("/"),
    "enrol": at("/activation/new"),
    "enrol, with errors": empty_as_stranger("/activation/new"),
    "credentials": at("/activation/credentials"),
    "credentials, with errors": empty_as_stranger("/activation/credentials"),
    "recovery": at("/activation/recovery"),
    "recovery, with errors": empty_as_stranger("/activation/recovery"),
    "sign in": at("/activation/sign-in"),
    "sign in that was not begun": at("/activation/sign-in/return?code=x&state=y"),
    "waiting for the bank": waiting,
    "the list without a browser": at("/operations"),
    "scan as a stranger": at("/scan"),
    "nowhere": at("/nowhere"),
    "the page for bad times": at("/offline-page"),
    "a shared nothing": at("/scan/shared"),
    "blocked": blocked,
    "removed": removed,
    "home of an enrolled browser": own("/"),
    "the standing of an activation": own("/activation"),
    "an empty list": own("/operations"),
    "a list": many,
    "a sign-in": lambda visit: visit.detail("login"),
    "a payment": lambda visit: visit.detail("payment"),
    "a conversion": lambda visit: visit.detail("payment_conversion"),
    "an invoice": lambda visit: visit.detail("payment_invoice"),
    "a shop": lambda visit: visit.detail("shop"),
    "a consent": lambda visit: visit.detail("consent"),
    "not for this person": lambda visit: visit.detail("broken"),
    "a warning before": lambda visit: visit.detail("payment_warning"),
    "a slider before": lambda visit: visit.detail("payment_risk"),
    "a code nearby": lambda visit: visit.detail("login_nearby"),
    "without a PIN": lambda visit: visit.detail("payment").presses("#approve button"),
    "a wrong PIN": wrong_pin,
    "approved": approved("payment"),
    "approved, with a screen after": approved("shop"),
    "reject": lambda visit: visit.opens(f"/operations/{visit.offered('payment')}/reject"),
    "rejected": rejected,
    "it was cancelled": gone,
    "an operation of nobody": kiosk,
    "history": own("/history"),
    "history, with errors": sent_empty("/history"),
    "what was decided": remembered,
    "no messages": own("/inbox"),
    "messages": written,
    "a message": message("text"),
    "a message with form": message("html"),
    "no such message": own("/inbox/11111111-2222-3333-4444-555555555555"),
    "settings": own("/settings"),
    "another PIN": own("/settings/pin"),
    "another PIN, with errors": sent_empty("/settings/pin"),
    "a passkey": own("/passkey"),
    "a recovery code": own("/settings/recovery"),
    "a recovery card": own("/settings/recovery/card"),
    "a recovery card, with errors": sent_empty("/settings/recovery/card"),
    "remove": own("/settings/remove"),
    "remove, with errors": sent_empty("/settings/remove"),
    "forget": own("/activation/forget"),
    "forgotten": forgotten,
    "scan": own("/scan"),
    "scan, with errors": offline_refused,
    "an offline operation": lambda visit: visit.scans(),
    "an approval code": offline_code,
    "no code any more": own("/offline/code/AAAAAAAAAAAAAAAA"),
    "an offline operation that was lost": own("/offline"),
    "styleguide": at("/styleguide"),
}
"""What people see → how they come to see it. Where there is no such page, the page that says so."""
