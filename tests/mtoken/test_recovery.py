"""Recovery codes: shown to whom they belong, taken over from a card."""

import pytest

from tests.mtoken.token_world import PIN, WRONG_PIN
from tests.support.wire import answer_lost, refused
from webapp.mtoken.errors import AnswerLost, InvalidActivationError, NotSent, RefusedByServer
from webapp.powerauth.activation_code import parse_activation_code
from webapp.powerauth.errors import ActivationCodeError
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.state import ActivationState

BY_PIN = PowerAuthAuthentication.password(PIN)


@pytest.fixture
def bob(world):
    """Bob's activation came with a recovery code."""
    world.gives_out_recovery_codes()
    bob = world.newcomer()
    bob.given = bob.create_activation(
        parse_activation_code(world.bank.gives_code("Bob").scanned), "x"
    ).recovery
    bob.commit_activation(PIN)
    world.bank.commits(bob.state.activation_id)
    return bob


def card(world, user="Bob"):
    asked = {"applicationId": "assent-demo", "userId": user, "pukCount": 1}
    return world.sandbox.admin("/recovery/create", asked)["recoveryCode"]


def test_bob_sees_his_code_again_with_the_pin(bob):
    assert bob.has_recovery_data()
    assert bob.activation_recovery_data(BY_PIN) == bob.given
    assert bob.fetch_activation_status().is_in_step


def test_the_code_rests_under_the_vault_key(bob):
    stored = bob.state.to_bytes()
    assert bob.given.code.encode() not in stored
    assert bob.given.puk.encode() not in stored
    assert ActivationState.from_bytes(stored) == bob.state
    assert bob.given.code not in repr(bob.given)
    assert bob.given.puk not in repr(bob.given)


def test_alice_has_none_and_nobody_is_asked(world, alice):
    assert not alice.has_recovery_data()
    sent = len(world.wire.requests)
    with pytest.raises(InvalidActivationError):
        alice.activation_recovery_data(BY_PIN)
    assert len(world.wire.requests) == sent


def test_a_wrong_pin_shows_nothing_and_costs_an_attempt(bob):
    with pytest.raises(RefusedByServer):
        bob.activation_recovery_data(PowerAuthAuthentication.password(WRONG_PIN))
    assert bob.fetch_activation_status().remaining_attempts == 4


def test_a_code_from_a_card_is_taken_over(world, bob):
    code = card(world)
    assert bob.confirm_recovery_code(f"R:{code}", BY_PIN) is False
    assert bob.confirm_recovery_code(code, BY_PIN) is True
    assert bob.fetch_activation_status().is_in_step


def test_every_version_confirms(any_version):
    any_version.gives_out_recovery_codes()
    assert any_version.alice.confirm_recovery_code(card(any_version, "Alice"), BY_PIN) is False


def test_somebody_elses_card_is_refused(world, bob):
    with pytest.raises(RefusedByServer) as caught:
        bob.confirm_recovery_code(card(world, "Alice"), BY_PIN)
    assert caught.value.http_status == 401
    assert bob.fetch_activation_status().remaining_attempts == 5


def test_a_mistyped_code_is_never_sent(world, bob):
    with pytest.raises(ActivationCodeError):
        bob.confirm_recovery_code("AAAAA-AAAAA-AAAAA-AAAAQ", BY_PIN)
    assert not world.wire.sent("/recovery/confirm")


@pytest.mark.parametrize(
    ("fault", "caught", "known"), [(refused, NotSent, False), (answer_lost, AnswerLost, True)]
)
def test_after_a_lost_answer_repeating_tells_whether_it_worked(world, bob, fault, caught, known):
    code = card(world)
    world.wire.breaks("/recovery/confirm", fault, times=1)
    with pytest.raises(caught):
        bob.confirm_recovery_code(code, BY_PIN)
    assert bob.confirm_recovery_code(code, BY_PIN) is known
