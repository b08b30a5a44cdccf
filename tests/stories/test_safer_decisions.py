"""What stands between a hurried person and an approval that they would regret."""

import hashlib
import hmac
import json
from decimal import Decimal

import pytest

from tests.support.people import Person
from tests.support.site import make_settings
from tests.support.wire import Wire, answer_lost, refused
from webapp.app import create_app
from webapp.flows.alarm import SIGNATURE_HEADER, Alarm
from webapp.flows.policy import Policy, RetypeRule
from webapp.mtoken.transport import Headers, HttpResponse

CALL = "Is somebody on the phone asking you to approve this?"
SECRET = "a secret of the operator, known to both"


@pytest.fixture
def person_at(tmp_path, sandbox, bank, wire, clock, browser_of):
    """Alice at a site with other settings: `person_at(policy=…)`."""

    def make(alarm: Alarm | None = None, **changes) -> Person:
        settings = make_settings(tmp_path, sandbox.sdk_configuration(), **changes)
        site = create_app(settings, transport=wire, clock=clock, alarm=alarm)
        return Person("Alice", bank, browser_of(site)).is_enrolled()

    return make


def reasons(wire) -> list[str]:
    return [json.loads(one.body)["requestObject"]["reason"] for one in wire.sent("/operation/cancel")]


def on_call(operation):
    operation["ui"] = {"blockApprovalOnCall": True}


class TestCalls:
    def test_without_an_answer_nothing_is_approved(self, alice: Person, bank, wire):
        payment = bank.offers("Alice", "payment")
        wire.tells_otherwise(on_call)
        page = alice.opens_operation(payment)
        assert CALL in page.text
        page = page.submits("Approve", pin=alice.pin)
        assert page.status == 422
        assert "Answer this question first" in page.text
        assert not wire.sent("/operation/authorize")

    def test_whoever_is_told_what_to_do_cannot_approve(self, alice: Person, bank, wire):
        payment = bank.offers("Alice", "payment")
        wire.tells_otherwise(on_call)
        page = alice.opens_operation(payment).submits("Approve", pin=alice.pin, on_call="yes")
        assert page.status == 422
        assert "Hang up" in page.text
        assert bank.status(payment) == "PENDING"

    def test_a_made_up_answer_is_none(self, alice: Person, bank, wire):
        payment = bank.offers("Alice", "payment")
        wire.tells_otherwise(on_call)
        page = alice.opens_operation(payment).submits("Approve", pin=alice.pin, on_call="maybe")
        assert page.status == 422

    def test_nobody_is_on_the_phone(self, alice: Person, bank, wire):
        payment = bank.offers("Alice", "payment")
        wire.tells_otherwise(on_call)
        page = alice.opens_operation(payment).submits("Approve", pin=alice.pin, on_call="no")
        assert page.heading == "Approved"

    def test_every_problem_of_a_form_is_named_at_once_and_no_attempt_is_spent(self, alice, bank, wire):
        page = alice.reads_screens(bank.offers("Alice", "payment_warning"))
        page = page.submits("Approve", pin="12", retyped="1", on_call="yes")
        assert page.status == 422
        for words in ("Hang up", "not what stands above", "4 to 32 digits"):
            assert words in page.text
        assert alice.failed_attempts == 0
        assert not wire.sent("/operation/authorize")


class TestRetyping:
    def test_the_account_is_retyped(self, person_at, bank):
        alice = person_at(policy=Policy(retype=RetypeRule.ALWAYS))
        payment = bank.offers("Alice", "payment")
        page = alice.opens_operation(payment)
        assert "The last four characters of the account" in page.text
        page = page.submits("Approve", pin=alice.pin, retyped="3001")
        assert page.status == 422
        assert bank.status(payment) == "PENDING"
        assert page.submits("Approve", pin=alice.pin, retyped="3000").heading == "Approved"

    def test_nothing_is_retyped_where_the_operator_does_not_want_it(self, person_at, bank):
        alice = person_at(policy=Policy(retype=RetypeRule.OFF, limits={"EUR": Decimal(1)}))
        assert "retyped" not in alice.opens_operation(bank.offers("Alice", "payment")).fields

    @pytest.mark.parametrize(("limit", "asked"), [("2450.49", True), ("2450.50", False)])
    def test_an_amount_over_the_limit_is_flagged(self, person_at, bank, limit, asked):
        alice = person_at(policy=Policy(limits={"EUR": Decimal(limit)}))
        page = alice.opens_operation(bank.offers("Alice", "payment"))
        assert ("retyped" in page.fields) == asked

    def test_a_usual_payment_is_not_flagged(self, alice: Person, bank):
        assert "retyped" not in alice.opens_operation(bank.offers("Alice", "payment")).fields


