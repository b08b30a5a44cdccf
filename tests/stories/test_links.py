"""Alice comes by a link from her bank's page, with the proximity code in it. The bank's clock is not ours."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.browser import ORIGIN, Page
from tests.support.clock import ManualClock
from tests.support.people import Person
from tests.support.wire import Wire, answer_lost
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend
from webapp.sandbox.qr import proximity_link, proximity_token, proximity_token_link

COOKIE = "__Host-pac"
HALF = "__Host-key"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
FORMS = {
    "link": proximity_link,
    "link with a token": lambda oid, code: proximity_token_link(proximity_token(oid, code)),
    "token alone": proximity_token,
}


@pytest.fixture
def minutes_ahead() -> int:
    """How far the bank's clock is ahead of this machine's; which of the two is right does not matter."""
    return 10


@pytest.fixture
def bank_clock(clock: ManualClock, minutes_ahead: int) -> ManualClock:
    return ManualClock(clock.now_ms() + minutes_ahead * 60_000)


@pytest.fixture
def sandbox(tmp_path, bank_clock: ManualClock):
    with Backend(tmp_path / "sandbox.sqlite", clock=bank_clock, random=system_random) as backend:
        yield backend


@pytest.fixture
def passes(clock: ManualClock, bank_clock: ManualClock):
    """Time passes for everybody: `passes(30)` seconds."""

    def passes(seconds: float) -> None:
        clock.advance(seconds)
        bank_clock.advance(seconds)

    return passes


@pytest.fixture
def nearby(bank) -> str:
    """A sign-in that Alice began at a screen of her bank."""
    return bank.offers("Alice", "login_nearby")


def code_of(bank, operation_id: str) -> str:
    """What the bank's screen shows now."""
    return str(bank.operation(operation_id)["proximityOtp"])


def opens_link(person: Person, bank, operation_id: str, form: str = "link") -> Page:
    """Press the link on the bank's page."""
    return person.browser.opens("/deeplink", url=FORMS[form](operation_id, code_of(bank, operation_id)))


def checks(wire: Wire) -> list[dict[str, str] | None]:
    """The proximity checks that left for the bank; None for an approval without one."""
    return [
        json.loads(request.body)["requestObject"].get("proximityCheck")
        for request in wire.sent("/operation/authorize")
    ]


def moment(clock: ManualClock) -> str:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=clock.now_ms())
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{clock.now_ms() % 1000:03}Z"


@pytest.mark.parametrize("form", FORMS)
def test_a_link_brings_the_code_along_and_the_pin_is_enough(
    alice: Person, bank, wire, nearby, passes, bank_clock, form
):
    page = opens_link(alice, bank, nearby, form)
    code, received = code_of(bank, nearby), moment(bank_clock)
    assert page.url == f"/operations/{nearby}", "the address is clean"
    assert page.value("code") is None, "nothing is left to type"
    assert "The code is there" in page.text
    passes(12.345)
    page = page.submits("Approve", pin=alice.pin)
    assert page.heading == "Approved"
    assert bank.status(nearby) == "APPROVED"
    assert checks(wire) == [
        {
            "otp": code,
            "type": "DEEPLINK",
            "timestampReceived": received,
            "timestampSent": moment(bank_clock),
        }
    ]
    assert MOMENT.fullmatch(received)
    assert alice.browser.cookie(COOKIE) is None


@pytest.mark.parametrize("minutes_ahead", [-10, 0])
def test_it_does_not_matter_whose_clock_is_wrong(alice: Person, bank, wire, nearby, passes, bank_clock):
    page = opens_link(alice, bank, nearby)
    received = moment(bank_clock)
    passes(20)
    assert page.submits("Approve", pin=alice.pin).heading == "Approved"
    (check,) = checks(wire)
    assert (check["timestampReceived"], check["timestampSent"]) == (received, moment(bank_clock))


def test_a_link_that_was_opened_too_long_ago_asks_for_the_code_that_is_shown_now(
    alice: Person, bank, wire, nearby, passes, bank_clock
):
    opens_link(alice, bank, nearby)
    passes(61)
    page = alice.opens_operation(nearby)
    assert page.value("code") == ""
    assert "The code is there" not in page.text
    page = page.submits("Approve", pin=alice.pin)
    assert page.status == 422
    assert "too old" in page.text
    assert not wire.sent("/operation/authorize")
    code, now = code_of(bank, nearby), moment(bank_clock)
    assert page.submits("Approve", pin=alice.pin, code=code).heading == "Approved"
    assert checks(wire) == [{"otp": code, "type": "QR_CODE", "timestampReceived": now, "timestampSent": now}]


