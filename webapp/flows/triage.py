"""What a signature that was refused, or whose answer got lost, came to: the activation's status decides.

A 401 alone means nothing. Whether the counter moved, whether a failed attempt was counted and how the
activation stands tell a wrong PIN from everything else.

Source: design.md (outcomes); powerauth.md, sections 6.9 and 12.4.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from webapp.custody.errors import LeaseLost, StoreUnavailable
from webapp.flows.outcome import OutcomeKind
from webapp.flows.standing import Standing, standing_of
from webapp.mtoken.errors import NetworkError, RefusedByServer
from webapp.mtoken.power_auth import PowerAuth
from webapp.mtoken.status_report import StatusReport
from webapp.powerauth.counter import Synchronisation
from webapp.powerauth.errors import StatusUnreadable

STANDINGS: Final = MappingProxyType(
    {
        Standing.BLOCKED: OutcomeKind.BLOCKED,
        Standing.REMOVED: OutcomeKind.REMOVED,
        Standing.OUT_OF_SYNC: OutcomeKind.OUT_OF_SYNC,
    }
)
"""How an activation may stand that explains every refusal."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a signed call did not come through; `attempts_left` is known for CREDENTIAL."""

    kind: OutcomeKind
    attempts_left: int | None = None


def ask_for_status(power_auth: PowerAuth) -> StatusReport | None:
    """The activation's status, with the counter brought in step; None: that is not to be had now."""
    try:
        return power_auth.fetch_activation_status()
    except (NetworkError, RefusedByServer, StatusUnreadable, LeaseLost, StoreUnavailable):
        return None


def triage(power_auth: PowerAuth, *, failed_before: int) -> Verdict | None:
    """Ask the server why; None: it could not be asked.

    Args:
        failed_before: how many failed attempts were counted before the signature was sent.
    """
    report = ask_for_status(power_auth)
    if report is None:
        return None
    standing = standing_of(report)
    if standing in STANDINGS:
        return Verdict(STANDINGS[standing])
    if report.synchronisation is Synchronisation.MOVED:
        # Our counter was behind, as after a backup was put back: no PIN could have been right.
        return Verdict(OutcomeKind.UNAVAILABLE)
    if report.is_in_step:
        # The signature itself was accepted, something else was not. A failed attempt that was counted all the
        # same was a copy of the request that came later: the PIN was right.
        return Verdict(OutcomeKind.CHECK)
    if report.failed_attempts > failed_before:
        return Verdict(OutcomeKind.CREDENTIAL, report.remaining_attempts)
    return Verdict(OutcomeKind.UNAVAILABLE)
