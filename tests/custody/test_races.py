"""Threads and processes at once, with real clocks."""

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from tests.custody import workers
from tests.custody.states import Count
from webapp.custody.errors import LeaseLost, NotEnrolled

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def real(store, database_url):
    custody = workers.real_custody(database_url)
    yield custody
    custody.close()


def run_together(processes):
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0


@pytest.fixture
def keys(real):
    return real.admit(Count(0))


def test_two_threads_never_hold_it_at_once(real, keys):
    inside = threading.Semaphore(1)

    def count_up(_):
        with real.hold(keys.sid, keys.half) as held:
            assert inside.acquire(blocking=False)
            state = held.state
            time.sleep(0.001)
            held.store(state.next())
            inside.release()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(count_up, range(40)))
    assert real.open(keys.sid, keys.half).state == Count(40)


def test_leaving_while_others_sign_locks_nobody_out(real):
    """Two transactions that touch the same rows take them in the same order."""
    everybody = [real.admit(Count(0)) for _ in range(30)]
    start = threading.Barrier(2, timeout=10)

    def sign():
        for keys in everybody:
            start.wait()
            with suppress(NotEnrolled, LeaseLost), real.hold(keys.sid, keys.half) as held:
                for value in range(1, 8):
                    held.store(Count(value))
                    held.keep_receipt(form_id=str(value), operation_id="operation", content=b"")

    def leave():
        for number, keys in enumerate(everybody):
            start.wait()
            time.sleep(number % 10 / 500)
            real.forget_browser(keys.sid)

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(sign), threads.submit(leave)]:
            done.result(60)
    for keys in everybody:
        with pytest.raises(NotEnrolled):
            real.open(keys.sid, keys.half)


def test_two_processes_lose_no_step(real, keys, database_url):
    run_together([SPAWN.Process(target=workers.count_up, args=(database_url, keys, 25)) for _ in range(2)])
    assert real.open(keys.sid, keys.half).state == Count(50)


def test_of_two_holders_of_the_same_lease_one_loses(real, keys):
    """Even a lease that were broken would let only one state of a revision in."""
    with real.hold(keys.sid, keys.half) as held:
        copies = [type(held).__new__(type(held)) for _ in range(8)]
        for copy in copies:
            copy.__dict__.update(held.__dict__)
        start = threading.Barrier(len(copies))

        def store(numbered):
            number, copy = numbered
            start.wait()
            try:
                copy.store(Count(number))
            except LeaseLost:
                return None
            return number

        with ThreadPoolExecutor(len(copies)) as threads:
            stored = [number for number in threads.map(store, enumerate(copies)) if number is not None]
    assert len(stored) == 1
    assert real.open(keys.sid, keys.half).state == Count(stored[0])


def test_a_killed_holder_blocks_no_longer_than_its_lease(real, keys, database_url):
    ready = SPAWN.Event()
    holder = SPAWN.Process(target=workers.hold_forever, args=(database_url, keys, 1.0, ready))
    holder.start()
    assert ready.wait(30)
    os.kill(holder.pid, signal.SIGKILL)
    holder.join(10)
    started = time.monotonic()
    with real.hold(keys.sid, keys.half) as held:
        waited = time.monotonic() - started
        assert held.state == Count(1)
        held.store(Count(2))
    assert waited < 1.5


def test_many_workers_start_on_an_empty_database_at_once(database_url):
    start = SPAWN.Barrier(4)
    work = (database_url, start)
    run_together([SPAWN.Process(target=workers.migrate_and_admit, args=work) for _ in range(4)])


def test_a_fork_carries_no_open_connection_over(real, keys):
    """A worker that gunicorn forks from a loaded application opens connections of its own."""
    real.open(keys.sid, keys.half)
    child = os.fork()
    if child == 0:
        failed = 1
        try:
            failed = real._store._engine.pool.checkedin()
            with real.hold(keys.sid, keys.half) as held:
                held.store(Count(7))
        finally:
            os._exit(failed)
    assert os.waitpid(child, 0)[1] == 0
    assert real.open(keys.sid, keys.half).state == Count(7)
