"""This machine's clock and the bank's are ten minutes apart, and somebody sets ours meanwhile."""

import json
import re
from datetime import datetime

import pytest

from tests.support.clock import ManualClock
from tests.support.people import Person
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend

TEN_MINUTES_S = 600
SECONDS_LEFT = re.compile(r'data-left="(\d+)"')


@pytest.fixture(params=[-TEN_MINUTES_S, TEN_MINUTES_S], ids=["bank behind", "bank ahead"])
def bank_clock(request, clock: ManualClock) -> ManualClock:
    return ManualClock(clock.now_ms() + 1000 * request.param)


@pytest.fixture
def sandbox(tmp_path, bank_clock: ManualClock):
    with Backend(tmp_path / "sandbox.sqlite", clock=bank_clock, random=system_random) as backend:
        yield backend


@pytest.fixture(params=[-TEN_MINUTES_S, TEN_MINUTES_S], ids=["set back", "set forward"])
def is_set(request, clock: ManualClock):
    """Somebody sets this machine's clock: `is_set()`."""
    return lambda: clock.jump(request.param)


def test_the_time_left_is_the_banks(alice: Person, bank, clock, bank_clock, is_set):
    payment = bank.offers("Alice", "payment")
    for one in (clock, bank_clock):
        one.advance(60)
    assert SECONDS_LEFT.findall(alice.opens_operation(payment).html) == ["240"]
    is_set()
    assert SECONDS_LEFT.findall(alice.opens_operation(payment).html) == ["240"]
    assert SECONDS_LEFT.findall(alice.opens().html) == ["240"]


def test_every_page_comes_after_the_clock_was_set(alice: Person, bank, is_set):
    payment = bank.offers("Alice", "payment")
    alice.opens()
    is_set()
    assert alice.opens().status == 200
    assert alice.opens("/history").submits("Show the history", pin=alice.pin).status == 200
    assert alice.approves(payment).heading == "Approved"


def test_a_form_that_was_open_when_the_clock_was_set_is_still_good(alice: Person, bank, wire, is_set):
    large = bank.offers("Alice", "payment_warning")
    page = alice.reads_screens(large)
    is_set()
    assert page.submits("Approve", pin=alice.pin, on_call="no", retyped="98000").heading == "Approved"
    assert len(wire.sent("/operation/authorize")) == 1


def test_a_typed_code_is_sent_with_the_banks_time(alice: Person, bank, wire, bank_clock, is_set):
    nearby = bank.offers("Alice", "login_nearby")
    alice.opens_operation(nearby)
    is_set()
    code = bank.operation(nearby)["proximityOtp"]
    assert alice.approves(nearby, code=code).heading == "Approved"
    (request,) = wire.sent("/operation/authorize")
    check = json.loads(request.body)["requestObject"]["proximityCheck"]
    for name in ("timestampReceived", "timestampSent"):
        assert datetime.fromisoformat(check[name]).timestamp() * 1000 == bank_clock.now_ms()
