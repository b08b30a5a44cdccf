"""Looks over a person's shoulder: what a page claims is held against what the bank knows at that moment."""

import re
from dataclasses import dataclass

from flask.testing import FlaskClient

from tests.support.bank import Bank
from tests.support.browser import Browser, Page

ENDED = {"APPROVED", "REJECTED", "CANCELED", "EXPIRED", "FAILED"}
OF_OPERATIONS = {
    "Approved": {"APPROVED"},
    "Rejected": {"REJECTED"},
    "Already settled": {"APPROVED", "REJECTED"},
    "The time is over": {"EXPIRED"},
    "Withdrawn by the bank": {"CANCELED"},
    "Stopped for your safety": {"FAILED"},
    "The bank did not take your answer": {"PENDING"},
    "Not accepted": {"PENDING"},
    "Not settled yet": {"PENDING"},
    "The bank refused the approval": {"PENDING", "FAILED"},
    "The bank refused the rejection": {"PENDING"},
    "Not for you": set(),
    "This cannot be approved here": set(),
}
"""What the heading of a result may stand over; of nothing that happens here may the last two be said."""
OF_BROWSERS = {
    "This browser is blocked": {"BLOCKED"},
    "This browser is no longer enrolled": {"REMOVED"},
    "This browser is removed": {"REMOVED"},
    "This browser has to be enrolled again": set(),
    "Compare these digits with your bank": {"PENDING_COMMIT"},
}


_NAMED = re.compile(r"(?<=/)[0-9a-f-]{36}(?=/|$)")
_CHECKED: set[tuple[str, int]] = set()


@dataclass
class Witness:
    """`has_new_pin`: a page has said that the PIN is changed."""

    bank: Bank
    activation_id: str
    has_new_pin: bool = False

    def watches(self, client: FlaskClient) -> Browser:
        return _Watched(client, self)

    def sees(self, page: Page) -> None:
        assert page.status != 500, f"{page.path}: {page.heading}"
        if page.path.startswith("/operations/"):
            self._judges_operation(page)
        allowed = OF_BROWSERS.get(page.heading)
        if allowed is not None:
            status = self.bank.activation(self.activation_id)["activationStatus"]
            assert status in allowed, f"{page.heading!r} while the activation is {status}"
        if "not accepted" in page.text or "attempts are left" in page.text:
            assert self.failed_attempts, f"blames the PIN: {page.text}"
        if "Your PIN is changed" in page.text:
            self.has_new_pin = True

    @property
    def failed_attempts(self) -> int:
        return int(self.bank.activation(self.activation_id)["failedAttempts"])

    def _judges_operation(self, page: Page) -> None:
        operation_id = page.path.split("/")[2]
        status = self.bank.status(operation_id)
        if page.heading in OF_OPERATIONS:
            assert status in OF_OPERATIONS[page.heading], f"{page.heading!r} while the operation is {status}"
        if "no longer waits" in page.text:
            assert status in ENDED, f"{page.text} while the operation is {status}"


class _Watched(Browser):
    def __init__(self, client: FlaskClient, witness: Witness) -> None:
        super().__init__(client)
        self._witness = witness

    def checks(self, response):
        """Pages of one kind differ in nothing that is checked; the first of each has to do."""
        kind = _NAMED.sub("", response.request.path), response.status_code
        if kind not in _CHECKED:
            super().checks(response)
            _CHECKED.add(kind)

    def _arrives(self, response):
        page = super()._arrives(response)
        self._witness.sees(page)
        return page
