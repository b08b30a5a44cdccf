"""What a person may know of their activation, in one look: what the bank says, and what is known here."""

from dataclasses import dataclass

from webapp.flows.errors import BackendUnavailable, StandingError
from webapp.flows.keepers import Reading
from webapp.flows.services import Services
from webapp.flows.standing import ActivationView, Standing, view_of
from webapp.flows.visitor import Visitor
from webapp.mtoken.errors import NetworkError
from webapp.powerauth.protocol import Version


@dataclass(frozen=True, slots=True)
class Overview:
    """`bank` is what the server says, None if it could not be asked; the rest is known without it.

    `last_used_at_ms` is when somebody last answered or made something with the activation here, by this
    machine's clock; None: never. `unseen` signatures may not have reached the bank. `has_recovery`: it came
    with a recovery code.
    """

    name: str
    activation_id: str
    fingerprint: str
    version: Version
    last_used_at_ms: int | None
    unseen: int
    has_recovery: bool
    bank: ActivationView | None


def overview(services: Services, visitor: Visitor) -> Overview:
    """Look at the activation of this browser.

    Raises:
        StandingError: the server says that it is not active.
        NotEnrolled, HalfMissing, HalfWrong: there is none.
    """
    keeper = Reading(services.custody, visitor)
    last_used_at_ms = keeper.opened.last_used_at_ms()
    power_auth = services.upstream.power_auth(keeper)
    try:
        bank = view_of(power_auth)
    except (NetworkError, BackendUnavailable):
        bank = None
    if bank is not None and bank.standing is not Standing.ACTIVE:
        raise StandingError(bank)
    state = power_auth.state
    return Overview(
        name=state.name,
        activation_id=state.activation_id,
        fingerprint=power_auth.activation_fingerprint(),
        version=services.upstream.configuration.version,
        last_used_at_ms=last_used_at_ms,
        unseen=state.unconfirmed,
        has_recovery=state.recovery is not None,
        bank=bank,
    )
