"""The bank's offline counter in a story: gives out texts of QR codes, and checks the codes people bring."""

import re
from dataclasses import dataclass

from tests.support.browser import Filled, Page
from tests.support.people import Person
from webapp.randomness import system_random
from webapp.sandbox.back_office import APPLICATION, BackOffice
from webapp.sandbox.backend import Backend
from webapp.sandbox.counter import Counter, Order, Slip, Verdict, read_code
from webapp.sandbox.forms import templates


@dataclass(frozen=True)
class Handed:
    """An operation of the counter, and the text of its QR code when it was handed out."""

    operation_id: str
    text: str


class Desk:
    """`person=None`: the code is for whoever scans it."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.office = BackOffice(backend)
        self.counter = Counter(backend, random=system_random)

    def hands(
        self,
        person: Person | None,
        kind: str = "payment",
        *,
        flags: str = "",
        nearby: bool = False,
        **values: str,
    ) -> Handed:
        template = next(one for one in templates() if one.template_name == kind)
        browser = None if person is None else self.office.activation(person.activation_id)
        order = Order(
            template, template.forms["en"], {**template.parameters, **values}, flags, browser, nearby
        )
        operation_id = self.counter.hand_out(order)
        return Handed(operation_id, self.renewed(operation_id))

    def renewed(self, operation_id: str) -> str:
        """The text as it is now: a time-based code in it changes."""
        return self.counter.text(self._slip(operation_id))

    def signs(self, person: Person | None, *lines: str) -> str:
        """A QR code of exactly these lines, whatever they are, with the bank's nonce and signature."""
        asked = {"data": "\n".join(lines)}
        if person is None:
            path, asked = "non-personalized", asked | {"applicationId": APPLICATION}
        else:
            path, asked = "personalized", asked | {"activationId": person.activation_id}
        return str(self.backend.admin(f"/signature/offline/{path}/create", asked)["offlineData"])

    def takes(self, handed: Handed, code: str, person: Person) -> Verdict:
        """Somebody types a code; a wrong one counts."""
        read = read_code(code)
        assert read is not None, f"{code!r} is no code"
        operation = self.office.operation(handed.operation_id)
        return self.counter.check(self._slip(handed.operation_id), operation, person.activation_id, read)

    def status(self, handed: Handed) -> str:
        return self.office.operation(handed.operation_id).status

    def _slip(self, operation_id: str) -> Slip:
        slip = self.counter.slip(operation_id)
        assert slip is not None
        return slip


def scans(person: Person, text: str) -> Page:
    """Bring the text of a QR code to the site."""
    token = person.opens("/scan").value("csrf_token") or ""
    return person.browser.posts("/offline", {"csrf_token": token, "text": _sent(text)})


def presses(page: Page, button: str = "Show the approval code", **answers: str | None) -> Page:
    """Fill the form of the operation in and send it, as often as somebody likes."""
    return as_browsers_send(page.fills(button, **answers)).is_sent()


def as_browsers_send(filled: Filled) -> Filled:
    """In every form that leaves a browser a line ends with CR LF."""
    filled.values = {name: _sent(value) for name, value in filled.values.items()}
    return filled


def shown_code(page: Page) -> str:
    """The code as somebody copies it from the page."""
    found = re.findall(r"<output[^>]*>(.*?)</output>", page.html, re.DOTALL)
    assert len(found) == 1, f"no code on {page.heading!r}: {page.text}"
    return re.sub(r"<[^>]*>", "", found[0])


def _sent(text: str) -> str:
    return text.replace("\n", "\r\n")
