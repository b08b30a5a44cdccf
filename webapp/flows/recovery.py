"""What helps when this activation is lost one day: its own recovery code, and those of printed cards.

Source: powerauth.md, sections 3.4, 9 (recovery data) and 11 (recovery confirm).
"""

from webapp.flows.enrol import read_recovery_code
from webapp.flows.outcome import OutcomeKind
from webapp.flows.services import Services
from webapp.flows.steps import NOT_TAKEN, Step, Taken, proven, take, without_blame
from webapp.flows.visitor import Visitor
from webapp.mtoken.power_auth import PowerAuth
from webapp.powerauth.errors import EnvelopeInvalid
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.recovery import RecoveryData


def has_recovery(services: Services, visitor: Visitor) -> bool:
    """Whether the bank gave a recovery code together with this activation.

    Raises:
        NotEnrolled, HalfMissing, HalfWrong: there is none.
    """
    return services.custody.open(visitor.sid, visitor.half).state.recovery is not None


def show_recovery(services: Services, visitor: Visitor, *, note: str, pin: str) -> RecoveryData | Taken:
    """Recovery code and PUK, to be written down. The PIN was read before. Nothing of them is kept.

    Returns:
        Without them why not: CREDENTIAL, BLOCKED, REMOVED, OUT_OF_SYNC, or UNAVAILABLE; a form that comes
        again, which says nothing a second time.

    Raises:
        FormError, NotEnrolled, HalfMissing, ActivationBusy: nothing was signed.
        InvalidActivationError: this activation has none; nothing was sent.
    """
    authentication = PowerAuthAuthentication.password(pin)
    found: list[RecoveryData] = []

    def act(power_auth: PowerAuth) -> Taken:
        try:
            taken = proven(
                power_auth, lambda: found.append(power_auth.activation_recovery_data(authentication))
            )
        except EnvelopeInvalid:
            return NOT_TAKEN
        return without_blame(taken)

    taken = take(services, visitor, Step.SHOW_RECOVERY, note, act)
    return found[0] if found else taken


def confirm_recovery(services: Services, visitor: Visitor, *, note: str, code: str, pin: str) -> Taken:
    """Take over the code of a printed card; once it was, doing so again changes nothing.

    Returns:
        Done, or the verdict: CREDENTIAL; CHECK: the bank does not take this code; BLOCKED, REMOVED,
        OUT_OF_SYNC; UNAVAILABLE: nothing that is known of was done, so it may be repeated.

    Raises:
        ActivationCodeError: the rule that the code breaks; nothing was sent.
        FormError, NotEnrolled, HalfMissing, ActivationBusy: nothing was signed.
    """
    bare, authentication = read_recovery_code(code), PowerAuthAuthentication.password(pin)

    def act(power_auth: PowerAuth) -> Taken:
        taken = proven(power_auth, lambda: power_auth.confirm_recovery_code(bare, authentication))
        is_unknown = taken.verdict is not None and taken.verdict.kind is OutcomeKind.UNKNOWN
        return NOT_TAKEN if is_unknown else taken

    return take(services, visitor, Step.CONFIRM_RECOVERY, note, act)
