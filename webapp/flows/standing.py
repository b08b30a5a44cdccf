"""How the activation stands, in the words that pages use."""

from dataclasses import dataclass
from enum import StrEnum

from webapp.custody.errors import ActivationBusy, LeaseLost
from webapp.flows.errors import BackendUnavailable, StandingError
from webapp.flows.keepers import Reading
from webapp.flows.services import Services
from webapp.flows.visitor import Visitor
from webapp.mtoken.errors import NetworkError, RefusedByServer
from webapp.mtoken.power_auth import PowerAuth
from webapp.mtoken.status_report import StatusReport
from webapp.powerauth.counter import Synchronisation
from webapp.powerauth.errors import StatusUnreadable
from webapp.powerauth.status import ActivationStatus


class Standing(StrEnum):
    """The state of an activation; UNCLEAR when the server makes no statement about it."""

    PENDING = "pending"
    ACTIVE = "active"
    BLOCKED = "blocked"
    REMOVED = "removed"
    OUT_OF_SYNC = "out_of_sync"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class ActivationView:
    """What a person may know of their activation. `fingerprint` has eight digits."""

    standing: Standing
    name: str
    fingerprint: str
    attempts_left: int | None
    max_attempts: int | None


_STANDINGS = {
    ActivationStatus.CREATED: Standing.UNCLEAR,
    ActivationStatus.PENDING_COMMIT: Standing.PENDING,
    ActivationStatus.ACTIVE: Standing.ACTIVE,
    ActivationStatus.BLOCKED: Standing.BLOCKED,
    ActivationStatus.REMOVED: Standing.REMOVED,
}


def standing_of(report: StatusReport) -> Standing:
    """The one word for a status report."""
    standing = _STANDINGS[report.status]
    if standing in (Standing.ACTIVE, Standing.BLOCKED) and report.synchronisation is None:
        return Standing.OUT_OF_SYNC
    return standing


def activation_status(services: Services, visitor: Visitor) -> ActivationView:
    """Ask the server how this browser's activation stands.

    Raises:
        NotSent, AnswerLost: the server could not be asked.
        BackendUnavailable: it could, and did not answer the question.
    """
    return view_of(services.upstream.power_auth(Reading(services.custody, visitor)))


def view_of(power_auth: PowerAuth) -> ActivationView:
    """The same, for an activation that is open already. The counter follows the server's if need be."""
    try:
        report = power_auth.peek_activation_status()
        if _is_news(power_auth, report):
            report = power_auth.fetch_activation_status()
    except StatusUnreadable:
        return _view(power_auth, Standing.UNCLEAR, None)
    except RefusedByServer as error:
        raise BackendUnavailable(str(error)) from error
    return _view(power_auth, standing_of(report), report)


def meet(services: Services, power_auth: PowerAuth) -> None:
    """Compare the counters once in the life of this process, and follow the server's.

    The database may have been put back from a backup. Its counter the server would refuse at the price of an
    attempt, and its count of attempts is an old one.

    Raises:
        StandingError: the activation is not active.
    """
    activation_id = power_auth.state.activation_id
    if not services.upstream.has_met(activation_id) and _looked(power_auth):
        services.upstream.note_met(activation_id)


def be_in_step(services: Services, power_auth: PowerAuth) -> None:
    """Before a PIN is asked for or signs: follow the server if there is reason to doubt what is known here.

    There is when this process meets the activation for the first time; once an attempt was lost, for the bank
    may have given it back; and while the bank may not have seen every signature, for it may have seen a wrong
    code that was made offline. Where the server cannot be asked, what was known before is the best there is.

    Raises:
        StandingError: the activation is not active, so no signature could be right.
    """
    state = power_auth.state
    if not services.upstream.has_met(state.activation_id):
        meet(services, power_auth)
    elif state.failed_attempts or state.unconfirmed:
        _looked(power_auth)


def raise_unless_active(power_auth: PowerAuth) -> None:
    """Raise how the activation stands if the server accepts nothing from it.

    Raises:
        StandingError: it is not active.
    """
    view = view_of(power_auth)
    if view.standing is not Standing.ACTIVE:
        raise StandingError(view)


def _looked(power_auth: PowerAuth) -> bool:
    """Whether the server could be asked."""
    try:
        raise_unless_active(power_auth)
    except (NetworkError, BackendUnavailable, ActivationBusy, LeaseLost):
        return False
    return True


def _is_news(power_auth: PowerAuth, report: StatusReport) -> bool:
    """Whether storing the report would change anything here; most visits need no lease for it."""
    state = power_auth.state
    return report.followed_by(state) != state or report.synchronisation is Synchronisation.SIGN_SOON


def _view(power_auth: PowerAuth, standing: Standing, report: StatusReport | None) -> ActivationView:
    return ActivationView(
        standing,
        power_auth.state.name,
        power_auth.activation_fingerprint(),
        None if report is None else report.remaining_attempts,
        None if report is None else report.max_failed_attempts,
    )
