"""The memory: what stays and what is undone."""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from webapp.sandbox.errors import ProtocolError
from webapp.sandbox.store import Store, use_once


@pytest.fixture
def store():
    store = Store(":memory:")
    yield store
    store.close()


def remembered(store):
    with store.read() as transaction:
        return transaction.execute("SELECT count(*) FROM used_value").fetchone()[0]


def remember_and_raise(store, error):
    with store.write() as transaction:
        use_once(transaction, "x", now_ms=0, keep_until_ms=1)
        raise error


def test_what_was_counted_on_the_way_to_a_refusal_stays(store):
    with pytest.raises(ProtocolError):
        remember_and_raise(store, ProtocolError("no"))
    assert remembered(store) == 1


def test_an_accident_undoes_everything(store):
    with pytest.raises(ZeroDivisionError):
        remember_and_raise(store, ZeroDivisionError())
    assert remembered(store) == 0


def test_a_value_comes_once_until_its_time_is_over(store):
    with store.write() as transaction:
        assert use_once(transaction, "x", now_ms=0, keep_until_ms=10)
        assert not use_once(transaction, "x", now_ms=10, keep_until_ms=20)
        assert use_once(transaction, "x", now_ms=11, keep_until_ms=20)


def test_a_temporary_memory_leaves_nothing_behind():
    store = Store(":memory:")
    folder = store.path.parent
    assert folder.exists()
    store.close()
    assert not folder.exists()


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_process_opens_its_own_connections(store):
    """As gunicorn does when it loads the application before it forks."""
    child = os.fork()
    if child == 0:
        with store.write() as transaction:
            use_once(transaction, "child", now_ms=0, keep_until_ms=1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    with store.write() as transaction:
        assert not use_once(transaction, "child", now_ms=0, keep_until_ms=1)
    assert store.path.exists()


def test_many_workers_may_start_at_the_same_moment(tmp_path):
    """SQLite lets one of them switch the log on and refuses the others, without waiting."""
    workers = 8
    for attempt in range(20):
        barrier = Barrier(workers)

        def start(path=tmp_path / f"{attempt}.sqlite", barrier=barrier):
            barrier.wait()
            Store(path).close()

        with ThreadPoolExecutor(workers) as pool:
            for started in [pool.submit(start) for _ in range(workers)]:
                started.result()