class TestNotAskedFor:
    def test_one_press_rejects_and_says_whom_to_call(self, person_at, bank, wire):
        alice = person_at(support_phone="+420 800 123 456")
        payment = bank.offers("Alice", "payment")
        page = alice.opens_operation(payment).submits("I did not ask for this")
        assert page.heading == "Rejected"
        assert "+420 800 123 456" in page.text
        assert 'href="tel:+420800123456"' in page.html
        assert bank.status(payment) == "REJECTED"
        assert reasons(wire) == ["UNEXPECTED_OPERATION"]

    def test_it_is_there_before_the_warning_is_read(self, alice: Person, bank):
        large = bank.offers("Alice", "payment_warning")
        assert alice.opens_operation(large).submits("I did not ask for this").heading == "Rejected"

    def test_without_a_number_the_page_says_where_to_find_one(self, alice: Person, bank):
        page = alice.opens_operation(bank.offers("Alice", "payment")).submits("I did not ask for this")
        assert "the number on your card" in page.text

    def test_the_operator_is_told(self, person_at, bank):
        service = Listening()
        alice = person_at(alarm=Alarm("https://alarm.example/", SECRET, service, run=lambda work: work()))
        payment = bank.offers("Alice", "payment", payee="Charlie")
        alice.opens_operation(payment).submits("I did not ask for this")
        (request,) = service.requests
        told = json.loads(request.body)
        assert told["operationId"] == payment
        assert told["activationId"] == alice.activation_id
        assert told["outcome"] == "rejected"
        expected = hmac.new(SECRET.encode(), request.body, hashlib.sha256).hexdigest()
        assert request.headers[SIGNATURE_HEADER] == f"sha256={expected}"
        assert b"Charlie" not in request.body

    def test_the_operator_is_told_once(self, person_at, bank):
        service = Listening()
        alice = person_at(alarm=Alarm("https://alarm.example/", SECRET, service, run=lambda work: work()))
        form = alice.opens_operation(bank.offers("Alice", "payment")).fills("I did not ask for this")
        form.is_sent()
        form.is_sent()
        assert len(service.requests) == 1

    @pytest.mark.parametrize("fault", [refused, answer_lost])
    def test_a_deaf_operator_changes_nothing(self, person_at, bank, fault):
        service = Wire(Listening())
        service.breaks("/", fault)
        alice = person_at(alarm=Alarm("https://alarm.example/", SECRET, service, run=lambda work: work()))
        payment = bank.offers("Alice", "payment")
        page = alice.opens_operation(payment).submits("I did not ask for this")
        assert page.heading == "Rejected"
        assert bank.status(payment) == "REJECTED"

    @pytest.mark.parametrize("fault", [ValueError("a name that is none"), RuntimeError("no thread is left")])
    def test_nothing_that_goes_wrong_with_telling_changes_anything(self, person_at, bank, fault):
        def fails(*_):
            raise fault

        service = Wire(Listening())
        service.breaks("/", fails)
        for run in (fails, lambda work: work()):
            alice = person_at(alarm=Alarm("https://alarm.example/", SECRET, service, run=run))
            page = alice.opens_operation(bank.offers("Alice", "payment")).submits("I did not ask for this")
            assert page.heading == "Rejected"

    def test_another_reason_alarms_nobody(self, person_at, bank):
        service = Listening()
        alice = person_at(alarm=Alarm("https://alarm.example/", SECRET, service, run=lambda work: work()))
        alice.rejects(bank.offers("Alice", "payment"), "INCORRECT_DATA")
        assert not service.requests


class TestManyAtOnce:
    def test_many_similar_requests_are_pointed_out(self, alice: Person, bank):
        logins = [bank.offers("Alice", "login") for _ in range(3)]
        assert "3 similar requests within minutes" in alice.opens_operation(logins[0]).text
        assert "similar requests" in alice.opens().text

    def test_two_are_not_many_and_payments_are_no_logins(self, alice: Person, bank):
        for template in ("login", "login", "payment"):
            operation = bank.offers("Alice", template)
        assert "similar requests" not in alice.opens_operation(operation).text
        assert "similar requests" not in alice.opens().text


class TestReasons:
    def test_a_reason_nobody_knows_does_not_stand_in_the_way(self, alice: Person, bank, wire):
        payment = bank.offers("Alice", "payment")
        page = alice.rejects(payment, "BECAUSE")
        assert page.heading == "Rejected"
        assert reasons(wire) == ["UNKNOWN"]


class Listening:
    """The operator's service."""

    def __init__(self) -> None:
        self.requests = []

    def send(self, request):
        self.requests.append(request)
        return HttpResponse(204, Headers())
