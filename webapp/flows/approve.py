"""Approve an operation: exactly what was shown, with the factors and proofs that it asks for."""

from webapp.flows.answer import Answer, by_passkey, confirm
from webapp.flows.decision import Decision, Send, decide, forget_failures
from webapp.flows.demands import Factors
from webapp.flows.errors import ScreensSkipped
from webapp.flows.outcome import Action, Outcome, OutcomeKind
from webapp.flows.passkey_notes import Occasion, Purpose, subject_of
from webapp.flows.services import Services
from webapp.flows.visitor import Visitor
from webapp.flows.waiting import Detail
from webapp.mtoken.mobile_token import WultraMobileToken
from webapp.mtoken.response import Response
from webapp.powerauth.factors import PowerAuthAuthentication


def approve(
    services: Services, visitor: Visitor, operation_id: str, *, snapshot: str, answer: Answer
) -> Outcome:
    """Approve with the PIN or the passkey, or with one press where the server asks for no second factor.

    Raises:
        AnswerRefused: something in the form is missing or cannot be right; no attempt was spent.
        ScreensSkipped: a screen before the operation was not passed.
        NotApprovable: it can only be rejected here.
        Everything that `decide` raises. Nothing has been signed then.
    """

    def prepare(detail: Detail) -> Send:
        if detail.screen is not None:
            raise ScreensSkipped(detail)
        operation, demands = detail.operation, detail.demands
        confirmation = confirm(
            answer,
            demands,
            operation.id,
            rules=services.policy.knowledge,
            now_ms=services.clock.now_ms(),
            lifetime_s=services.policy.proximity_lifetime_s,
        )
        operation.proximity_check = confirmation.proximity

        def send(mobile_token: WultraMobileToken) -> Response[None]:
            authentication = confirmation.authentication or by_its_passkey(mobile_token)
            response = mobile_token.operations.authorize(operation, authentication)
            if response.response_error is None and demands.factors is not Factors.ONE:
                forget_failures(mobile_token)
            return response

        return send

    def by_its_passkey(mobile_token: WultraMobileToken) -> PowerAuthAuthentication:
        generation = services.custody.open(visitor.sid, visitor.half).generation
        occasion = Occasion(Purpose.APPROVE, generation, subject_of(snapshot))
        with mobile_token.power_auth.exclusive() as held:
            return by_passkey(services, held, answer, occasion)

    decision = Decision(Action.APPROVE, OutcomeKind.APPROVED, prepare)
    return decide(services, visitor, operation_id, snapshot, decision)
