"""The same people as in the stories, with a network in between."""

import os
import uuid

import pytest
from flask import Flask

from tests.integration.servers import Servers, servers_of
from tests.support.bank import Bank
from tests.support.browser import Browser
from tests.support.people import Person
from tests.support.site import make_settings
from webapp.app import create_app
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.settings import Backend


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory):
    database = tmp_path_factory.mktemp("servers") / "sandbox.sqlite"
    with servers_of(os.environ, database) as found:
        yield found


@pytest.fixture(scope="session")
def sdk_configuration(servers: Servers) -> str:
    return servers.prepare()


@pytest.fixture
def bank(servers: Servers, sdk_configuration: str) -> Bank:
    return Bank(servers.back_office, servers.application)


@pytest.fixture
def site(tmp_path, servers: Servers, sdk_configuration: str) -> Flask:
    backend = Backend(servers.enrollment_url, SdkConfiguration.parse(sdk_configuration))
    return create_app(make_settings(tmp_path, sdk_configuration, backend=backend))


@pytest.fixture
def newcomer(site: Flask, bank: Bank) -> Person:
    """Somebody whom this server has never seen; real servers remember those of earlier runs."""
    return Person(f"alice-{uuid.uuid4()}", bank, Browser(site.test_client()))


@pytest.fixture
def alice(newcomer: Person) -> Person:
    return newcomer.is_enrolled()
