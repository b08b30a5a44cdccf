"""The bank's servers are down, slow, or talk nonsense. Nobody sees a traceback, and nothing is claimed."""

from dataclasses import replace

import pytest

from tests.support.people import Person
from tests.support.wire import answer_lost, error, html_page, html_page_with_200, refused, silence
from webapp.mtoken.transport import Headers, HttpResponse

LIST = "/operation/list"
DETAIL = "/operation/detail"
AUTHORIZE = "/operation/authorize"
STATUS = "/activation/status"
NO_ANSWERS = [refused, silence, html_page, html_page_with_200]


@pytest.mark.parametrize("fault", NO_ANSWERS)
@pytest.mark.parametrize("path", ["/operations", "/activation"])
def test_a_page_that_cannot_be_had_says_so(alice: Person, wire, fault, path):
    wire.breaks("", fault)
    page = alice.opens(path)
    assert page.status in {503, 504}
    assert page.links or page.buttons, "there is a way on"
    wire.is_mended()
    assert alice.opens("/operations").status == 200


@pytest.mark.parametrize(
    "fault", [error(500, "ERROR_GENERIC"), error(429, "TOO_MANY_REQUESTS"), error(409, "X")]
)
def test_a_server_in_trouble(alice: Person, bank, wire, fault):
    payment = bank.offers("Alice", "payment")
    wire.breaks(LIST, fault)
    wire.breaks(DETAIL, fault)
    assert alice.opens("/operations").status == 503
    assert alice.opens_operation(payment).status == 503


@pytest.mark.parametrize("fault", NO_ANSWERS)
def test_when_the_detail_cannot_be_had_nothing_is_signed(alice: Person, bank, wire, fault):
    payment = bank.offers("Alice", "payment")
    filled = alice.opens_operation(payment).fills("Approve", pin=alice.pin)
    wire.breaks(DETAIL, fault)
    page = filled.is_sent()
    assert page.status == 503
    assert not wire.sent(AUTHORIZE)
    wire.is_mended()
    assert filled.is_sent().heading == "Approved", "the same form may try again"


