"""What every concern of an activation works with: configuration, transport, keeper, keys, time.

The concerns are classes of their own (`signatures.py`, `vault.py`, …); `power_auth.py` puts them together.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from webapp.clock import Clock, SystemClock
from webapp.mtoken.encryption import EncryptionKeys, TemporaryKeySlot
from webapp.mtoken.errors import InvalidActivationError
from webapp.mtoken.keeper import HeldState, Keeper, MemoryKeeper
from webapp.mtoken.server_time import ServerTime
from webapp.mtoken.standard_api import StandardApi
from webapp.mtoken.transport import Transport
from webapp.mtoken.user_info import UserInfo
from webapp.powerauth.activation import NewActivation
from webapp.powerauth.protocol import Version
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.powerauth.state import ActivationState
from webapp.randomness import Random, system_random


@dataclass(frozen=True, slots=True)
class PowerAuthConfiguration:
    """Which server and which application: all that separates one installation from another."""

    base_url: str
    sdk: SdkConfiguration
    version: Version = Version.V3_3


class Client:
    """One client of one application; `server_time` and `application_key` may be shared by many."""

    _pending: NewActivation | None = None
    _user_info: UserInfo | None = None

    def __init__(
        self,
        configuration: PowerAuthConfiguration,
        transport: Transport,
        keeper: Keeper | None = None,
        *,
        clock: Clock | None = None,
        random: Random = system_random,
        server_time: ServerTime | None = None,
        application_key: TemporaryKeySlot | None = None,
    ) -> None:
        self.configuration = configuration
        self.transport = transport
        self.server_time = server_time or ServerTime(clock or SystemClock())
        self._keeper = keeper if keeper is not None else MemoryKeeper()
        self._random = random
        self._api = StandardApi(configuration.base_url, transport)
        self._keys = EncryptionKeys(
            configuration.sdk, configuration.version, self._api, self.server_time, random, application_key
        )

    @property
    def state(self) -> ActivationState:
        """The activation as it is kept now.

        Raises:
            InvalidActivationError: there is none.
        """
        return present(self._keeper.read())

    @contextmanager
    def exclusive(self) -> Iterator[HeldState]:
        """Nobody else signs with this activation until the block is left. May be nested."""
        with self._keeper.exclusive() as held:
            yield held


def present(state: ActivationState | None) -> ActivationState:
    """The state, if there is one.

    Raises:
        InvalidActivationError: there is none.
    """
    if state is None:
        raise InvalidActivationError("no activation")
    return state
