"""Reject an operation. The activation alone signs: nothing stands in the way of a "no"."""

from webapp.flows.decision import Decision, Send, decide
from webapp.flows.outcome import Action, Outcome, OutcomeKind
from webapp.flows.services import Services
from webapp.flows.visitor import Visitor
from webapp.flows.waiting import Detail
from webapp.mtoken.mobile_token import WultraMobileToken
from webapp.mtoken.operation import RejectionReason
from webapp.mtoken.response import Response


def reject(services: Services, visitor: Visitor, operation_id: str, *, snapshot: str, reason: str) -> Outcome:
    """Reject with a reason; what is none of ours counts as none given.

    If the person did not ask for the operation, the operator is told at once, whatever the bank answers.

    Raises:
        Everything that `decide` raises. Nothing has been signed then.
    """
    known = RejectionReason(reason) if reason in set(RejectionReason) else RejectionReason.UNKNOWN

    def prepare(detail: Detail) -> Send:
        def send(mobile_token: WultraMobileToken) -> Response[None]:
            return mobile_token.operations.reject(detail.operation, known)

        return send

    decision = Decision(Action.REJECT, OutcomeKind.REJECTED, prepare, known)
    outcome = decide(services, visitor, operation_id, snapshot, decision)
    if known is RejectionReason.UNEXPECTED_OPERATION and services.alarm and not outcome.is_repeated:
        state = services.custody.open(visitor.sid, visitor.half).state
        services.alarm.unexpected_operation(outcome, activation_id=state.activation_id)
    return outcome
