"""What a server says of itself and of the time, and what an activation's status tells beside the blob."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.mtoken.token_world import answers
from tests.support.wire import refused, silence
from webapp.mtoken.errors import NotSent

STATUS = "/pa/v3/status"


def moment(milliseconds):
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def test_the_server_says_who_it_is_and_what_time_it_is(world, alice):
    status = alice.fetch_server_status()
    assert (status.application_name, status.application_version) == ("sandbox", "1.9.0")
    assert status.server_time == moment(world.clock.now_ms())


@pytest.mark.parametrize("about", [{}, {"application": None}, {"application": {"name": 7, "version": []}}])
def test_a_server_that_says_little(world, alice, about):
    world.wire.breaks(STATUS, answers({"serverTime": 1_790_000_000_000, **about}))
    status = alice.fetch_server_status()
    assert (status.application_name, status.application_version) == (None, None)


@pytest.mark.parametrize("time", [None, True, "1", 1.5, -1, 10**18])
def test_a_server_that_does_not_tell_the_time(world, alice, time):
    world.wire.breaks(STATUS, answers({"serverTime": time}))
    with pytest.raises(NotSent):
        alice.fetch_server_status()


def test_the_servers_time_is_asked_for_and_carried_on(world, alice):
    service = alice.time_synchronization_service
    service.reset()
    assert not service.is_synchronized
    world.wire.breaks(STATUS, answers({"serverTime": 1_700_000_000_000}))
    service.synchronize()
    assert service.is_synchronized
    assert service.current_time() == moment(1_700_000_000_000)
    world.clock.advance(5)
    assert service.current_time() == moment(1_700_000_005_000)


def test_synchronizing_again_takes_the_new_time(world, alice):
    service = alice.time_synchronization_service
    service.synchronize()
    world.wire.breaks(STATUS, answers({"serverTime": 1_700_000_000_000}))
    alice.fetch_server_status()
    assert service.current_time() == moment(world.clock.now_ms()), "what holds is kept"
    service.synchronize()
    assert service.current_time() == moment(1_700_000_000_000)


@pytest.mark.parametrize("fault", [refused, silence])
def test_a_server_that_cannot_be_asked_changes_nothing(world, alice, fault):
    service = alice.time_synchronization_service
    service.synchronize()
    world.wire.breaks(STATUS, fault)
    with pytest.raises(NotSent):
        service.synchronize()
    assert service.is_synchronized


def test_an_answer_that_took_too_long_changes_nothing(world, alice):
    service = alice.time_synchronization_service
    service.synchronize()

    def late(request, transport):
        world.clock.advance(17)
        return answers({"serverTime": 1})(request, transport)

    world.wire.breaks(STATUS, late)
    service.synchronize()
    assert service.current_time() == moment(world.clock.now_ms())


def test_nobody_trusts_a_clock_that_jumped(world, alice):
    service = alice.time_synchronization_service
    service.synchronize()
    world.clock.jump(600)
    assert not service.is_synchronized
    service.synchronize()
    assert service.is_synchronized


def test_after_a_reset_whoever_needs_the_time_asks(world, alice):
    world.token.operations.pending_list()
    asked = len(world.wire.sent(STATUS))
    alice.time_synchronization_service.reset()
    assert world.token.operations.pending_list().status == "OK"
    assert len(world.wire.sent(STATUS)) == asked + 1


@pytest.mark.parametrize(
    ("sent", "read"), [({"colour": "red"}, {"colour": "red"}), (None, None), ([1], None)]
)
def test_the_banks_own_words_beside_the_status(world, alice, sent, read):
    def with_custom_object(request, transport):
        answer = transport.send(request)
        content = json.loads(answer.body)
        content["responseObject"]["customObject"] = sent
        return replace(answer, body=json.dumps(content).encode())

    world.wire.breaks("/activation/status", with_custom_object)
    assert alice.fetch_activation_status().custom_object == read


def test_a_moment_of_ours_in_the_servers_time(world, alice):
    alice.time_synchronization_service.reset()
    world.wire.breaks(STATUS, answers({"serverTime": 1_700_000_000_000}))
    a_minute_ago = moment(world.clock.now_ms()) - timedelta(minutes=1)
    assert alice.server_moment(None) == moment(1_700_000_000_000)
    assert alice.server_moment(a_minute_ago) == moment(1_700_000_000_000 - 60_000)
