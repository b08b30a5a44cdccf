"""Leave: the activation is removed at the bank, or this browser only forgets it."""

from contextlib import suppress

from webapp.custody.errors import HalfMissing, HalfWrong, NotEnrolled, RecordDamaged, ServerKeyUnknown
from webapp.flows.answer import Answer, by_passkey
from webapp.flows.audit import DONE, Act, Deed, Stage
from webapp.flows.outcome import OutcomeKind
from webapp.flows.passkey_notes import Occasion, Purpose, subject_of
from webapp.flows.services import Services
from webapp.flows.steps import NOT_TAKEN, Step, Taken, proven, take
from webapp.flows.visitor import Visitor
from webapp.mtoken.power_auth import PowerAuth
from webapp.powerauth.factors import PowerAuthAuthentication

_CANNOT_OPEN = (NotEnrolled, HalfMissing, HalfWrong, RecordDamaged, ServerKeyUnknown)


def remove_activation(
    services: Services, visitor: Visitor, *, note: str, pin: str = "", passkey: str = ""
) -> Taken:
    """Have the server remove the activation; once it has, erase what is kept here. The PIN was read before.

    Args:
        passkey: what the page wrote about a passkey's answer; it takes the place of the PIN.

    Returns:
        Done, or the verdict: CREDENTIAL, BLOCKED, OUT_OF_SYNC; UNAVAILABLE: not removed; UNKNOWN: the
        answer got lost and the server cannot be asked. Nothing is erased then.

    Raises:
        AnswerRefused: the passkey's answer cannot be right; no attempt was spent.
        FormError, NotEnrolled, HalfMissing, ActivationBusy: nothing was signed.
    """

    def act(power_auth: PowerAuth) -> Taken:
        authentication = PowerAuthAuthentication.password(pin) if pin else by_its_passkey(power_auth)
        return _removed(proven(power_auth, lambda: power_auth.remove_activation(authentication)))

    def by_its_passkey(power_auth: PowerAuth) -> PowerAuthAuthentication:
        generation = services.custody.open(visitor.sid, visitor.half).generation
        occasion = Occasion(Purpose.LEAVE, generation, subject_of(note))
        with power_auth.exclusive() as held:
            return by_passkey(services, held, Answer(passkey=passkey), occasion)

    taken = take(services, visitor, Step.REMOVE, note, act)
    if taken.is_done:
        _erase(services, visitor)
    return taken


def forget_browser(services: Services, visitor: Visitor) -> None:
    """Erase what is kept for this browser. The server is not told: the bank's list still shows it."""
    activation_id = None
    with suppress(*_CANNOT_OPEN):
        activation_id = services.custody.open(visitor.sid, visitor.half).state.activation_id
    _erase(services, visitor)
    if activation_id is not None:
        services.audit.note(visitor, activation_id, Deed(act=Act.FORGET), DONE, Stage.ENDED)


def _erase(services: Services, visitor: Visitor) -> None:
    with suppress(*_CANNOT_OPEN):
        # Of a sid that never arrived there may be a wrap left, which would keep the record.
        services.custody.end_others(visitor.sid, visitor.half)
    services.custody.forget_browser(visitor.sid)


def _removed(taken: Taken) -> Taken:
    if taken.verdict is None:
        return taken
    if taken.verdict.kind is OutcomeKind.REMOVED:
        # The answer got lost, or somebody else was faster: gone is gone.
        return Taken()
    return NOT_TAKEN if taken.verdict.kind is OutcomeKind.CHECK else taken