def test_an_approval_that_did_not_leave_changed_nothing(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    wire.breaks(AUTHORIZE, refused)
    assert alice.approves(payment).status == 503
    wire.is_mended()
    assert alice.approves(payment).heading == "Approved"


def test_a_lost_answer_is_unknown_and_the_bank_is_asked(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    wire.breaks(AUTHORIZE, answer_lost)
    page = alice.approves(payment)
    assert page.status == 504
    assert page.heading not in {"Approved", "Rejected"}
    assert bank.status(payment) == "APPROVED"
    assert len(wire.sent(AUTHORIZE)) == 1, "a signature is never sent again"
    wire.is_mended()
    assert alice.opens_operation(payment).status == 504
    assert alice.approves(bank.offers("Alice", "payment")).heading == "Approved", "the counters still meet"


@pytest.mark.parametrize("fault", [silence, html_page, html_page_with_200, error(500, "ERROR_GENERIC")])
def test_a_request_that_got_lost_is_unknown_too_and_still_waits(alice: Person, bank, wire, fault):
    payment = bank.offers("Alice", "payment")
    wire.breaks(AUTHORIZE, fault)
    page = alice.approves(payment)
    assert page.status == 504
    assert bank.status(payment) == "PENDING"
    assert "wait" in page.text
    wire.is_mended()
    assert alice.approves(payment).heading == "Approved"
    assert alice.failed_attempts == 0


def test_when_nobody_can_be_asked_the_page_says_that(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    filled = alice.opens_operation(payment).fills("Approve", pin=alice.pin)
    wire.breaks(AUTHORIZE, answer_lost)
    wire.breaks(STATUS, refused)
    wire.breaks(DETAIL, refused)
    page = filled.is_sent()
    assert page.status == 503, "the first question failed: nothing was signed"
    wire.is_mended()
    filled = alice.opens_operation(payment).fills("Approve", pin=alice.pin)
    wire.breaks(AUTHORIZE, lambda request, transport: _and_then_dark(wire, request, transport))
    page = filled.is_sent()
    assert page.status == 504
    wire.is_mended()
    assert filled.is_sent().status == 504, "the same form is not sent again"
    assert len(wire.sent(AUTHORIZE)) == 1


def _and_then_dark(wire, request, transport):
    wire.breaks("", refused)
    return answer_lost(request, transport)


def test_a_refusal_without_a_wrong_pin_does_not_blame_the_pin(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    wire.breaks(AUTHORIZE, error(401, "POWERAUTH_AUTH_FAIL"))
    page = alice.approves(payment)
    assert page.status == 503
    assert alice.failed_attempts == 0


def test_a_right_signature_that_the_bank_refuses_is_a_check(newcomer: Person, bank):
    alice, offer = newcomer, bank.gives_code("Alice", flags=["VERIFICATION_PENDING"])
    alice.enrols(offer.code)
    alice.activation_id = offer.activation_id
    bank.commits(offer.activation_id)
    payment = bank.offers("Alice", "payment")
    assert alice.approves(payment).heading == "The bank refused the approval"
    assert bank.status(payment) == "PENDING"
    assert alice.failed_attempts == 0


def test_a_refusal_after_the_deed_is_not_believed(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")

    def done_and_refused(request, transport):
        transport.send(request)
        return error(401, "POWERAUTH_AUTH_FAIL")(request, transport)

    wire.breaks(AUTHORIZE, done_and_refused)
    page = alice.approves(payment)
    assert (page.status, page.heading) == (504, "Nobody can say yet")
    assert bank.status(payment) == "APPROVED"


def test_a_request_that_comes_twice_blames_no_pin(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")

    def twice(request, transport):
        transport.send(request)
        return transport.send(request)

    wire.breaks(AUTHORIZE, twice, times=1)
    page = alice.approves(payment)
    assert (page.status, page.heading) == (504, "Nobody can say yet")
    assert "not accepted" not in page.text
    assert bank.status(payment) == "APPROVED"


@pytest.mark.parametrize("right", [True, False])
def test_an_ok_to_something_else_approves_nothing(alice: Person, bank, wire, right):
    payment = bank.offers("Alice", "payment")
    wire.breaks(AUTHORIZE, lambda *_: HttpResponse(200, Headers(), b'{"status":"OK"}'), times=1)
    page = alice.approves(payment, alice.pin if right else alice.wrong_pin)
    assert (page.status, page.heading) == (504, "Not settled yet")
    assert alice.approves(payment).heading == "Approved"


def test_an_ok_to_something_else_rejects_nothing(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    wire.breaks("/operation/cancel", lambda *_: HttpResponse(200, Headers(), b'{"status":"OK"}'), times=1)
    assert alice.rejects(payment).heading == "Not settled yet"
    assert alice.rejects(payment).heading == "Rejected"


def test_the_end_of_something_else_is_not_believed(alice: Person, bank, wire):
    payment = bank.offers("Alice", "payment")
    wire.breaks(AUTHORIZE, error(400, "OPERATION_ALREADY_FINISHED"), times=1)
    assert alice.approves(payment).heading == "Not settled yet"
    filled = alice.opens_operation(payment).fills("Approve", pin=alice.pin)
    wire.breaks(DETAIL, error(400, "OPERATION_EXPIRED"), times=1)
    assert filled.is_sent().heading == "Approved", "said once it may be the answer to another question"


def test_an_answer_about_another_operation_is_none(alice: Person, bank, wire):
    payment, other = bank.offers("Alice", "payment"), bank.offers("Alice", "login")
    filled = alice.opens_operation(payment).fills("Approve", pin=alice.pin)

    def other_one(request, transport):
        return transport.send(replace(request, body=request.body.replace(payment.encode(), other.encode())))

    wire.breaks(DETAIL, other_one)
    page = filled.is_sent()
    assert page.status == 503
    assert "Sign in" not in page.text
    assert not wire.sent(AUTHORIZE)


def test_a_token_that_the_bank_forgot_is_made_anew_once(alice: Person, bank, wire):
    alice.opens()
    made = len(wire.sent("/token/create"))
    wire.breaks(LIST, error(401, "POWERAUTH_AUTH_FAIL"), times=1)
    assert alice.opens().status == 200
    assert len(wire.sent("/token/create")) == made + 1
    wire.breaks(LIST, error(401, "POWERAUTH_AUTH_FAIL"))
    assert alice.opens().status == 503
    assert len(wire.sent("/token/create")) == made + 2, "once, not again and again"


def test_the_token_is_made_once_for_all(alice: Person, wire):
    for _ in range(3):
        alice.opens()
    assert len(wire.sent("/token/create")) == 1


def test_a_host_whose_clock_is_wrong_asks_the_server_for_the_time(alice: Person, bank, site, wire):
    alice.opens()
    assert len(wire.sent("/pa/v3/status")) == 1


def test_nonsense_in_a_list_spoils_only_itself(alice: Person, bank, wire):
    bank.offers("Alice", "payment")

    def with_nonsense(request, transport):
        answer = transport.send(request)
        body = answer.body.replace(b'"responseObject":[', b'"responseObject":[{"id":5},null,')
        return type(answer)(answer.status, answer.headers, body)

    wire.breaks(LIST, with_nonsense)
    page = alice.opens()
    assert "Payment" in page.text
    assert "2" in page.text


@pytest.mark.parametrize("name", ["a%0Ab", "a%2525b", "%3Cb%3E", "%E2%80%AE"])
def test_a_page_to_try_again_leads_to_the_very_same_address(alice: Person, wire, name):
    wire.breaks(LIST, refused)
    page = alice.opens(f"/operations/{name}")
    assert page.status == 503
    assert f'href="/operations/{name}"' in page.html
