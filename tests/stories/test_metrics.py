"""Numbers: what is counted, who may read them, and that no label says anything about a person."""

import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.browser import Browser
from tests.support.people import Person
from tests.support.site import make_settings
from tests.support.wire import answer_lost
from webapp.app import create_app

TOKEN = "a token of forty characters for metrics."


@pytest.fixture
def site(tmp_path, sandbox, wire, elsewhere, clock):
    settings = make_settings(tmp_path, sandbox.sdk_configuration(), metrics_token=TOKEN)
    return create_app(settings, transport=wire, public_transport=elsewhere, clock=clock)


@pytest.fixture
def text(site):
    def text() -> str:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = site.test_client().get("/metrics", headers=headers, base_url="https://localhost")
        assert answer.status_code == 200
        assert answer.content_type.startswith("text/plain")
        assert "Set-Cookie" not in answer.headers
        return str(answer.text)

    return text


@pytest.fixture
def number(text):
    def number(name: str, **labels: str) -> float:
        samples = [sample for family in text_string_to_metric_families(text()) for sample in family.samples]
        found = [one.value for one in samples if one.name == f"assent_{name}" and one.labels == labels]
        return found[0] if found else 0

    return number


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x"])
def test_without_the_token_nothing_is_told(site, header):
    headers = {} if header is None else {"Authorization": header}
    answer = site.test_client().get("/metrics", headers=headers, base_url="https://localhost")
    assert (answer.status_code, answer.data) == (401, b"")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_site_without_a_token_has_no_such_page(tmp_path, sandbox, wire, clock):
    settings = make_settings(tmp_path, sandbox.sdk_configuration())
    app = create_app(settings, transport=wire, clock=clock)
    assert app.test_client().get("/metrics", base_url="https://localhost").status_code == 404


def test_requests_are_counted_by_template(alice: Person, bank, number):
    for _ in range(3):
        alice.opens_operation(bank.offers("Alice", "payment"))
    labels = {"route": "/operations/<operation_id>", "method": "GET"}
    assert number("requests_total", **labels, status="200") == 3
    assert number("request_seconds_count", **labels) == 3


def test_strangers_make_no_labels_of_their_own(site, number, text):
    for number_of in range(5):
        site.test_client().open(
            f"/nowhere/{number_of}", method=f"BREW{number_of}", base_url="https://localhost"
        )
    assert number("requests_total", route="none", method="other", status="404") == 5
    assert "BREW" not in text()
    assert "nowhere" not in text()


def test_acts_are_counted_by_what_they_came_to(alice: Person, bank, wire, number):
    alice.approves(bank.offers("Alice", "payment"))
    alice.approves(bank.offers("Alice", "payment"), alice.wrong_pin)
    alice.rejects(bank.offers("Alice", "payment"))
    wire.breaks("/operation/authorize", answer_lost)
    alice.approves(bank.offers("Alice", "payment"))
    assert number("acts_total", act="enrol", outcome="done") == 1
    for outcome in ("approved", "credential", "unknown"):
        assert number("acts_total", act="approve", outcome=outcome) == 1
    assert number("acts_total", act="reject", outcome="rejected") == 1
    assert number("lease_wait_seconds_count") > 3
    authorize = "/api/auth/token/app/operation/authorize"
    assert number("exchanges_total", endpoint=authorize, result="answered") == 1
    assert number("exchanges_total", endpoint=authorize, result="answer_lost") == 1
    assert number("exchange_seconds_count", endpoint=authorize) == 3


def test_every_endpoint_that_a_day_needs_is_known(alice: Person, bank, text):
    alice.approves(bank.offers("Alice", "payment"))
    alice.rejects(bank.offers("Alice", "payment"))
    alice.opens_operation(bank.offers(None, "login_kiosk")).submits("Take it over")
    alice.opens("/history").submits("Show the history", pin=alice.pin)
    alice.opens("/inbox")
    alice.opens("/settings/pin").submits("Change the PIN", old=alice.pin, pin="4826", pin_again="4826")
    alice.opens("/settings/remove").submits("Remove this browser", pin="4826")
    assert 'endpoint="other"' not in text()
    assert 'endpoint="/pa/v3/activation/remove"' in text()


def test_looking_for_a_code_is_timed(alice: Person, number):
    page = alice.opens("/scan")
    token = page.value("csrf_token")
    alice.browser.client.post(
        "/scan/frame?width=40&height=40",
        data=bytes(1600),
        content_type="application/octet-stream",
        headers={"X-CSRFToken": token, "Referer": "https://localhost/scan"},
        base_url="https://localhost",
    )
    assert number("decode_seconds_count", kind="frame") == 1


def test_no_label_says_anything_about_a_person(alice: Person, bank, text, site):
    payment = bank.offers("Alice", "payment", note="canary-note")
    alice.approves(payment)
    Browser(site.test_client()).opens(f"/operations/{payment}?x=canary-query")
    told = text()
    for secret in (payment, alice.activation_id, alice.pin, "canary", "127.0.0.1", "Alice"):
        assert secret not in told
    values = set(re.findall(r'="([^"]*)"', told))
    assert not [value for value in values if re.search(r"[0-9a-f]{8}-", value)]
