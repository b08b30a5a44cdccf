"""The operations that wait for a decision: all of them, or one as it will be shown and signed."""

from dataclasses import dataclass, field
from enum import StrEnum

from webapp.flows.errors import BackendUnavailable, OperationGone
from webapp.flows.keepers import Reading
from webapp.flows.outcome import Action, Outcome, OutcomeKind
from webapp.flows.receipts import receipt_of
from webapp.flows.refusals import AUTHENTICATION, settled_kind
from webapp.flows.services import Services
from webapp.flows.standing import raise_unless_active, refresh_attempts
from webapp.flows.visitor import Visitor
from webapp.mtoken.attributes import OperationAttributeUnknown
from webapp.mtoken.errors import RefusedByServer
from webapp.mtoken.mobile_token import WultraMobileToken
from webapp.mtoken.operation import OperationStatus, UserOperation
from webapp.mtoken.response import ResponseError
from webapp.mtoken.screens import PreApprovalScreenType
from webapp.powerauth.protocol import SignatureType


class Factors(StrEnum):
    """What an approval takes here."""

    ONE = "one"
    """One press; the activation alone signs."""
    PIN = "pin"
    NONE = "none"
    """It cannot be approved here, only rejected; `Obstacle` says why."""


class Obstacle(StrEnum):
    """Why an operation cannot be approved here."""

    STATUS = "status"
    """It has a status that this version does not know, or does not wait any more."""
    FACTORS = "factors"
    """It asks for factors that this browser does not have."""
    CONTENT = "content"
    """It has content that this version cannot show: nobody signs what they cannot read."""
    PROXIMITY = "proximity"
    """It asks for a proof of nearness that this version cannot give."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The list. `unreadable` operations are there too, but could not be understood."""

    operations: tuple[UserOperation, ...]
    unreadable: int
    server_now_ms: int


@dataclass(frozen=True, slots=True)
class Detail:
    """One operation, and the note that ties a decision to exactly this."""

    operation: UserOperation
    snapshot: str = field(repr=False)
    server_now_ms: int
    factors: Factors
    obstacle: Obstacle | None
    attempts_left: int | None
    """As the server last said; None if no attempt was ever lost."""


def waiting_operations(services: Services, visitor: Visitor) -> Waiting:
    """Fetch the list.

    Raises:
        StandingError: the activation is not active.
        NotSent, AnswerLost, BackendUnavailable: the list could not be had.
    """
    mobile_token = services.upstream.mobile_token(Reading(services.custody, visitor), visitor.languages)
    try:
        response = mobile_token.operations.pending_list()
    except RefusedByServer as error:
        raise_unless_active(mobile_token.power_auth)
        raise BackendUnavailable(str(error)) from error
    if response.response_object is None:
        raise _refusal(mobile_token, response.response_error)
    return Waiting(
        response.response_object.operations,
        response.response_object.unreadable,
        services.upstream.server_time.now_ms(),
    )


def operation_detail(services: Services, visitor: Visitor, operation_id: str) -> Detail:
    """Fetch one operation.

    Raises:
        OperationGone: it does not wait any more, or not for this person.
        StandingError: the activation is not active.
        NotSent, AnswerLost, BackendUnavailable: it could not be had.
    """
    keeper = Reading(services.custody, visitor)
    mobile_token = services.upstream.mobile_token(keeper, visitor.languages)
    try:
        operation = fetch(services, mobile_token, operation_id, Action.APPROVE)
    except OperationGone as gone:
        known = receipt_of(keeper.opened, operation_id)
        if known is not None and gone.outcome.kind is OutcomeKind.ELSEWHERE:
            raise OperationGone(known) from gone
        raise
    refresh_attempts(mobile_token.power_auth)
    return detail_of(services, mobile_token, operation, keeper.opened.generation, visitor.languages)


def fetch(
    services: Services, mobile_token: WultraMobileToken, operation_id: str, action: Action
) -> UserOperation:
    """The operation as the server tells it now.

    Raises:
        OperationGone, StandingError, NotSent, AnswerLost, BackendUnavailable: as `operation_detail`.
    """
    try:
        response = mobile_token.operations.detail(operation_id)
    except RefusedByServer as error:
        raise_unless_active(mobile_token.power_auth)
        raise BackendUnavailable(str(error)) from error
    if response.response_object is not None:
        return response.response_object
    kind = settled_kind(response.response_error)
    if kind is not None:
        now_ms = services.upstream.server_time.now_ms()
        outcome = Outcome(kind=kind, action=action, operation_id=operation_id, title="", at_ms=now_ms)
        raise OperationGone(outcome)
    raise _refusal(mobile_token, response.response_error)


def detail_of(
    services: Services,
    mobile_token: WultraMobileToken,
    operation: UserOperation,
    generation: str,
    languages: str,
) -> Detail:
    """The operation with everything that a decision about it needs."""
    state = mobile_token.power_auth.state
    return Detail(
        operation=operation,
        snapshot=services.snapshots.make(operation, languages=languages, generation=generation),
        server_now_ms=services.upstream.server_time.now_ms(),
        factors=factors_of(operation),
        obstacle=obstacle_of(operation),
        attempts_left=state.max_failed_attempts - state.failed_attempts if state.failed_attempts else None,
    )


def factors_of(operation: UserOperation) -> Factors:
    """What approving this operation takes here."""
    if obstacle_of(operation) is not None:
        return Factors.NONE
    choices = operation.allowed_signature_type.choices
    return Factors.ONE if SignatureType.POSSESSION in choices else Factors.PIN


def obstacle_of(operation: UserOperation) -> Obstacle | None:
    """Why this operation cannot be approved here; None if it can."""
    if operation.status is not OperationStatus.PENDING:
        return Obstacle.STATUS
    choices = operation.allowed_signature_type.choices
    if not {SignatureType.POSSESSION, SignatureType.POSSESSION_KNOWLEDGE} & set(choices):
        return Obstacle.FACTORS
    if any(isinstance(attribute, OperationAttributeUnknown) for attribute in operation.form_data.attributes):
        return Obstacle.CONTENT
    screens = operation.ui.pre_approval_screens if operation.ui else ()
    if any(screen.type is PreApprovalScreenType.QR_SCAN for screen in screens):
        return Obstacle.PROXIMITY
    return None


def _refusal(mobile_token: WultraMobileToken, error: ResponseError | None) -> BackendUnavailable:
    """The error to raise for a list or a detail that the server did not give."""
    code = error.code if error else ""
    if code in AUTHENTICATION:
        raise_unless_active(mobile_token.power_auth)
    return BackendUnavailable(code)
