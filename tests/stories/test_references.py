"""One name for everything that happens for one request: in the log, at the bank, on the page."""

import json
import re

import pytest

from tests.support.people import Person
from tests.support.wire import answer_lost, html_page, refused
from webapp.mtoken.user_agent import USER_AGENT

REFERENCE = re.compile(r"tell them this: ([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})")


def shown_on(page) -> str:
    found = REFERENCE.search(page.text)
    assert found, page.text
    return found[1]


def test_the_bank_gets_the_name_that_the_page_shows(alice: Person, bank, wire, log_lines):
    payment = bank.offers("Alice", "payment")
    wire.breaks("/operation/authorize", answer_lost)
    page = alice.approves(payment)
    assert page.path.endswith("/result")
    (sent,) = wire.sent("/operation/authorize")
    assert sent.headers["X-Correlation-ID"] == shown_on(page)
    lines = [json.loads(line) for line in log_lines.getvalue().splitlines() if line.startswith("{")]
    events = {line["event"] for line in lines if line.get("action") == shown_on(page)}
    assert {"audit_anchor", "act", "request"} <= events
    assert shown_on(alice.opens(page.path)) == shown_on(page), "the same name when it is opened again"


def test_each_request_has_a_name_of_its_own_that_all_its_exchanges_carry(alice: Person, wire):
    names = []
    for _ in range(3):
        before = len(wire.requests)
        alice.opens()
        carried = {request.headers["X-Correlation-ID"] for request in wire.requests[before:]}
        assert len(carried) == 1
        names += carried
    assert len(set(names)) == 3


@pytest.mark.parametrize("header", ["X-Correlation-ID", "X-Request-ID"])
def test_a_name_that_a_stranger_sends_is_not_taken(alice: Person, wire, log_lines, header):
    alice.browser.headers[header] = "canary-of-a-stranger"
    wire.breaks("/operation/list", refused)
    page = alice.opens()
    assert shown_on(page) != "canary-of-a-stranger"
    assert "canary-of-a-stranger" not in log_lines.getvalue()
    assert "canary-of-a-stranger" not in page.html
    for request in wire.requests:
        assert "canary-of-a-stranger" not in request.headers.values()


def test_an_error_page_says_what_to_tell_the_bank(alice: Person, wire):
    wire.breaks("/operation/list", refused)
    page = alice.opens()
    assert page.status == 503
    assert wire.sent("/operation/list")[-1].headers["X-Correlation-ID"] == shown_on(page)


@pytest.mark.parametrize(
    ("fault", "result", "trouble"),
    [
        (refused, "not_sent", "NotSent"),
        (answer_lost, "answer_lost", "AnswerLost"),
        (html_page, "broken", "HTTP 502"),
    ],
)
def test_the_log_says_what_went_wrong_with_the_bank(
    alice: Person, bank, wire, log_lines, fault, result, trouble
):
    """An outcome that nobody can explain is no help to whoever is called."""
    payment = bank.offers("Alice", "payment")
    wire.breaks("/operation/authorize", fault)
    alice.approves(payment)
    sent = wire.sent("/operation/authorize")[-1].headers["X-Correlation-ID"]
    lines = [json.loads(line) for line in log_lines.getvalue().splitlines() if line.startswith("{")]
    [line] = [one for one in lines if one["event"] == "exchange"]
    assert line["endpoint"].endswith("/operation/authorize")
    assert (line["result"], line["error"], line["action"]) == (result, trouble, sent)


def test_an_outcome_without_doubt_needs_no_name(alice: Person, bank):
    assert not REFERENCE.search(alice.approves(bank.offers("Alice", "payment")).text)


class TestTheVisitor:
    def test_the_bank_learns_address_and_browser(self, alice: Person, bank, wire):
        alice.browser.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux) Firefox/140.0"
        payment = bank.offers("Alice", "payment")
        alice.approves(payment)
        (sent,) = wire.sent("/operation/authorize")
        assert sent.headers["X-Forwarded-For"] == "127.0.0.1"
        assert sent.headers["User-Agent"] == f"{USER_AGENT} (for Mozilla/5.0 [X11; Linux] Firefox/140.0)"
        kept = bank.operation(payment)["additionalData"]
        assert kept["ipAddress"] == "127.0.0.1"
        assert kept["userAgent"] == sent.headers["User-Agent"]

    def test_what_a_visitor_says_about_their_address_goes_nowhere(self, alice: Person, wire):
        alice.browser.headers["X-Forwarded-For"] = "203.0.113.9"
        alice.browser.headers["X-Real-IP"] = "203.0.113.9"
        alice.opens()
        for request in wire.requests:
            assert "203.0.113.9" not in request.headers.values()

    def test_pictures_are_fetched_in_nobodys_name(self, alice: Person, bank, elsewhere):
        shop = bank.offers("Alice", "shop")
        page = alice.opens_operation(shop)
        for address in re.findall(r'src="(/operations/[^"]+)"', page.html):
            alice.browser.client.get(address, base_url="https://localhost")
        for request in elsewhere.requests:
            assert not {"x-forwarded-for", "x-correlation-id"} & {name.lower() for name in request.headers}
            assert "for" not in request.headers.get("User-Agent", "")
