"""Approve an operation: exactly what was shown, with the factors that it asks for."""

from webapp.flows.decision import Decision, decide, forget_failures
from webapp.flows.errors import NotApprovable
from webapp.flows.outcome import Action, Outcome, OutcomeKind
from webapp.flows.pin import check_typed_pin
from webapp.flows.services import Services
from webapp.flows.visitor import Visitor
from webapp.flows.waiting import Factors, factors_of
from webapp.mtoken.mobile_token import WultraMobileToken
from webapp.mtoken.operation import UserOperation
from webapp.mtoken.response import Response
from webapp.powerauth.factors import PowerAuthAuthentication


def approve(
    services: Services, visitor: Visitor, operation_id: str, *, snapshot: str, pin: str | None
) -> Outcome:
    """Approve with the PIN, or with one press where the server asks for no second factor.

    Raises:
        PinMissing, PinMalformed: the operation asks for a PIN and this is none; no attempt was spent.
        NotApprovable: it can only be rejected here.
        Everything that `decide` raises. Nothing has been signed then.
    """

    def check(operation: UserOperation) -> None:
        _authentication(operation, pin)

    def send(mobile_token: WultraMobileToken, operation: UserOperation) -> Response[None]:
        authentication = _authentication(operation, pin)
        response = mobile_token.operations.authorize(operation, authentication)
        if response.response_error is None and factors_of(operation) is Factors.PIN:
            forget_failures(mobile_token)
        return response

    decision = Decision(Action.APPROVE, OutcomeKind.APPROVED, send, check)
    return decide(services, visitor, operation_id, snapshot, decision)


def _authentication(operation: UserOperation, pin: str | None) -> PowerAuthAuthentication:
    match factors_of(operation):
        case Factors.ONE:
            return PowerAuthAuthentication.possession()
        case Factors.PIN:
            return PowerAuthAuthentication.password(check_typed_pin(pin))
        case Factors.NONE:
            raise NotApprovable
