"""The backend that this site speaks to, and what all its visitors share of it."""

from typing import Final

from webapp.clock import Clock
from webapp.mtoken.encryption import TemporaryKeySlot
from webapp.mtoken.keeper import Keeper
from webapp.mtoken.mobile_token import WultraMobileToken
from webapp.mtoken.power_auth import PowerAuth, PowerAuthConfiguration
from webapp.mtoken.server_time import ServerTime
from webapp.mtoken.transport import Transport
from webapp.randomness import Random

MOST_MET: Final = 100_000


class Upstream:
    """One enrollment server. Safe for threads: what is shared, the time and one key, guards itself."""

    def __init__(
        self, configuration: PowerAuthConfiguration, transport: Transport, *, clock: Clock, random: Random
    ) -> None:
        self.configuration = configuration
        self.server_time = ServerTime(clock)
        self._transport = transport
        self.random = random
        self._application_key = TemporaryKeySlot()
        self._met: set[str] = set()

    def power_auth(self, keeper: Keeper) -> PowerAuth:
        """The activation in this keeper, ready to speak to the server."""
        return PowerAuth(
            self.configuration,
            self._transport,
            keeper,
            random=self.random,
            server_time=self.server_time,
            application_key=self._application_key,
        )

    def has_met(self, activation_id: str) -> bool:
        """Whether this activation's counter was compared with the server's since this process started."""
        return activation_id in self._met

    def note_met(self, activation_id: str) -> None:
        """It was; those met before are forgotten once there are very many, and compared again."""
        if len(self._met) >= MOST_MET:
            self._met.clear()
        self._met.add(activation_id)

    def note_doubt(self, activation_id: str) -> None:
        """Something happens of which the server tells by its status alone: look at it once more."""
        self._met.discard(activation_id)

    def mobile_token(self, keeper: Keeper, languages: str) -> WultraMobileToken:
        """The operations of the activation in this keeper, in these languages."""
        mobile_token = WultraMobileToken(self.power_auth(keeper))
        mobile_token.set_accept_language(languages)
        return mobile_token
