"""What other processes do in the tests of races; top-level functions, so that they can be sent there."""

import os
import time
from typing import Any

from tests.custody.conftest import SERVER_KEYS
from tests.custody.states import Count
from webapp.clock import SystemClock
from webapp.custody.custody import Custody
from webapp.custody.migrate import migrate
from webapp.custody.record import BrowserKeys
from webapp.custody.server_keys import ServerKeys
from webapp.custody.sql import open_store
from webapp.randomness import system_random


def real_custody(database_url: str, **differently: Any) -> Custody[Count]:
    """A worker with the machine's own clocks."""
    return Custody(
        open_store(database_url),
        ServerKeys.parse(SERVER_KEYS),
        read_state=Count.from_bytes,
        clock=SystemClock(),
        random=system_random,
        **differently,
    )


def count_up(database_url: str, keys: BrowserKeys, times: int) -> None:
    """Read, do something else, store the next value; without the lease, steps would be lost."""
    custody = real_custody(database_url)
    for _ in range(times):
        with custody.hold(keys.sid, keys.half) as held:
            state = held.state
            time.sleep(0.001)
            held.store(state.next())


def hold_forever(database_url: str, keys: BrowserKeys, lease_s: float, ready: Any) -> None:
    with real_custody(database_url, lease_s=lease_s).hold(keys.sid, keys.half) as held:
        held.store(held.state.next())
        ready.set()
        time.sleep(60)


def migrate_and_admit(database_url: str, start: Any) -> None:
    """A worker's start: all of them at the same moment."""
    start.wait()
    migrate(database_url)
    custody = real_custody(database_url)
    keys = custody.admit(Count(os.getpid()))
    if custody.open(keys.sid, keys.half).state != Count(os.getpid()):
        raise AssertionError("read something else")
