"""Questions in the background: few at a time, and none while the other side is slow."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from tests.support.clock import ManualClock
from webapp.errors import AssentError
from webapp.flows.background import MOST_AT_ONCE, REST_S, SLOW_S, Background


class Broken(AssentError):
    message_key = "x"


class Private(AssentError):
    message_key = "y"


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def ask(clock):
    background = Background()
    return lambda question: background.ask(question, clock, tires=Broken)


def fails(error):
    def question():
        raise error

    return question


def test_an_answer_comes_through(ask):
    assert [ask(lambda number=number: number) for number in range(5)] == [0, 1, 2, 3, 4]


def test_it_rests_after_the_other_side_has_failed(ask, clock):
    assert ask(fails(Broken())) is None
    clock.advance(REST_S - 1)
    assert ask(lambda: 1) is None
    clock.advance(1)
    assert ask(lambda: 1) == 1


def test_it_rests_after_the_other_side_was_slow(ask, clock):
    assert ask(lambda: clock.advance(SLOW_S) or 1) == 1, "the answer counts all the same"
    assert ask(lambda: 2) is None
    clock.advance(REST_S)
    assert ask(lambda: 3) == 3


def test_it_rests_after_it_failed_slowly_with_an_error_of_one_visitor(ask, clock):
    def question():
        clock.advance(SLOW_S)
        raise Private

    assert ask(question) is None
    assert ask(lambda: 1) is None


def test_the_trouble_of_one_visitor_is_nobody_elses(ask):
    assert ask(fails(Private())) is None
    assert ask(lambda: 1) == 1


def test_a_clock_that_is_set_wakes_nobody(ask, clock):
    ask(fails(Broken()))
    clock.jump(10 * REST_S)
    assert ask(lambda: 1) is None


def test_a_mistake_of_ours_is_no_silence(ask):
    with pytest.raises(ZeroDivisionError):
        ask(lambda: 1 / 0)
    assert ask(lambda: 1) == 1


def test_only_few_ask_at_once(ask):
    may_end, began = Event(), [Event() for _ in range(MOST_AT_ONCE)]

    def waits(number):
        began[number].set()
        assert may_end.wait(10)
        return number

    with ThreadPoolExecutor() as pool:
        asking = [pool.submit(ask, lambda number=number: waits(number)) for number in range(MOST_AT_ONCE)]
        assert all(one.wait(10) for one in began)
        assert ask(lambda: 1) is None, "and who comes too late does not wait"
        may_end.set()
    assert [one.result() for one in asking] == list(range(MOST_AT_ONCE))
    assert ask(lambda: 1) == 1
