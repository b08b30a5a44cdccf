"""The PIN: checked by the server alone, and changed only after it has said that the old one is right."""

import pytest

from tests.mtoken.token_world import PIN, WRONG_PIN
from tests.support.wire import answer_lost, error, html_page, refused, silence
from webapp.errors import AssentError
from webapp.mtoken.errors import AnswerLost, NotSent, RefusedByServer
from webapp.mtoken.keeper import MemoryKeeper
from webapp.mtoken.power_auth import PowerAuth
from webapp.powerauth.errors import FactorMissing
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.password import Password
from webapp.powerauth.status import ActivationStatus

NEW_PIN = "8642"
VALIDATE = "/signature/validate"


def is_right(alice, pin):
    try:
        alice.validate_password(pin)
    except RefusedByServer:
        return False
    return True


def test_the_server_says_whether_a_pin_is_right(alice):
    alice.validate_password(PIN)
    with pytest.raises(RefusedByServer):
        alice.validate_password(WRONG_PIN)
    assert alice.fetch_activation_status().remaining_attempts == 4
    alice.validate_password(PIN)
    report = alice.fetch_activation_status()
    assert (report.remaining_attempts, report.is_in_step) == (5, True)


def test_another_pin_takes_the_place_of_the_old_one(alice):
    before = alice.state
    alice.change_password(PIN, NEW_PIN)
    assert alice.state.knowledge.salt != before.knowledge.salt
    assert is_right(alice, NEW_PIN)
    assert not is_right(alice, PIN)
    assert is_right(alice, NEW_PIN)
    assert alice.fetch_activation_status().is_in_step


def test_every_version_changes_the_pin(any_version):
    any_version.alice.change_password(PIN, NEW_PIN)
    assert is_right(any_version.alice, NEW_PIN)


def test_a_password_of_any_letters(alice):
    alice.change_password(PIN, "\u010derven\u00fd traktor \U0001f69c")
    alice.change_password(Password("\u010derven\u00fd traktor \U0001f69c"), NEW_PIN)
    assert is_right(alice, NEW_PIN)


def test_a_wrong_old_pin_costs_an_attempt_and_changes_nothing(alice):
    before = alice.state.knowledge
    with pytest.raises(RefusedByServer):
        alice.change_password(WRONG_PIN, NEW_PIN)
    assert alice.state.knowledge == before
    assert alice.fetch_activation_status().remaining_attempts == 4
    assert is_right(alice, PIN)


@pytest.mark.parametrize(
    ("fault", "caught"),
    [
        (refused, NotSent),
        (silence, AnswerLost),
        (answer_lost, AnswerLost),
        (html_page, AnswerLost),
        (error(503, "ERROR_GENERIC"), RefusedByServer),
    ],
    ids=["refused", "silence", "answer lost", "proxy", "overloaded"],
)
def test_whatever_happens_to_the_check_the_old_pin_stays(world, alice, fault, caught):
    before = alice.state.knowledge
    world.wire.breaks(VALIDATE, fault, times=1)
    with pytest.raises(caught):
        alice.change_password(PIN, NEW_PIN)
    assert alice.state.knowledge == before
    assert is_right(alice, PIN)
    assert alice.fetch_activation_status().is_in_step


def test_five_wrong_old_pins_block_and_then_the_right_one_changes_nothing_either(alice):
    before = alice.state.knowledge
    for _ in range(5):
        with pytest.raises(RefusedByServer):
            alice.change_password(WRONG_PIN, NEW_PIN)
    assert alice.fetch_activation_status().status is ActivationStatus.BLOCKED
    with pytest.raises(RefusedByServer):
        alice.change_password(PIN, NEW_PIN)
    assert alice.state.knowledge == before


@pytest.mark.parametrize("new", ["", "123", Password("12")], ids=["empty", "short", "short, wipeable"])
def test_a_new_pin_that_protects_nothing_is_refused_before_anything_is_sent(world, alice, new):
    before, sent = alice.state, len(world.wire.requests)
    with pytest.raises(ValueError, match="four bytes"):
        alice.change_password(PIN, new)
    assert (alice.state, len(world.wire.requests)) == (before, sent)


@pytest.mark.parametrize("nothing", ["", b"", Password()], ids=["text", "bytes", "wipeable"])
def test_an_empty_pin_costs_no_attempt(world, alice, nothing):
    before = alice.state
    for attempt in (
        lambda: alice.validate_password(nothing),
        lambda: alice.change_password(nothing, NEW_PIN),
        lambda: alice.remove_activation(PowerAuthAuthentication.password(nothing)),
    ):
        with pytest.raises(FactorMissing):
            attempt()
    assert alice.state == before
    assert not world.wire.sent(VALIDATE)


def test_a_password_that_was_wiped_meanwhile_costs_no_attempt(alice):
    password = Password(PIN)
    authentication = PowerAuthAuthentication.password(password)
    password.wipe()
    with pytest.raises(FactorMissing):
        alice.request_signature(authentication, "POST", "/x", b"")
    assert alice.fetch_activation_status().remaining_attempts == 5


def test_a_disk_that_is_full_at_the_wrong_moment_leaves_the_old_pin(world, alice):
    class DiskFull(AssentError):
        message_key = "test.disk_full"

    class Keeper(MemoryKeeper):
        def store(self, state):
            if state.knowledge != alice.state.knowledge:
                raise DiskFull
            super().store(state)

    copy = PowerAuth(alice.configuration, world.wire, Keeper(alice.state), clock=world.clock)
    with pytest.raises(DiskFull):
        copy.change_password(PIN, NEW_PIN)
    assert is_right(copy, PIN)


def test_a_far_ahead_counter_is_met_before_the_pin_is_sent(world, alice):
    for _ in range(12):
        alice.offline_signature(PowerAuthAuthentication.possession(), "/x", "AAAA", b"")
    alice.change_password(PIN, NEW_PIN)
    assert world.paths[-4:] == [
        "/pa/v3/activation/status",
        "/pa/v3/signature/validate",
        "/pa/v3/signature/validate",
        "/pa/v3/activation/status",
    ]
    assert alice.fetch_activation_status().is_in_step


def test_a_server_that_cannot_be_met_gets_no_pin(world, alice):
    for _ in range(12):
        alice.offline_signature(PowerAuthAuthentication.possession(), "/x", "AAAA", b"")
    before = alice.state
    world.wire.breaks("/activation/status", silence)
    with pytest.raises(NotSent):
        alice.change_password(PIN, NEW_PIN)
    assert alice.state == before
    assert not world.wire.sent(VALIDATE)


def test_the_unsafe_way_asks_nobody(world, alice):
    sent = len(world.wire.requests)
    alice.unsafe_change_password(PIN, NEW_PIN)
    assert len(world.wire.requests) == sent
    assert is_right(alice, NEW_PIN)


def test_the_unsafe_way_with_a_wrong_old_pin_leaves_no_pin_that_fits(alice):
    alice.unsafe_change_password(WRONG_PIN, NEW_PIN)
    assert not any(is_right(alice, pin) for pin in (PIN, WRONG_PIN, NEW_PIN))


def test_no_pin_travels_or_rests(world, alice):
    alice.change_password("2580", "PIN-CANARY")
    alice.validate_password("PIN-CANARY")
    assert b"PIN-CANARY" not in alice.state.to_bytes()
    assert all(b"PIN-CANARY" not in request.body for request in world.wire.requests)
