"""Codes that the server may not have seen are counted, and it is met before they are too many."""

from dataclasses import replace

import pytest

from tests.support.wire import answer_lost, refused
from tests.support.world import activated
from webapp.mtoken.errors import AnswerLost, NotSent
from webapp.mtoken.mobile_token import WultraMobileToken
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.state import SPARE

PIN = PowerAuthAuthentication.password("2580")
POSSESSION = PowerAuthAuthentication.possession()
NONCE = to_base64(bytes(16))


@pytest.fixture
def alice(bank, sandbox, wire, clock):
    power_auth = activated("Alice", bank, sandbox, wire, clock)
    WultraMobileToken(power_auth).operations.pending_list()
    return power_auth


@pytest.fixture
def operations(alice):
    return WultraMobileToken(alice).operations


def makes_codes(alice, count):
    for _ in range(count):
        alice.offline_signature(PIN, "/operation/authorize/offline", NONCE, b"x")


def test_every_code_counts_until_the_server_accepts_a_signature(alice, operations, bank):
    makes_codes(alice, 3)
    assert alice.state.unconfirmed == 3
    assert alice.state.codes_left == alice.state.look_ahead - SPARE - 3
    assert operations.reject(bank.offers("Alice", "consent"), "UNKNOWN").status == "OK"
    assert alice.state.unconfirmed == 0


def test_a_status_tells_exactly_how_far_ahead_we_are(alice, bank, operations):
    makes_codes(alice, 3)
    alice.fetch_activation_status()
    assert alice.state.unconfirmed == 3
    with alice.exclusive() as held:
        held.store(held.state.with_unconfirmed())
    alice.fetch_activation_status()
    assert alice.state.unconfirmed == 3


def test_codes_that_the_bank_has_seen_are_forgotten_at_the_next_visit(alice, operations, sandbox, wire):
    for _ in range(12):
        code = alice.offline_signature(PIN, "/operation/authorize/offline", NONCE, b"x")
        seen = {
            "activationId": alice.state.activation_id,
            "data": f"POST&{to_base64(b'/operation/authorize/offline')}&{NONCE}&{to_base64(b'x')}",
            "signature": code,
            "allowBiometry": False,
        }
        assert sandbox.admin("/signature/offline/verify", seen)["signatureValid"]
    operations.pending_list()
    assert alice.state.unconfirmed == 0
    assert not wire.sent("/signature/validate"), "the counters were in step"


def test_the_list_brings_the_server_along_even_at_the_last_moment(alice, operations, wire):
    makes_codes(alice, alice.state.codes_left)
    assert alice.state.codes_left == 0
    assert operations.pending_list().status == "OK"
    assert len(wire.sent("/signature/validate")) == 1
    assert alice.state.unconfirmed == 0
    assert alice.fetch_activation_status().is_in_step


def test_that_attempt_may_get_lost_once(alice, operations, wire):
    makes_codes(alice, alice.state.codes_left)
    wire.breaks("/signature/validate", refused, times=1)
    operations.pending_list()
    operations.pending_list()
    assert alice.fetch_activation_status().is_in_step


def test_a_few_codes_cost_no_question(alice, operations, wire):
    operations.pending_list()
    wire.requests.clear()
    makes_codes(alice, alice.state.look_ahead // 2)
    operations.pending_list()
    assert not wire.sent("/activation/status")


def test_a_blocked_activation_wastes_no_signature(alice, operations, bank, wire):
    makes_codes(alice, 15)
    bank.blocks(alice.state.activation_id)
    before = alice.state.counter
    for _ in range(10):
        operations.pending_list()
    assert alice.state.counter == before
    bank.unblocks(alice.state.activation_id)
    operations.pending_list()
    assert alice.fetch_activation_status().is_in_step


@pytest.mark.parametrize(("fault", "error"), [(refused, NotSent), (answer_lost, AnswerLost)])
def test_a_lost_request_may_be_one_that_the_server_never_sees(alice, operations, bank, wire, fault, error):
    wire.breaks("/operation/cancel", fault)
    with pytest.raises(error):
        operations.reject(bank.offers("Alice", "consent"), "UNKNOWN")
    assert alice.state.unconfirmed == 1


def test_nobody_loses_the_server_by_asking_too_often(alice, operations, wire):
    wire.breaks("", refused)
    for _ in range(60):
        with pytest.raises(NotSent):
            operations.history(PIN)
    wire.is_mended()
    assert operations.history(PIN).status == "OK"
    assert alice.state.unconfirmed == 0


def test_how_far_the_server_looks_ahead_is_its_own_choice(alice):
    with alice.exclusive() as held:
        held.store(replace(held.state, look_ahead=5))
    makes_codes(alice, 3)
    assert alice.state.codes_left == 0
    assert alice.state.is_far_ahead
    alice.fetch_activation_status()
    assert alice.state.look_ahead == 20
