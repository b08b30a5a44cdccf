"""What every use case may use; made once, by create_app."""

from dataclasses import dataclass

from webapp.clock import Clock
from webapp.custody.custody import Custody
from webapp.flows.alarm import Alarm
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
    policy: Policy
    clock: Clock
    alarm: Alarm | None
    pictures: Transport
    """Leads to the hosts of pictures, and to public ones only."""
