"""People in stories: each has a browser, a PIN, and an account at the bank."""

from dataclasses import dataclass, field

from tests.support.bank import Bank, Offer
from tests.support.browser import Browser, Page

OPERATIONS = "/operations"


@dataclass
class Person:
    """Somebody with an account at the bank; `pin` is the one they chose."""

    name: str
    bank: Bank
    browser: Browser
    pin: str = field(default="2580", repr=False)
    wrong_pin: str = field(default="1379", repr=False)
    activation_id: str = ""

    def enrols(self, code: str, **fields: str) -> Page:
        """Fill the enrolment form in and send it."""
        page = self.browser.opens("/activation/new")
        wanted = {"code": code, "name": f"{self.name}'s laptop", "pin": self.pin, "pin_again": self.pin}
        return page.submits("Enrol", **{**wanted, **fields})

    def is_enrolled(self) -> "Person":
        """The whole way: code, form, commit."""
        offer: Offer = self.bank.gives_code(self.name)
        self.activation_id = offer.activation_id
        page = self.enrols(offer.code)
        assert page.status == 200, page.text
        self.bank.commits(offer.activation_id)
        return self

    def opens(self, path: str = OPERATIONS) -> Page:
        return self.browser.opens(path)

    def opens_operation(self, operation_id: str) -> Page:
        return self.browser.opens(f"{OPERATIONS}/{operation_id}")

    def reads_screens(self, operation_id: str) -> Page:
        """Open the operation and pass every screen before it."""
        page = self.opens_operation(operation_id)
        while page.heading == "Read this first":
            ticked = {"read": "yes"} if "read" in page.fields else {}
            page = page.submits("Continue", **ticked)
            assert page.status == 200, page.text
        return page

    def approves(self, operation_id: str, pin: str | None = None, **more: str) -> Page:
        """Open the operation, read what comes before it, and approve it with the PIN."""
        page = self.reads_screens(operation_id)
        answers = {"on_call": "no"} if "on_call" in page.fields else {}
        return page.submits("Approve", pin=self.pin if pin is None else pin, **answers, **more)

    def approves_at_once(self, operation_id: str) -> Page:
        """Open the operation and approve it with one press."""
        return self.opens_operation(operation_id).submits("Approve")

    def rejects(self, operation_id: str, reason: str = "UNKNOWN") -> Page:
        page = self.opens_operation(operation_id).follows("Reject")
        return page.submits("Reject", reason=reason)

    @property
    def failed_attempts(self) -> int:
        return int(self.bank.activation(self.activation_id)["failedAttempts"])
