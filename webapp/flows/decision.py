"""A decision on its way: one lease, one signature, one outcome.

Approve and reject differ in what they sign and send; everything else is here. A signature that left is
never sent again. Where the answer does not say what happened, the server is asked, not guessed.

Source: design.md (one signature at a time; outcomes); powerauth.md, sections 6.9 and 12.4.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from webapp.custody.errors import LeaseLost, StoreUnavailable
from webapp.flows import receipts
from webapp.flows.afterwards import afterwards_of
from webapp.flows.deeds import deed_of
from webapp.flows.demands import Factors
from webapp.flows.errors import (
    BackendUnavailable,
    OperationChanged,
    OperationGone,
    StandingError,
)
from webapp.flows.guard import NO_GUESS
from webapp.flows.keepers import Holding
from webapp.flows.outcome import FINAL, Action, Outcome, OutcomeKind
from webapp.flows.refusals import AUTHENTICATION, decided_kind
from webapp.flows.services import Services
from webapp.flows.standing import be_in_step
from webapp.flows.triage import STANDINGS, ask_for_status, triage
from webapp.flows.visitor import Visitor
from webapp.flows.waiting import Detail, detail_of, fetch, fetch_once
from webapp.mtoken.errors import AnswerLost, NetworkError, NotSent
from webapp.mtoken.mobile_token import WultraMobileToken
from webapp.mtoken.operation import ResultTexts, UserOperation
from webapp.mtoken.response import Response, ResponseError

Send = Callable[[WultraMobileToken], Response[None]]


@dataclass(frozen=True, slots=True)
class Decision:
    """What is sent, and what it is called when it worked."""

    action: Action
    done: OutcomeKind
    prepare: Callable[[Detail], Send]
    """What to sign and send; raises if this decision cannot be made, and nothing has been signed then."""
    reason: str | None = None
    """Why, for a rejection."""


def decide(
    services: Services, visitor: Visitor, operation_id: str, snapshot: str, decision: Decision
) -> Outcome:
    """Carry out the decision about exactly what the snapshot shows.

    Raises:
        FormError: the snapshot cannot be trusted any more.
        OperationChanged: the operation is not as it was shown.
        StandingError: the bank says nothing about the activation, or has not committed it.
        NotEnrolled, HalfMissing, ActivationBusy, TooManyTries and what `decision.prepare` raises: nothing
            was signed.
        StoreUnavailable, AuditDamaged: what is about to be done could not be written down.
    """
    opened = services.custody.open(visitor.sid, visitor.half)
    # Before anything is waited for or sent: is this form of this session?
    shown = services.snapshots.open(snapshot, operation_id=operation_id, generation=opened.generation)
    # One page carries both answers: one that came to nothing does not use up the other.
    form_id = f"{shown.form_id}/{decision.action}"
    with services.custody.hold(visitor.sid, visitor.half) as held:
        earlier = receipts.earlier_outcome(held, form_id=form_id, operation_id=operation_id)
        if earlier is not None:
            return earlier
        mobile_token = services.upstream.mobile_token(Holding(held), shown.languages)
        attempt = _Attempt(services, mobile_token, operation_id, decision, visitor.reference)
        operation = attempt.operation()
        if isinstance(operation, Outcome):
            return receipts.keep(held, form_id, operation)
        is_same = shown.shows(operation)
        passed = shown.passed if is_same else 0
        detail = detail_of(services, mobile_token, operation, held.generation, shown.languages, passed)
        if not is_same:
            raise OperationChanged(detail)
        send = decision.prepare(detail)
        deed = deed_of(decision.action, shown, detail.demands)

        def carry_out() -> Outcome:
            with services.audit.deed(visitor, held.state.activation_id, deed) as ending:
                found = attempt.carry_out(operation, send)
                ending.came_to(found.kind.value)
            return found

        if decision.action is not Action.APPROVE or detail.demands.factors is Factors.ONE:
            return receipts.keep(held, form_id, carry_out())
        outcome = services.guard.pin(
            visitor,
            held.record_id,
            carry_out,
            lambda done: done.kind not in NO_GUESS and not attempt.is_cleared,
        )
        return receipts.keep(held, form_id, outcome)


class _Attempt:
    """One try, under the lease."""

    def __init__(
        self,
        services: Services,
        mobile_token: WultraMobileToken,
        operation_id: str,
        decision: Decision,
        reference: str,
    ) -> None:
        self._services = services
        self._mobile_token = mobile_token
        self._power_auth = mobile_token.power_auth
        self._operation_id = operation_id
        self._decision = decision
        self._reference = reference
        self._title = ""
        self.is_cleared = False
        """Whether no attempt was counted, by the bank's word or because nothing was signed."""

    def operation(self) -> UserOperation | Outcome:
        """The operation as it is now, or the outcome if there is nothing to decide."""
        try:
            return fetch(self._services, self._mobile_token, self._operation_id, self._decision.action)
        except OperationGone as gone:
            return gone.outcome
        except StandingError as error:
            return self._stands(error)
        except (NetworkError, BackendUnavailable):
            # Nothing has been signed yet.
            return self._outcome(OutcomeKind.UNAVAILABLE)

    def carry_out(self, operation: UserOperation, send: Send) -> Outcome:
        """Sign and send, and find out what it came to."""
        self._title = operation.form_data.title
        try:
            be_in_step(self._services, self._power_auth)
        except StandingError as error:
            return self._stands(error)
        before = self._power_auth.state.failed_attempts
        try:
            response = send(self._mobile_token)
        except (NotSent, LeaseLost):
            return self._outcome(OutcomeKind.UNAVAILABLE)
        except AnswerLost:
            return self._unknown(before)
        if response.response_error is None:
            return self._confirmed(self._done(operation), before)
        return self._confirmed(self._refused(response.response_error, before, operation), before)

    def _stands(self, error: StandingError) -> Outcome:
        """Nothing was signed. A standing that is no outcome of an operation has a page of its own."""
        kind = STANDINGS.get(error.view.standing)
        if kind is None:
            raise error
        self.is_cleared = True
        return self._outcome(kind)

    def _done(self, operation: UserOperation) -> Outcome:
        texts = operation.form_data.result_texts or ResultTexts()
        if self._decision.action is Action.REJECT:
            return self._outcome(self._decision.done, text=texts.reject)
        afterwards = afterwards_of(operation, self._services.policy)
        return replace(self._outcome(self._decision.done, text=texts.success), afterwards=afterwards)

    def _refused(self, error: ResponseError, before: int, operation: UserOperation) -> Outcome:
        kind = decided_kind(error)
        texts = operation.form_data.result_texts
        failure = texts.failure if texts is not None else None
        if kind is OutcomeKind.FAILED:
            # The signature may have been the reason; the counters are compared before the next one.
            ask_for_status(self._power_auth)
            return self._outcome(kind, text=failure)
        if kind is not None:
            outcome = self._outcome(kind, text=failure if kind is OutcomeKind.CHECK else None)
            return replace(outcome, with_code=operation.proximity_check is not None)
        if error.code in AUTHENTICATION:
            return self._not_authenticated(before)
        return self._unknown(before)

    def _not_authenticated(self, before: int) -> Outcome:
        verdict = triage(self._power_auth, failed_before=before)
        if verdict is None:
            return self._unknown(before)
        return self._outcome(verdict.kind, attempts_left=verdict.attempts_left)

    def _confirmed(self, said: Outcome, before: int) -> Outcome:
        """What the answer says, held against the operation itself.

        An answer is not signed and names no request: it may be an old one, the one to another question, or
        the refusal of a copy of ours that came later.
        """
        if said.kind is OutcomeKind.UNKNOWN or said.kind in STANDINGS.values():
            return said
        now = self._ask_again()
        if isinstance(now, UserOperation):
            is_contradicted = said.kind in FINAL
        else:
            is_answered = said.kind in (OutcomeKind.APPROVED, OutcomeKind.REJECTED)
            is_same = now is said.kind or (is_answered and now is OutcomeKind.ELSEWHERE)
            is_contradicted = now in FINAL and not is_same
        if not is_contradicted:
            return said
        self._look_at_attempts(before)
        return self._as_it_stands(now)

    def _unknown(self, before: int) -> Outcome:
        """Sent, but no answer that says what happened: ask how things stand, and say so."""
        self._look_at_attempts(before)
        return self._as_it_stands(self._ask_again())

    def _look_at_attempts(self, before: int) -> None:
        """In step, the server has accepted the signature; what it counted then was a copy."""
        report = ask_for_status(self._power_auth)
        self.is_cleared = report is not None and (report.is_in_step or report.failed_attempts <= before)

    def _as_it_stands(self, now: UserOperation | OutcomeKind | None) -> Outcome:
        """What the operation itself tells of an answer that is not known."""
        if isinstance(now, UserOperation):
            return self._outcome(OutcomeKind.UNKNOWN, still_waiting=True)
        if now is None:
            return self._outcome(OutcomeKind.UNKNOWN)
        if now in (OutcomeKind.EXPIRED, OutcomeKind.CANCELED, OutcomeKind.FAILED):
            return self._outcome(now)
        return self._outcome(OutcomeKind.UNKNOWN, still_waiting=False)

    def _ask_again(self) -> UserOperation | OutcomeKind | None:
        try:
            return fetch_once(self._services, self._mobile_token, self._operation_id, self._decision.action)
        except OperationGone as gone:
            return gone.outcome.kind
        except (StandingError, NetworkError, BackendUnavailable, LeaseLost, StoreUnavailable):
            return None

    def _outcome(
        self,
        kind: OutcomeKind,
        *,
        text: str | None = None,
        attempts_left: int | None = None,
        still_waiting: bool | None = None,
    ) -> Outcome:
        return Outcome(
            kind=kind,
            action=self._decision.action,
            operation_id=self._operation_id,
            title=self._title,
            at_ms=self._services.upstream.server_time.now_ms(),
            text=text,
            attempts_left=attempts_left,
            still_waiting=still_waiting,
            reason=self._decision.reason,
            reference=self._reference,
        )


def forget_failures(mobile_token: WultraMobileToken) -> None:
    """The server has accepted two factors: its count of failed attempts is back at zero.

    If that cannot be stored, the next status tells it again; what was accepted is not denied for it.
    """
    with suppress(LeaseLost, StoreUnavailable), mobile_token.power_auth.exclusive() as held:
        if held.state is not None and held.state.failed_attempts:
            held.store(replace(held.state, failed_attempts=0))
