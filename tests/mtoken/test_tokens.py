"""The store of tokens: asked for once, kept by name, removed here or there, renewed once."""

import pytest

from tests.mtoken.token_world import PIN, WRONG_PIN
from tests.support.wire import answer_lost, error, refused
from webapp.mtoken.errors import AnswerLost, NotSent, RefusedByServer
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.headers import TOKEN
from webapp.powerauth.received_headers import read_token
from webapp.powerauth.token import token_digest

CREATE, REMOVE = "/token/create", "/token/remove"
POSSESSION = PowerAuthAuthentication.possession()
BY_PIN = PowerAuthAuthentication.password(PIN)


def test_a_token_is_made_once_and_found_by_its_name(world, alice):
    assert not alice.has_local_token("mine")
    token = alice.request_access_token("mine", POSSESSION)
    assert alice.request_access_token("mine", POSSESSION) == token == alice.get_local_token("mine")
    assert len(world.wire.sent(CREATE)) == 1
    other = alice.request_access_token("other", BY_PIN)
    assert alice.local_tokens() == (token, other)


def test_one_name_stands_for_one_set_of_factors(world, alice):
    alice.request_access_token("mine", POSSESSION)
    with pytest.raises(ValueError, match="other factors"):
        alice.request_access_token("mine", BY_PIN)
    assert len(world.wire.sent(CREATE)) == 1


def test_a_wrong_pin_makes_no_token_and_costs_an_attempt(alice):
    with pytest.raises(RefusedByServer):
        alice.request_access_token("mine", PowerAuthAuthentication.password(WRONG_PIN))
    assert not alice.has_local_token("mine")
    assert alice.fetch_activation_status().remaining_attempts == 4


def test_after_a_lost_answer_another_token_is_made(world, alice):
    world.wire.breaks(CREATE, answer_lost, times=1)
    with pytest.raises(AnswerLost):
        alice.request_access_token("mine", POSSESSION)
    assert not alice.has_local_token("mine")
    alice.request_access_token("mine", POSSESSION)
    assert alice.fetch_activation_status().is_in_step


def test_a_header_by_token_or_by_name(world, alice):
    token = alice.request_access_token("mine", POSSESSION)
    for asked in (token, "mine"):
        name, value = alice.generate_header_for_token(asked)
        header = read_token(value)
        version = alice.configuration.version
        assert name == TOKEN
        assert header.digest == token_digest(version, token.secret, header.nonce, world.clock.now_ms())
    with pytest.raises(ValueError, match="no token"):
        alice.generate_header_for_token("unknown")


def test_a_token_is_removed_on_the_server_and_here(world, alice):
    token = alice.request_access_token("mine", POSSESSION)
    alice.remove_access_token("mine", POSSESSION)
    assert not alice.has_local_token("mine")
    assert world.asked(REMOVE) == {"requestObject": {"tokenId": token.token_id}}
    header = alice.generate_header_for_token(token)
    assert is_refused(world.alice, header)
    with pytest.raises(ValueError, match="no token"):
        alice.remove_access_token("mine", POSSESSION)


def is_refused(alice, header):
    """Whether the server knows the token of this header no more."""
    try:
        alice._api.post("/api/inbox/count", b"{}", dict([header]))
    except RefusedByServer as refusal:
        return refusal.http_status == 401
    return False


@pytest.mark.parametrize(
    ("fault", "caught"),
    [(refused, NotSent), (answer_lost, AnswerLost), (error(401, "ERR_AUTHENTICATION"), RefusedByServer)],
)
def test_a_token_whose_removal_is_uncertain_is_kept_and_can_be_removed_again(world, alice, fault, caught):
    alice.request_access_token("mine", POSSESSION)
    world.wire.breaks(REMOVE, fault, times=1)
    with pytest.raises(caught):
        alice.remove_access_token("mine", POSSESSION)
    assert alice.has_local_token("mine")
    alice.remove_access_token("mine", POSSESSION)
    assert not alice.has_local_token("mine")


def test_forgetting_here_asks_nobody(world, alice):
    first, second = (alice.request_access_token(name, POSSESSION) for name in ("first", "second"))
    alice.request_access_token("third", POSSESSION)
    sent = len(world.wire.requests)
    alice.remove_local_token("first")
    alice.remove_local_token("unknown")
    assert [token.name for token in alice.local_tokens()] == ["second", "third"]
    alice.remove_local_token(second)
    alice.remove_all_local_tokens()
    alice.remove_all_local_tokens()
    assert alice.local_tokens() == ()
    assert len(world.wire.requests) == sent
    assert not is_refused(alice, alice.generate_header_for_token(first)), "the server still knows it"


def test_a_token_that_was_replaced_meanwhile_is_left_alone(alice):
    old = alice.request_access_token("mine", POSSESSION)
    alice.remove_local_token(old)
    new = alice.request_access_token("mine", POSSESSION)
    alice.remove_local_token(old)
    assert alice.get_local_token("mine") == new


class Endpoint:
    """An endpoint of the application's own, and how often it was asked."""

    def __init__(self, *answers):
        self.answers, self.headers = list(answers), []

    def __call__(self, header):
        self.headers.append(header)
        return self.answers.pop(0)


def is_401(answer):
    return answer == 401


def test_a_call_with_a_token_renews_it_once(world, alice):
    old = alice.request_access_token("mine", POSSESSION)
    endpoint = Endpoint(401, 200)
    assert alice.call_with_token("mine", POSSESSION, endpoint, is_401) == 200
    assert len({read_token(value).token_id for _, value in endpoint.headers}) == 2
    assert alice.get_local_token("mine") != old


def test_a_call_with_a_token_does_not_renew_it_twice(world, alice):
    endpoint = Endpoint(401, 401)
    assert alice.call_with_token("mine", POSSESSION, endpoint, is_401) == 401
    assert len(world.wire.sent(CREATE)) == 2


@pytest.mark.parametrize("state", ["blocked", "removed", "unreadable"])
def test_a_token_of_an_activation_that_is_not_active_is_not_renewed(world, alice, state):
    alice.request_access_token("mine", POSSESSION)
    if state == "unreadable":
        world.wire.breaks("/activation/status", error(400, "ERR_ACTIVATION"))
    else:
        {"blocked": world.bank.blocks, "removed": world.bank.removes}[state](alice.state.activation_id)
    assert alice.call_with_token("mine", POSSESSION, Endpoint(401), is_401) == 401
    assert alice.has_local_token("mine")
