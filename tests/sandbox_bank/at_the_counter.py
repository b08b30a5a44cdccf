"""A teller at the offline counter, and people whose devices have no connection."""

import html
import re

from tests.sandbox.device import PK, Device
from tests.support.browser import Browser
from webapp.powerauth.encoding import to_base64

URI_ID = to_base64(b"/operation/authorize/offline")
LINES_WITHOUT_CODE = 7


class Desk:
    """The bank's pages in a browser that checks each of them, and the back office behind them."""

    def __init__(self, backend, app, clock, language="en"):
        app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
        self.backend = backend
        self.clock = clock
        self.browser = Browser(app.test_client(), language)

    def enrols(self, user, **asked):
        device = Device(self.backend, self.clock)
        invited = {"userId": user, "applicationId": "assent-demo", **asked}
        device.activate(self.backend.admin("/activation/init", invited)["activationCode"])
        self.backend.admin("/activation/commit", {"activationId": device.activation_id})
        return device

    def opens(self, path="/sandbox/offline/", **query):
        return self.browser.opens(path, **query)

    def makes(self, device, kind="payment", **changed):
        """The page with the picture for one device or, without it, for whoever scans it."""
        chosen = "" if device is None else device.activation_id
        return self.opens(f"/sandbox/offline/{kind}").submits("Show the QR code", browser=chosen, **changed)

    def types(self, page, code, **who):
        """Type a code into the page; where it renews itself, ask for the field first."""
        if "Type the customer's code" in page.links:
            page = page.follows("Type the customer's code")
        return page.submits("Check the code", code=code, **who)

    def operation(self, page):
        return self.backend.admin("/operation/detail", {"operationId": text_of(page).split("\n")[0]})

    def activation(self, device):
        return self.backend.admin("/activation/status", {"activationId": device.activation_id})


def text_of(page):
    """The text of the picture, as somebody copies it."""
    return html.unescape(
        re.search(r'<textarea[^>]*id="text"[^>]*>\n(.*?)</textarea>', page.html, re.DOTALL)[1]
    )


def fact(page, label):
    """What the page says under this label."""
    return re.search(rf"<dt>{label}</dt><dd>(.*?)</dd>", page.html, re.DOTALL)[1]


def reads(device, page, kind=PK):
    """The code that a device makes of the picture; it goes by the lines alone."""
    lines = text_of(page).split("\n")
    signed = [lines[0], lines[3], *(lines[5:6] if len(lines) > LINES_WITHOUT_CODE else [])]
    return device.offline_code(f"POST&{URI_ID}&{lines[-2]}&{to_base64('&'.join(signed).encode())}", kind)


def wrong(code):
    """Another code, for certain."""
    return f"{code[:-1]}{(int(code[-1]) + 1) % 10}"
