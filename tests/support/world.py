"""The fixtures that most stories begin with: a clock, a bank, the wire to it, and everything that is logged.

Folders and files that need another one define it anew under the same name.
"""

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bank import Bank
from tests.support.clock import ManualClock
from tests.support.site import BACKEND_URL
from tests.support.wire import Wire
from webapp.mtoken.keeper import MemoryKeeper
from webapp.mtoken.power_auth import PowerAuth, PowerAuthConfiguration
from webapp.powerauth.activation_code import parse_activation_code
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend
from webapp.sandbox.transport import InMemoryTransport


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def sandbox(tmp_path: Path, clock: ManualClock) -> Iterator[Backend]:
    with Backend(tmp_path / "sandbox.sqlite", clock=clock, random=system_random) as backend:
        yield backend


@pytest.fixture
def bank(sandbox: Backend) -> Bank:
    return Bank(sandbox.admin)


@pytest.fixture
def wire(sandbox: Backend) -> Wire:
    return Wire(InMemoryTransport(sandbox, BACKEND_URL))


def activated(
    name: str, bank: Bank, sandbox: Backend, wire: Wire, clock: ManualClock, biometry_key: bytes | None = None
) -> PowerAuth:
    """Somebody's activation as an integrator holds it, with the PIN 2580, committed by the bank."""
    configuration = PowerAuthConfiguration(BACKEND_URL, SdkConfiguration.parse(sandbox.sdk_configuration()))
    power_auth = PowerAuth(configuration, wire, MemoryKeeper(), clock=clock)
    offer = bank.gives_code(name)
    result = power_auth.create_activation(parse_activation_code(offer.scanned), f"{name}'s browser")
    assert result.fingerprint == bank.activation(offer.activation_id)["devicePublicKeyFingerprint"]
    power_auth.commit_activation("2580", biometry_key=biometry_key)
    bank.commits(offer.activation_id)
    return power_auth


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    """Everything that is logged, by whomever, at any level."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)
