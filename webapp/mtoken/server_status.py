"""What a server says of itself, without being asked who asks.

Source: powerauth.md, section 5.9.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from webapp.mtoken.errors import AnswerLost

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS: Final = 253_402_300_799_999  # of the year 9999


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """Its clock, in milliseconds since the Unix epoch, and its name and version where it tells them."""

    server_time_ms: int
    application_name: str | None = None
    application_version: str | None = None

    @property
    def server_time(self) -> datetime:
        return _EPOCH + timedelta(milliseconds=self.server_time_ms)


def read_server_status(answer: Mapping[str, Any]) -> ServerStatus:
    """The response object of `/pa/v3/status`.

    Raises:
        AnswerLost: it does not tell the time.
    """
    server_ms = answer.get("serverTime")
    if type(server_ms) is not int or not 0 <= server_ms <= _LAST_MS:
        raise AnswerLost("no serverTime")
    about = answer.get("application")
    name, version = (about.get("name"), about.get("version")) if isinstance(about, dict) else (None, None)
    return ServerStatus(
        server_ms, name if isinstance(name, str) else None, version if isinstance(version, str) else None
    )
