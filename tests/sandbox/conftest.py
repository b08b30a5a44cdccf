import pytest

from tests.sandbox.device import Bank, Device
from tests.support.clock import ManualClock
from webapp.powerauth.protocol import Version
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def backend(clock, tmp_path):
    with Backend(tmp_path / "sandbox.sqlite", clock=clock, random=system_random) as backend:
        yield backend


@pytest.fixture
def bank(backend):
    return Bank(backend)


@pytest.fixture
def enrol(backend, clock, bank):
    """Makes ACTIVE devices."""

    def enrolled(user="alice", version=Version.V3_3, **asked):
        device = Device(backend, clock, version=version)
        assert device.activate(bank.invites(user, **asked)["activationCode"]).status == 200
        bank.commits(device)
        return device

    return enrolled


@pytest.fixture
def alice(enrol):
    return enrol("alice")


@pytest.fixture
def reader(alice):
    """Alice's device with a token."""
    assert alice.make_token().status == 200
    return alice


@pytest.fixture(params=list(Version), ids=str)
def version(request):
    return request.param
