"""The operations that wait for a decision: all of them, or one as it will be shown and signed."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from webapp.flows.demands import Demands, demands_of
from webapp.flows.errors import BackendUnavailable, FormError, OperationGone, OperationUnclaimed
from webapp.flows.keepers import Reading
from webapp.flows.outcome import FINAL, Action, Outcome, OutcomeKind
from webapp.flows.receipts import receipt_of
from webapp.flows.refusals import AUTHENTICATION, settled_kind
from webapp.flows.services import Services
from webapp.flows.standing import be_in_step, meet, raise_unless_active
from webapp.flows.visitor import Visitor
from webapp.mtoken.errors import RefusedByServer
from webapp.mtoken.mobile_token import WultraMobileToken
from webapp.mtoken.operation import UserOperation
from webapp.mtoken.response import ResponseError
from webapp.mtoken.screens import PreApprovalScreen
from webapp.mtoken.wire import OperationList

SIMILAR_WITHIN: Final = timedelta(minutes=5)
FULL_LIST: Final = 100
"""The server lists no more. What a full list does not name may be this person's all the same."""
MANY: Final = 3
"""So many similar operations at once are pointed out: somebody may be trying to wear the person down."""


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
    demands: Demands
    passed: int
    """How many of the screens before it have been passed."""
    attempts_left: int | None
    """As the server last said; None if no attempt was ever lost."""
    similar: int = 1
    """How many operations of this kind wait that began within minutes of it, itself included."""

    @property
    def screen(self) -> PreApprovalScreen | None:
        """The screen to pass next; None: the operation itself is to be shown."""
        screens = self.demands.screens
        return screens[self.passed] if self.passed < len(screens) else None


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """An operation that belongs to nobody yet. It carries no note: nobody can answer it like this."""

    operation: UserOperation
    server_now_ms: int


def waiting_operations(services: Services, visitor: Visitor) -> Waiting:
    """Fetch the list.

    Raises:
        StandingError: the activation is not active.
        NotSent, AnswerLost, BackendUnavailable: the list could not be had.
    """
    mobile_token = services.upstream.mobile_token(Reading(services.custody, visitor), visitor.languages)
    found = _pending(mobile_token)
    meet(services, mobile_token.power_auth)
    return Waiting(found.operations, found.unreadable, services.upstream.server_time.now_ms())


def operation_detail(
    services: Services, visitor: Visitor, operation_id: str, *, after: str | None = None
) -> Detail:
    """Fetch one operation of this person.

    The list tells it, because only what is there belongs to somebody; what is not there is asked for by
    its identifier.

    Args:
        after: the note of the form that led here; the screens passed before it stay passed.

    Raises:
        OperationGone: it does not wait any more, or not for this person.
        OperationUnclaimed: it waits for somebody to take it.
        StandingError: the activation is not active.
        NotSent, AnswerLost, BackendUnavailable: it could not be had.
    """
    keeper = Reading(services.custody, visitor)
    mobile_token = services.upstream.mobile_token(keeper, visitor.languages)
    pending = _pending(mobile_token).operations
    operation = next((one for one in pending if one.id == operation_id), None)
    if operation is None:
        operation = _elsewhere(services, mobile_token, keeper, operation_id)
        if len(pending) < FULL_LIST:
            raise OperationUnclaimed(Unclaimed(operation, services.upstream.server_time.now_ms()))
    be_in_step(services, mobile_token.power_auth)
    generation = keeper.opened.generation
    passed = _passed(services, operation, after, generation)
    detail = detail_of(services, mobile_token, operation, generation, visitor.languages, passed)
    return replace(detail, similar=len(similar_to(operation, pending)))


def similar_to(operation: UserOperation, pending: Iterable[UserOperation]) -> list[UserOperation]:
    """The operations of the same kind that began within minutes of this one, itself included."""
    return [
        one
        for one in pending
        if one.name == operation.name
        and abs(one.operation_created - operation.operation_created) <= SIMILAR_WITHIN
    ]


def fetch(
    services: Services, mobile_token: WultraMobileToken, operation_id: str, action: Action
) -> UserOperation:
    """The operation as the server tells it now, whether it is this person's or nobody's.

    That it has ended is believed when the server says so twice: a refusal names no operation, so a single
    one may be the answer to something else.

    Raises:
        OperationGone, StandingError, NotSent, AnswerLost, BackendUnavailable: as `operation_detail`.
    """
    try:
        return fetch_once(services, mobile_token, operation_id, action)
    except OperationGone as gone:
        if gone.outcome.kind not in FINAL:
            raise
    return fetch_once(services, mobile_token, operation_id, action)


def fetch_once(
    services: Services, mobile_token: WultraMobileToken, operation_id: str, action: Action
) -> UserOperation:
    """The same for who has another statement to hold this one against."""
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
    passed: int = 0,
) -> Detail:
    """The operation with everything that a decision about it needs."""
    state = mobile_token.power_auth.state
    has_passkey = services.passkey_of(state) is not None
    return Detail(
        operation=operation,
        snapshot=services.snapshots.make(
            operation, languages=languages, generation=generation, passed=passed
        ),
        server_now_ms=services.upstream.server_time.now_ms(),
        demands=demands_of(operation, services.policy, has_passkey=has_passkey),
        passed=passed,
        attempts_left=state.max_failed_attempts - state.failed_attempts if state.failed_attempts else None,
    )


def _pending(mobile_token: WultraMobileToken) -> OperationList:
    try:
        response = mobile_token.operations.pending_list()
    except RefusedByServer as error:
        raise_unless_active(mobile_token.power_auth)
        raise BackendUnavailable(str(error)) from error
    if response.response_object is None:
        raise _refusal(mobile_token, response.response_error)
    return response.response_object


def _elsewhere(
    services: Services, mobile_token: WultraMobileToken, keeper: Reading, operation_id: str
) -> UserOperation:
    """An operation that is not in the list; one that this browser has settled is told from its receipt."""
    try:
        return fetch(services, mobile_token, operation_id, Action.APPROVE)
    except OperationGone as gone:
        known = receipt_of(keeper.opened, operation_id)
        if known is not None and gone.outcome.kind is OutcomeKind.ELSEWHERE:
            raise OperationGone(known) from gone
        raise


def _passed(services: Services, operation: UserOperation, after: str | None, generation: str) -> int:
    if after is None:
        return 0
    try:
        shown = services.snapshots.open(after, operation_id=operation.id, generation=generation)
    except FormError:
        return 0
    return shown.passed if shown.shows(operation) else 0


def _refusal(mobile_token: WultraMobileToken, error: ResponseError | None) -> BackendUnavailable:
    """The error to raise for a list or a detail that the server did not give."""
    code = error.code if error else ""
    if code in AUTHENTICATION:
        raise_unless_active(mobile_token.power_auth)
    return BackendUnavailable(code)
