"""The same story in every version of the protocol that a server may speak."""

import pytest

from tests.support.browser import Browser
from tests.support.people import Person
from tests.support.site import make_settings
from webapp.app import create_app
from webapp.powerauth.protocol import Version


@pytest.mark.parametrize("version", list(Version))
def test_enrol_approve_reject(tmp_path, sandbox, bank, wire, clock, version):
    settings = make_settings(tmp_path, sandbox.sdk_configuration(), protocol_version=version)
    site = create_app(settings, transport=wire, clock=clock)
    alice = Person("Alice", bank, Browser(site.test_client())).is_enrolled()
    assert alice.approves(bank.offers("Alice", "payment")).heading == "Approved"
    assert alice.approves_at_once(bank.offers("Alice", "consent")).heading == "Approved"
    page = alice.approves(bank.offers("Alice", "payment"), alice.wrong_pin)
    assert page.status == 422
    assert alice.failed_attempts == 1
    assert alice.rejects(bank.offers("Alice", "payment")).heading == "Rejected"
    assert all(
        f'version="{version}"' in value
        for request in wire.requests
        for name, value in request.headers.items()
        if name.startswith("X-PowerAuth")
    )