def test_a_code_that_grows_old_while_the_pin_is_typed_is_not_sent(alice: Person, bank, wire, nearby, passes):
    filled = opens_link(alice, bank, nearby).fills("Approve", pin=alice.pin)
    passes(61)
    page = filled.is_sent()
    assert page.status == 422
    assert page.value("code") == ""
    assert not wire.sent("/operation/authorize")
    assert page.submits("Approve", pin=alice.pin, code=code_of(bank, nearby)).heading == "Approved"


TYPED = {
    "digits": lambda oid, code: code,
    "digits in groups": lambda oid, code: f" {code[:4]} {code[4:]} ",
    "Arabic digits": lambda oid, code: code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    **FORMS,
}


@pytest.mark.parametrize("form", TYPED)
def test_whoever_comes_without_a_link_types_or_pastes_the_code(alice: Person, bank, wire, nearby, form):
    code = code_of(bank, nearby)
    page = alice.opens_operation(nearby)
    page = page.submits("Approve", pin=alice.pin, code=TYPED[form](nearby, code))
    assert page.heading == "Approved"
    (check,) = checks(wire)
    assert (check["otp"], check["type"]) == (code, "QR_CODE")


@pytest.mark.parametrize("form", FORMS)
def test_a_code_of_another_operation_is_refused_here_and_costs_nothing(
    alice: Person, bank, wire, nearby, form
):
    other = bank.offers("Bob", "login_nearby")
    page = alice.opens_operation(nearby)
    seen = len(wire.requests)
    page = page.submits("Approve", pin=alice.pin, code=FORMS[form](other, code_of(bank, other)))
    assert page.status == 422
    assert "another operation" in page.text
    assert not wire.sent("/operation/authorize")
    assert all(other.encode() not in request.body for request in wire.requests[seen:]), "nobody asked for it"
    assert bank.operation(nearby)["failureCount"] == 0
    assert page.submits("Approve", pin=alice.pin, code=code_of(bank, nearby)).heading == "Approved"


@pytest.mark.parametrize("typed", ["hello", "123", "https://shop.example/", "e30.e30"])
def test_what_is_no_code_at_all_is_refused_here_and_costs_nothing(alice: Person, bank, wire, nearby, typed):
    page = alice.opens_operation(nearby).submits("Approve", pin=alice.pin, code=typed)
    assert page.status == 422
    assert not wire.sent("/operation/authorize")
    assert bank.operation(nearby)["failureCount"] == 0


def test_no_code_at_all_is_asked_for(alice: Person, wire, nearby):
    page = alice.approves(nearby)
    assert page.status == 422
    assert "Enter the code" in page.text
    assert not wire.sent("/operation/authorize")


def test_a_wrong_code_is_not_blamed_on_the_pin(alice: Person, bank, nearby):
    code = code_of(bank, nearby)
    wrong = f"{(int(code) + 1) % 10**8:08}"
    page = alice.opens_operation(nearby).submits("Approve", pin=alice.pin, code=wrong)
    assert page.status == 409
    assert bank.operation(nearby)["failureCount"] == 1
    assert alice.failed_attempts == 0
    assert wrong not in page.html
    assert bank.status(nearby) == "PENDING"
    page = alice.opens_operation(nearby).submits("Approve", pin=alice.pin, code=code)
    assert page.heading == "Approved"


def test_a_link_whose_code_the_bank_no_longer_takes_is_used_once(alice: Person, bank, wire, nearby, passes):
    link = proximity_link(nearby, code_of(bank, nearby))
    passes(90)
    page = alice.browser.opens("/deeplink", url=link).submits("Approve", pin=alice.pin)
    assert page.status == 409
    assert alice.browser.cookie(COOKIE) is None
    page = alice.opens_operation(nearby)
    assert page.submits("Approve", pin=alice.pin, code=code_of(bank, nearby)).heading == "Approved"
    assert [check["type"] for check in checks(wire)] == ["DEEPLINK", "QR_CODE"]


def test_a_wrong_pin_keeps_the_code(alice: Person, bank, wire, nearby):
    page = opens_link(alice, bank, nearby).submits("Approve", pin=alice.wrong_pin)
    assert page.status == 422
    assert alice.failed_attempts == 1
    assert "The code is there" in page.text
    assert page.submits("Approve", pin=alice.pin).heading == "Approved"
    assert [check["type"] for check in checks(wire)] == ["DEEPLINK", "DEEPLINK"]


