"""What every use case may use; made once, by create_app."""

from dataclasses import dataclass

from webapp.clock import Clock
from webapp.custody.custody import Custody
from webapp.flows.alarm import Alarm
from webapp.flows.audit import Audit
from webapp.flows.guard import Guard
from webapp.flows.passkey import Passkey, passkey_of
from webapp.flows.passkey_errors import PasskeysOff
from webapp.flows.passkeys import Passkeys
from webapp.flows.policy import Policy
from webapp.flows.snapshot import Snapshots
from webapp.flows.upstream import Upstream
from webapp.mtoken.transport import Transport
from webapp.powerauth.state import ActivationState


@dataclass(frozen=True, slots=True)
class Services:
    """The rooms behind the use cases."""

    custody: Custody[ActivationState]
    upstream: Upstream
    snapshots: Snapshots
    guard: Guard
    policy: Policy
    clock: Clock
    alarm: Alarm | None
    pictures: Transport
    """Leads to the hosts of pictures, and to public ones only."""
    audit: Audit
    passkeys: Passkeys | None = None
    """None: nobody has said under which address the site is reached, so it offers none."""

    def offered_passkeys(self) -> Passkeys:
        """Raises PasskeysOff: the site offers none."""
        if self.passkeys is None:
            raise PasskeysOff
        return self.passkeys

    def passkey_of(self, state: ActivationState) -> Passkey | None:
        """The passkey that may sign for this activation, where the site offers them."""
        return passkey_of(state) if self.passkeys else None
