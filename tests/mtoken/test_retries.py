"""What is asked twice, what is never sent twice, and answers that may be to something else."""

import json

import pytest

from tests.mtoken.token_world import PIN, WRONG_PIN, answers
from tests.support.wire import answer_lost, refused, silence
from webapp.errors import AssentError
from webapp.mtoken.errors import AnswerLost, NotSent
from webapp.mtoken.transport import Headers, HttpResponse
from webapp.powerauth.encoding import from_base64, to_base64
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.status import ActivationStatus

STATUS, KEYSTORE, TIME = "/activation/status", "/keystore/create", "/pa/v3/status"
LIST, VALIDATE, TOKEN, REMOVE = (
    "/operation/list",
    "/signature/validate",
    "/token/create",
    "/activation/remove",
)
NEW_PIN = "8642"
TWO_FACTORS = PowerAuthAuthentication.password(PIN)


def ok(*_):
    """An answer that says nothing of what it is the answer to."""
    return HttpResponse(200, Headers(), b'{"status":"OK"}')


class TestOnceMore:
    @pytest.mark.parametrize("path", [STATUS, KEYSTORE, TIME])
    def test_an_unsigned_question_that_could_not_leave(self, world, alice, path):
        alice.time_synchronization_service.reset()
        world.wire.requests.clear()
        world.wire.breaks(path, refused, times=1)
        alice.fetch_activation_status()
        assert world.token.operations.pending_list().response_error is None
        assert alice.fetch_activation_status().is_in_step
        first, second = world.wire.sent(path)[:2]
        assert (first.body, first.headers) == (second.body, second.headers)

    @pytest.mark.parametrize("path", [STATUS, KEYSTORE, TIME])
    def test_and_not_a_third_time(self, world, alice, path):
        alice.time_synchronization_service.reset()
        world.wire.requests.clear()
        world.wire.breaks(path, refused)
        with pytest.raises(NotSent):
            (alice.fetch_activation_status if path == STATUS else world.token.operations.pending_list)()
        assert len(world.wire.sent(path)) == 2

    @pytest.mark.parametrize("fault", [silence, answer_lost])
    @pytest.mark.parametrize("path", [STATUS, KEYSTORE, TIME])
    def test_but_nothing_that_may_have_left(self, world, alice, path, fault):
        alice.time_synchronization_service.reset()
        world.wire.requests.clear()
        world.wire.breaks(path, fault)
        with pytest.raises(AssentError):
            (alice.fetch_activation_status if path == STATUS else world.token.operations.pending_list)()
        assert len(world.wire.sent(path)) == 1

    @pytest.mark.parametrize("fault", [refused, silence, answer_lost])
    @pytest.mark.parametrize(
        ("path", "act"),
        [
            (LIST, lambda world: world.token.operations.pending_list()),
            ("/detail/claim", lambda world: world.token.operations.claim("0123")),
            (TOKEN, lambda world: world.token.operations.pending_list()),
            (VALIDATE, lambda world: world.alice.validate_password(PIN)),
            ("/operation/history", lambda world: world.token.operations.history(TWO_FACTORS)),
            ("/operation/cancel", lambda world: world.token.operations.reject("0123", "UNKNOWN")),
            ("/vault/unlock", lambda world: world.alice.fetch_encryption_key(TWO_FACTORS, 0)),
            (REMOVE, lambda world: world.alice.remove_activation(TWO_FACTORS)),
        ],
    )
    def test_what_a_token_or_a_signature_proves_is_sent_once(self, world, path, act, fault):
        world.wire.breaks(path, fault)
        with pytest.raises(AssentError):
            act(world)
        assert len(world.wire.sent(path)) == 1


class TestAnswersToSomethingElse:
    @pytest.mark.parametrize("old", [PIN, WRONG_PIN])
    def test_an_ok_alone_changes_no_pin(self, world, alice, old):
        before = alice.state.knowledge
        world.wire.breaks(VALIDATE, ok, times=1)
        with pytest.raises(AnswerLost):
            alice.change_password(old, NEW_PIN)
        assert alice.state.knowledge == before
        alice.change_password(PIN, NEW_PIN)
        alice.validate_password(NEW_PIN)

    def test_without_the_status_the_pin_stays(self, world, alice):
        before = alice.state.knowledge
        world.wire.breaks(STATUS, refused)
        with pytest.raises(AnswerLost):
            alice.change_password(PIN, NEW_PIN)
        assert alice.state.knowledge == before

    def test_an_ok_alone_removes_nothing(self, world, alice):
        world.wire.breaks(REMOVE, ok, times=1)
        with pytest.raises(AnswerLost):
            alice.remove_activation(TWO_FACTORS)
        alice.remove_activation(TWO_FACTORS)
        assert alice.fetch_activation_status().status is ActivationStatus.REMOVED

    def test_of_a_removal_an_ok_will_do_when_nobody_can_be_asked(self, world, alice):
        world.wire.breaks(STATUS, refused)
        alice.remove_activation(TWO_FACTORS)

    def test_a_time_of_another_day_is_asked_for_again(self, world, alice):
        world.token.operations.pending_list()
        alice.time_synchronization_service.reset()
        world.wire.breaks(TIME, answers({"serverTime": world.clock.now_ms() - 86_400_000}), times=1)
        assert world.token.operations.pending_list().response_error is None

    def test_a_counter_that_was_garbled_on_the_way_is_asked_for_again(self, world, alice):
        world.wire.breaks(STATUS, garbled, times=1)
        assert alice.fetch_activation_status().is_in_step

    def test_counters_that_cannot_meet_say_so_twice(self, world, alice):
        world.wire.breaks(STATUS, garbled)
        assert alice.fetch_activation_status().synchronisation is None
        assert len(world.wire.sent(STATUS)) >= 2


def garbled(request, transport):
    """One bit of the second half of the blob: the counter's hash is another one, and nothing shows it."""
    answer = transport.send(request)
    document = json.loads(answer.body)
    blob = bytearray(from_base64(document["responseObject"]["encryptedStatusBlob"]))
    blob[20] ^= 1
    document["responseObject"]["encryptedStatusBlob"] = to_base64(bytes(blob))
    return HttpResponse(answer.status, answer.headers, json.dumps(document).encode())