def test_a_pin_that_cannot_be_right_keeps_the_code_too(alice: Person, bank, nearby):
    page = opens_link(alice, bank, nearby).submits("Approve", pin="12")
    assert page.status == 422
    assert page.submits("Approve", pin=alice.pin).heading == "Approved"


def test_when_the_answer_is_lost_the_code_is_gone(alice: Person, bank, wire, nearby):
    page = opens_link(alice, bank, nearby)
    wire.breaks("/operation/authorize", answer_lost)
    page.submits("Approve", pin=alice.pin)
    assert alice.browser.cookie(COOKIE) is None


def test_a_rejection_takes_the_code_away(alice: Person, bank, nearby):
    opens_link(alice, bank, nearby)
    assert alice.rejects(nearby).heading == "Rejected"
    assert alice.browser.cookie(COOKIE) is None


def test_the_later_of_two_links_counts(alice: Person, bank, nearby):
    other = bank.offers("Alice", "login_nearby")
    opens_link(alice, bank, nearby)
    assert "The code is there" in opens_link(alice, bank, other).text
    assert alice.opens_operation(nearby).value("code") == ""


def test_a_link_that_only_names_the_operation_asks_for_the_code(alice: Person, bank, nearby):
    opens_link(alice, bank, nearby)
    page = alice.browser.opens("/operation", oid=nearby)
    assert page.url == f"/operations/{nearby}"
    assert page.value("code") == ""


def test_a_link_that_is_opened_again_afterwards_says_how_it_ended(alice: Person, bank, nearby):
    link = proximity_link(nearby, code_of(bank, nearby))
    alice.browser.opens("/deeplink", url=link).submits("Approve", pin=alice.pin)
    page = alice.browser.opens("/deeplink", url=link)
    assert page.status == 200
    assert page.heading == "Approved"


def test_opening_a_link_asks_nobody_and_takes_nothing(alice: Person, bank, wire, nearby):
    before = len(wire.requests)
    response = alice.browser.client.get(
        "/operation", query_string={"oid": nearby, "potp": code_of(bank, nearby)}, base_url=ORIGIN
    )
    assert response.status_code == 303
    assert len(wire.requests) == before


def test_a_first_visit_from_another_site_keeps_the_code(alice: Person, bank, nearby):
    browser, half = alice.browser, alice.browser.cookie(HALF)
    browser.client.delete_cookie(HALF)
    browser.headers["Sec-Fetch-Site"] = "cross-site"
    page = opens_link(alice, bank, nearby)
    assert page.heading == "One moment"
    assert page.refreshes_to == f"/operations/{nearby}"
    assert code_of(bank, nearby) not in page.html
    browser.client.set_cookie(HALF, half)
    browser.headers["Sec-Fetch-Site"] = "same-origin"
    page = browser.opens(page.refreshes_to)
    assert "The code is there" in page.text
    assert page.submits("Approve", pin=alice.pin).heading == "Approved"


def test_a_first_visit_with_a_browser_that_does_not_say_where_it_comes_from(alice: Person, bank, nearby):
    browser, half = alice.browser, alice.browser.cookie(HALF)
    browser.client.delete_cookie(HALF)
    page = opens_link(alice, bank, nearby)
    assert page.refreshes_to.startswith(f"/operations/{nearby}")
    assert code_of(bank, nearby) not in page.html
    browser.client.set_cookie(HALF, half)
    page = browser.opens(page.refreshes_to)
    assert page.submits("Approve", pin=alice.pin).heading == "Approved"


def test_a_link_before_enrolment_leads_to_its_operation_afterwards(newcomer: Person, bank, wire, nearby):
    page = opens_link(newcomer, bank, nearby)
    assert page.status == 403
    assert code_of(bank, nearby) not in page.html
    page = page.follows("Enrol")
    assert "Your link is kept" in page.text
    offer = bank.gives_code("Alice")
    page = page.submits("Enrol", code=offer.code, name="x", pin=newcomer.pin, pin_again=newcomer.pin)
    assert page.path == "/activation"
    assert "the operation of the link that you opened" in page.text
    bank.commits(offer.activation_id)
    page = newcomer.opens("/activation")
    assert page.url == f"/operations/{nearby}"
    assert page.submits("Approve", pin=newcomer.pin).heading == "Approved"
    assert [check["type"] for check in checks(wire)] == ["DEEPLINK"]


def test_after_a_long_enrolment_the_operation_opens_and_asks_for_the_code(
    newcomer: Person, bank, nearby, passes
):
    opens_link(newcomer, bank, nearby)
    passes(120)
    newcomer.is_enrolled()
    page = newcomer.opens("/activation")
    assert page.url == f"/operations/{nearby}"
    assert page.submits("Approve", pin=newcomer.pin, code=code_of(bank, nearby)).heading == "Approved"


