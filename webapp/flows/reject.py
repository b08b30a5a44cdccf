"""Reject an operation. The activation alone signs: nothing stands in the way of a "no"."""

from typing import Final

from webapp.flows.decision import Decision, Send, decide
from webapp.flows.outcome import Action, Outcome, OutcomeKind
from webapp.flows.services import Services
from webapp.flows.visitor import Visitor
from webapp.flows.waiting import Detail
from webapp.mtoken.mobile_token import WultraMobileToken
from webapp.mtoken.operation import RejectionReason
from webapp.mtoken.response import Response

PREAPPROVAL: Final = "PREAPPROVAL"
"""The reason of a button on a screen before the operation."""

_REASONS: Final = frozenset({*RejectionReason, PREAPPROVAL})


def reject(services: Services, visitor: Visitor, operation_id: str, *, snapshot: str, reason: str) -> Outcome:
    """Reject with a reason; what is none of ours counts as none given.

    If the person did not ask for the operation, the operator is told at once, whatever the bank answers.

    Raises:
        Everything that `decide` raises. Nothing has been signed then.
    """
    known = reason if reason in _REASONS else RejectionReason.UNKNOWN
    # What the operator is told is read first: after the bank's answer nothing may get in its way.
    activation_id = services.custody.open(visitor.sid, visitor.half).state.activation_id

    def prepare(detail: Detail) -> Send:
        def send(mobile_token: WultraMobileToken) -> Response[None]:
            return mobile_token.operations.reject(detail.operation, known)

        return send

    decision = Decision(Action.REJECT, OutcomeKind.REJECTED, prepare, known)
    outcome = decide(services, visitor, operation_id, snapshot, decision)
    if known == RejectionReason.UNEXPECTED_OPERATION and services.alarm and not outcome.is_repeated:
        services.alarm.unexpected_operation(outcome, activation_id=activation_id)
    return outcome
