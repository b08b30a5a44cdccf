"""Reject an operation. The activation alone signs: no PIN stands in the way of a "no"."""

from webapp.flows.decision import Decision, decide
from webapp.flows.errors import ReasonUnknown
from webapp.flows.outcome import Action, Outcome, OutcomeKind
from webapp.flows.services import Services
from webapp.flows.visitor import Visitor
from webapp.mtoken.mobile_token import WultraMobileToken
from webapp.mtoken.operation import RejectionReason, UserOperation
from webapp.mtoken.response import Response


def reject(services: Services, visitor: Visitor, operation_id: str, *, snapshot: str, reason: str) -> Outcome:
    """Reject with a reason: `INCORRECT_DATA`, `UNEXPECTED_OPERATION` or `UNKNOWN`.

    Raises:
        ReasonUnknown: another reason.
        Everything that `decide` raises. Nothing has been signed then.
    """
    if reason not in set(RejectionReason):
        raise ReasonUnknown

    def check(_operation: UserOperation) -> None:
        """Every operation can be rejected."""

    def send(mobile_token: WultraMobileToken, operation: UserOperation) -> Response[None]:
        return mobile_token.operations.reject(operation, RejectionReason(reason))

    decision = Decision(Action.REJECT, OutcomeKind.REJECTED, send, check)
    return decide(services, visitor, operation_id, snapshot, decision)