def test_the_list_stays_in_reach_while_a_link_is_kept(newcomer: Person, bank, nearby):
    opens_link(newcomer, bank, nearby)
    newcomer.is_enrolled()
    assert newcomer.opens("/").path == "/operations"
    assert newcomer.opens("/operations").path == "/operations"
    assert newcomer.opens("/activation").url == f"/operations/{nearby}"
    assert newcomer.opens_operation(nearby).follows("Waiting operations").path == "/operations"


def test_a_link_that_was_meant_for_somebody_else_does_not_stand_in_the_way(bank, browse, nearby):
    bob = Person("Bob", bank, browse())
    opens_link(bob, bank, nearby)
    bob.is_enrolled()
    page = bob.opens("/activation")
    assert page.path == f"/operations/{nearby}"
    assert "Sign in at the branch" not in page.text
    assert page.follows("Waiting operations").path == "/operations"


def test_a_newcomer_without_a_link_reads_nothing_about_one(newcomer: Person, bank):
    assert "link" not in newcomer.opens("/activation/new").text
    newcomer.is_enrolled()
    assert newcomer.opens("/activation").path == "/operations"


def test_a_link_to_a_blocked_browser_waits_for_the_bank(alice: Person, bank, nearby):
    bank.blocks(alice.activation_id)
    page = opens_link(alice, bank, nearby)
    assert page.path == "/activation"
    assert page.status == 403
    bank.unblocks(alice.activation_id)
    assert page.follows("Try again").url == f"/operations/{nearby}"


def test_a_link_to_a_removed_browser_survives_its_new_enrolment(alice: Person, bank, nearby):
    bank.removes(alice.activation_id)
    page = opens_link(alice, bank, nearby)
    assert page.status == 410
    assert page.follows("Enrol this browser").path == "/activation/new"
    alice.is_enrolled()
    assert alice.opens("/activation").url == f"/operations/{nearby}"


def test_a_link_to_an_operation_of_somebody_else_shows_nothing_of_it(alice: Person, bank):
    others = bank.offers("Bob", "login_nearby")
    page = opens_link(alice, bank, others)
    assert page.status == 403
    assert "Sign in at the branch" not in page.text
    assert bank.status(others) == "PENDING"


def test_a_link_to_an_operation_that_nobody_knows(alice: Person):
    page = alice.browser.opens("/operation", oid="no-such-operation", potp="12345678")
    assert page.status == 403
    assert "12345678" not in page.html


def test_a_link_to_an_operation_of_nobody_claims_nothing(alice: Person, bank):
    kiosk = bank.offers(None, "login_kiosk")
    page = alice.browser.opens("/deeplink", url=proximity_link(kiosk, None))
    assert page.url == f"/operations/{kiosk}"
    assert page.status == 200
    assert "userId" not in bank.operation(kiosk)


def test_the_code_stays_out_of_logs_addresses_pages_and_cookies(
    newcomer: Person, bank, wire, nearby, log_lines
):
    code = code_of(bank, nearby)
    browser = newcomer.browser
    arrival = browser.client.get(
        "/deeplink", query_string={"url": proximity_token(nearby, code)}, base_url=ORIGIN
    )
    opens_link(newcomer, bank, nearby)
    opens_link(newcomer, bank, nearby, "token alone")
    cookie = browser.cookie(COOKIE)
    newcomer.is_enrolled()
    opens_link(newcomer, bank, nearby, "link with a token")
    page = newcomer.opens("/activation").submits("Approve", pin=newcomer.wrong_pin)
    page = page.submits("Approve", pin=newcomer.pin)
    assert page.heading == "Approved"
    for broken in ({"oid": nearby, "potp": f"{code}\n"}, {"oid": "", "potp": code}, {"potp": code}):
        assert browser.opens("/operation", **broken).status == 422
    browser.opens("/operation", oid="no-such-operation", potp=code)

    (check, _again) = checks(wire)
    assert check["otp"] == code, "the code of the story is the one that was used"
    logged = log_lines.getvalue()
    assert '"route": "/deeplink"' in logged
    assert code not in logged
    assert cookie not in logged
    assert code not in arrival.text
    assert code not in str(arrival.headers)
    assert not any(code in shown.html for shown in browser.pages)
    assert not any(code in shown.url for shown in browser.pages if shown.path != "/operation")
    assert not any(code in request.url for request in wire.requests)
    assert code not in repr(wire.requests)
