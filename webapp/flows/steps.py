"""Steps that concern the activation itself: proven with the PIN, and carried out once per form at most.

The page that asks carries a signed note; what came of it is kept under the activation's own key. So a form
that comes again, by a second press or a reload, gets the same answer, and a wrong PIN costs one attempt.

Source: design.md (one signature at a time; outcomes); powerauth.md, sections 6.9 and 12.4.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

import msgspec

from webapp.custody.activation import HeldActivation
from webapp.custody.errors import LeaseLost
from webapp.flows import receipts
from webapp.flows.audit import DONE, Act, Deed
from webapp.flows.errors import StandingError
from webapp.flows.guard import NO_GUESS
from webapp.flows.keepers import Holding, Reading
from webapp.flows.outcome import OutcomeKind
from webapp.flows.services import Services
from webapp.flows.standing import Standing, be_in_step, view_of
from webapp.flows.triage import Verdict, triage
from webapp.flows.visitor import Visitor
from webapp.mtoken.errors import AnswerLost, NotSent, RefusedByServer
from webapp.mtoken.power_auth import PowerAuth
from webapp.powerauth.state import ActivationState


class Step(StrEnum):
    """What somebody wants to do with their activation."""

    CHANGE_PIN = "change_pin"
    ADD_PASSKEY = "add_passkey"
    SHOW_RECOVERY = "show_recovery"
    CONFIRM_RECOVERY = "confirm_recovery"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class StepForm:
    """What the page that asks needs. `attempts_left`: None if no attempt was ever lost."""

    note: str = field(repr=False)
    attempts_left: int | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What a step came to: done, or the verdict why not. `is_repeated`: the same form came again."""

    verdict: Verdict | None = None
    is_repeated: bool = False

    @property
    def is_done(self) -> bool:
        return self.verdict is None


NOT_TAKEN: Final = Taken(Verdict(OutcomeKind.UNAVAILABLE))
_UNKNOWN: Final = Taken(Verdict(OutcomeKind.UNKNOWN))


def without_blame(taken: Taken) -> Taken:
    """The same, but what the PIN is not to blame for and nobody knows more about may be tried again."""
    is_unclear = taken.verdict is not None and taken.verdict.kind in {OutcomeKind.CHECK, OutcomeKind.UNKNOWN}
    return NOT_TAKEN if is_unclear else taken


def ask_for(services: Services, visitor: Visitor, step: Step) -> StepForm:
    """A form for this step, for an activation that is active.

    Raises:
        StandingError: it is not, so no PIN would help.
        NotSent, AnswerLost, BackendUnavailable: the server could not be asked.
    """
    keeper = Reading(services.custody, visitor)
    view = view_of(services.upstream.power_auth(keeper))
    if view.standing is not Standing.ACTIVE:
        raise StandingError(view)
    lost_none = view.attempts_left == view.max_attempts
    note = services.snapshots.make_of_text(step, generation=keeper.opened.generation)
    return StepForm(note, None if lost_none else view.attempts_left)


def take(
    services: Services, visitor: Visitor, step: Step, note: str, act: Callable[[PowerAuth], Taken]
) -> Taken:
    """Carry the step out, unless this form was answered before.

    Raises:
        FormError: the note cannot be trusted any more.
        StandingError: the activation is not active, so no PIN would help.
        NotEnrolled, HalfMissing, ActivationBusy, TooManyTries: nothing was signed.
        StoreUnavailable, AuditDamaged: what is about to be done could not be written down.
    """
    opened = services.custody.open(visitor.sid, visitor.half)
    form_id = services.snapshots.open_of_text(note, text=step, generation=opened.generation).form_id
    with services.custody.hold(visitor.sid, visitor.half) as held:
        earlier = _earlier(held, form_id)
        if earlier is not None:
            return replace(earlier, is_repeated=True)
        power_auth = services.upstream.power_auth(Holding(held))
        be_in_step(services, power_auth)

        def written_down() -> Taken:
            with services.audit.deed(visitor, held.state.activation_id, Deed(act=Act(step.value))) as ending:
                result = act(power_auth)
                ending.came_to(DONE if result.verdict is None else result.verdict.kind.value)
            return result

        taken = services.guard.pin(visitor, held.record_id, written_down, _is_guess)
        return _keep(held, step, form_id, taken)


def proven(power_auth: PowerAuth, call: Callable[[], object]) -> Taken:
    """Make a call that the PIN signs, and find out what a refusal or a lost answer means.

    A lost answer is told by the activation's status as well: UNKNOWN if that could not be had, or only says
    that the PIN was right.
    """
    failed_before = power_auth.state.failed_attempts
    try:
        call()
    except (NotSent, LeaseLost):
        return NOT_TAKEN
    except AnswerLost:
        taken = _why(power_auth, failed_before, OutcomeKind.UNKNOWN)
        # The signature was accepted; what came of it is not known.
        return _UNKNOWN if taken.verdict == Verdict(OutcomeKind.CHECK) else taken
    except RefusedByServer:
        return _why(power_auth, failed_before, OutcomeKind.UNAVAILABLE)
    return Taken()


def _why(power_auth: PowerAuth, failed_before: int, otherwise: OutcomeKind) -> Taken:
    return Taken(triage(power_auth, failed_before=failed_before) or Verdict(otherwise))


def _is_guess(taken: Taken) -> bool:
    return taken.verdict is not None and taken.verdict.kind not in NO_GUESS


def _earlier(held: HeldActivation[ActivationState], form_id: str) -> Taken | None:
    """A form whose step was not taken may try again."""
    content = held.find_receipt(form_id=form_id)
    taken = None if content is None else msgspec.json.decode(content, type=Taken)
    return None if taken == NOT_TAKEN else taken


def _keep(held: HeldActivation[ActivationState], step: Step, form_id: str, taken: Taken) -> Taken:
    """Told also when it cannot be kept: whoever is not told of a new PIN tries the old one."""
    content = msgspec.json.encode(taken)
    receipts.keep_if_possible(held, form_id=form_id, operation_id=f"step/{step}", content=content)
    return taken
