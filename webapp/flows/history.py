"""What became of the operations: the bank's history, which it gives against two factors.

The request is signed like an approval: under the lease, once, and never sent again. It changes nothing, so an
answer that got lost is no harm: the counter follows the server's, and the person may ask once more. A form
that is sent twice costs one more signature and nothing else, and therefore needs no receipt.

Source: mobile-token-api.md, sections 2, 3.1 and 5.2; design.md (one signature at a time; outcomes).
"""

from dataclasses import dataclass
from typing import Final

from webapp.custody.activation import HeldActivation
from webapp.custody.errors import LeaseLost
from webapp.flows.audit import DONE, Act, Deed
from webapp.flows.decision import forget_failures
from webapp.flows.errors import StandingError
from webapp.flows.guard import NO_GUESS
from webapp.flows.keepers import Holding, Reading
from webapp.flows.outcome import OutcomeKind
from webapp.flows.passkey_notes import Occasion, Purpose, subject_of
from webapp.flows.services import Services
from webapp.flows.settling import Settling
from webapp.flows.standing import Standing, be_in_step, view_of
from webapp.flows.triage import Verdict, triage
from webapp.flows.visitor import Visitor
from webapp.mtoken.errors import AnswerLost, NotSent
from webapp.mtoken.mobile_token import WultraMobileToken
from webapp.mtoken.operation import UserOperation
from webapp.mtoken.power_auth import PowerAuth
from webapp.mtoken.wire import OperationList
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.state import ActivationState

MOST: Final = 100
"""The server gives no more operations than these."""

_NOT_HAD: Final = Verdict(OutcomeKind.UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class History:
    """The operations in any status, newest first. `unreadable` ones are there too, but not understood."""

    operations: tuple[UserOperation, ...]
    unreadable: int
    server_now_ms: int


def attempts_left(services: Services, visitor: Visitor) -> int | None:
    """How many attempts a PIN has, if any was lost; the history can be asked for now.

    Raises:
        StandingError: the activation is not active, so no PIN would help.
        NotSent, AnswerLost, BackendUnavailable: the server could not be asked.
    """
    view = view_of(services.upstream.power_auth(Reading(services.custody, visitor)))
    if view.standing is not Standing.ACTIVE:
        raise StandingError(view)
    return None if view.attempts_left == view.max_attempts else view.attempts_left


def history(
    services: Services,
    visitor: Visitor,
    *,
    pin: str | None,
    passkey: str | None = None,
    looked_up: str | None = None,
) -> History | Verdict:
    """Ask for the history, and settle what this browser knew no end of.

    Args:
        passkey: what the page wrote about a passkey's answer; it takes the place of the PIN.
        looked_up: the operation whose end the person wants to know.

    Returns:
        Without a history the verdict: CREDENTIAL, BLOCKED, REMOVED, OUT_OF_SYNC, or UNAVAILABLE, which
        stands for everything that is not the PIN's fault or may not be.

    Raises:
        PinMissing, PinMalformed, PasskeyError: no attempt was spent.
        StandingError: the activation is not active, which was known before anything was signed.
        NotEnrolled, HalfMissing, ActivationBusy, TooManyTries: nothing was signed.
        StoreUnavailable, AuditDamaged: what is about to be done could not be written down.
    """
    authentication = None if passkey else _by_pin(services, pin)
    with services.custody.hold(visitor.sid, visitor.half) as held:
        mobile_token = services.upstream.mobile_token(Holding(held), visitor.languages)
        be_in_step(services, mobile_token.power_auth)
        proof = authentication or _by_passkey(services, held, passkey or "")
        deed = Deed(act=Act.HISTORY, operation_id=looked_up or "")

        def ask() -> OperationList | Verdict:
            with services.audit.deed(visitor, held.state.activation_id, deed) as ending:
                answer = _ask(mobile_token, proof)
                ending.came_to(answer.kind.value if isinstance(answer, Verdict) else DONE)
            return answer

        found = services.guard.pin(visitor, held.record_id, ask, _is_guess)
        if isinstance(found, Verdict):
            return found
        now_ms = services.upstream.server_time.now_ms()
        Settling(services, visitor, held, looked_up, now_ms).settle(found)
        return History(found.operations, found.unreadable, now_ms)


def _by_pin(services: Services, pin: str | None) -> PowerAuthAuthentication:
    return PowerAuthAuthentication.password(services.policy.knowledge.prove(pin))


def _by_passkey(
    services: Services, held: HeldActivation[ActivationState], passkey: str
) -> PowerAuthAuthentication:
    occasion = Occasion(Purpose.HISTORY, held.generation, subject_of(""))
    return services.offered_passkeys().authenticate(held, passkey, occasion)


def _ask(mobile_token: WultraMobileToken, authentication: PowerAuthAuthentication) -> OperationList | Verdict:
    failed_before = mobile_token.power_auth.state.failed_attempts
    try:
        response = mobile_token.operations.history(authentication)
    except (NotSent, LeaseLost):
        return _NOT_HAD
    except AnswerLost:
        return _why(mobile_token.power_auth, failed_before)
    if response.response_object is None:
        return _why(mobile_token.power_auth, failed_before)
    forget_failures(mobile_token)
    return response.response_object


def _is_guess(found: OperationList | Verdict) -> bool:
    return isinstance(found, Verdict) and found.kind not in NO_GUESS


def _why(power_auth: PowerAuth, failed_before: int) -> Verdict:
    """The activation's status tells, also where an answer got lost: a wrong PIN was counted or not."""
    verdict = triage(power_auth, failed_before=failed_before)
    # A signature that was accepted, without a history to show for it.
    return _NOT_HAD if verdict is None or verdict.kind is OutcomeKind.CHECK else verdict
