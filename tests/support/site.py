"""Settings for a site of a test."""

from pathlib import Path
from typing import Any

from webapp.custody.server_keys import ServerKeys
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.settings import Backend, Settings

BACKEND_URL = "https://bank.example/enrollment-server"
ORIGIN = "https://localhost"
SERVER_KEY = bytes(range(32))


def make_settings(directory: Path, sdk_configuration: str, **changes: Any) -> Settings:
    """Settings of a site whose database lies in `directory`."""
    values: dict[str, Any] = {
        "backend": Backend(BACKEND_URL, SdkConfiguration.parse(sdk_configuration)),
        "sandbox_database": None,
        "database_url": f"sqlite:///{directory / 'assent.sqlite'}",
        "server_keys": ServerKeys.parse(f"test:{to_base64(SERVER_KEY)}"),
        "secret_key": "a secret of forty characters for tests..",
        "origin": ORIGIN,
    }
    return Settings(**{**values, **changes})
