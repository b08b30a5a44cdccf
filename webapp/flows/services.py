"""What every use case may use; made once, by create_app."""

from dataclasses import dataclass

from webapp.custody.custody import Custody
from webapp.flows.snapshot import Snapshots
from webapp.flows.upstream import Upstream
from webapp.powerauth.state import ActivationState


@dataclass(frozen=True, slots=True)
class Services:
    """The rooms behind the use cases."""

    custody: Custody[ActivationState]
    upstream: Upstream
    snapshots: Snapshots
