"""The server's time, for applications that need it themselves.

Nothing has to be done for PowerAuth's own sake: it asks for the time where it needs it.

Source: powerauth.md, section 5.9.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from webapp.mtoken.client import Client
from webapp.mtoken.encryption import EncryptionKeys
from webapp.mtoken.server_time import ServerTime

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class TimeSynchronizationService:
    """What the server's clock says, measured once and carried by our monotonic clock."""

    def __init__(self, server_time: ServerTime, keys: EncryptionKeys) -> None:
        self._server_time = server_time
        self._keys = keys

    @property
    def is_synchronized(self) -> bool:
        """Whether the last measurement still holds: it is recent, and nobody has set our clock since."""
        return self._server_time.is_fresh

    def current_time(self) -> datetime:
        """The server's time as well as it is known; ours before the first measurement."""
        return _EPOCH + timedelta(milliseconds=self._server_time.now_ms())

    def synchronize(self) -> None:
        """Ask the server now, whether that is needed or not. An answer after 16 s changes nothing.

        Raises:
            NotSent: it cannot be asked; what was known stays.
        """
        self._keys.ask_status(anew=True)

    def reset(self) -> None:
        """Forget what is known: whoever needs the time next asks for it."""
        self._server_time.forget()


class Times(Client):
    """Brings the service along."""

    @property
    def time_synchronization_service(self) -> TimeSynchronizationService:
        """The server's clock as PowerAuth knows it."""
        return TimeSynchronizationService(self.server_time, self._keys)
