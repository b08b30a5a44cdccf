"""The world of the stories: a site, a bank, a wire between them, and people."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support.authenticator import Device
from tests.support.bank import Bank
from tests.support.browser import Browser
from tests.support.clock import ManualClock
from tests.support.elsewhere import Elsewhere
from tests.support.people import Person
from tests.support.site import make_settings
from tests.support.wire import Wire
from webapp.app import create_app
from webapp.sandbox.backend import Backend


@pytest.fixture
def elsewhere() -> Elsewhere:
    return Elsewhere()


@pytest.fixture
def site(
    tmp_path: Path,
    database_url: str,
    sandbox: Backend,
    wire: Wire,
    elsewhere: Elsewhere,
    clock: ManualClock,
) -> Iterator[Flask]:
    settings = make_settings(tmp_path, sandbox.sdk_configuration(), database_url=database_url)
    site = create_app(settings, transport=wire, public_transport=elsewhere, clock=clock)
    yield site
    site.extensions["assent"].custody.close()


@pytest.fixture
def browser_of():
    """Make a browser at another site than the usual one."""
    return lambda site, language="en": Browser(site.test_client(), language)


@pytest.fixture
def browse(site: Flask):
    """Make browsers: `browse("cs")` is one whose owner reads Czech."""

    def new_browser(language: str = "en") -> Browser:
        return Browser(site.test_client(), language)

    return new_browser


@pytest.fixture
def newcomer(bank: Bank, browse) -> Person:
    """Alice before she has enrolled."""
    return Person("Alice", bank, browse())


@pytest.fixture
def alice(newcomer: Person) -> Person:
    """Alice, enrolled and committed."""
    return newcomer.is_enrolled()


@pytest.fixture
def bob(bank: Bank, browse) -> Person:
    return Person("Bob", bank, browse(), pin="8642", wrong_pin="9753").is_enrolled()


@pytest.fixture
def device() -> Device:
    """With a fingerprint sensor."""
    return Device()


@pytest.fixture
def ready(alice: Person, device: Device) -> Person:
    """Alice, who has set up her fingerprint."""
    assert device.is_set_up(alice).path == "/settings"
    return alice
