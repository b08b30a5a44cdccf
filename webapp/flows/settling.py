"""History tells how operations ended of which this browser knew no end.

Source: design.md (outcomes: elsewhere, unknown).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from webapp.custody.activation import HeldActivation
from webapp.flows import receipts
from webapp.flows.audit import Act, Deed, Stage
from webapp.flows.outcome import FINAL, Action, Outcome, OutcomeKind
from webapp.flows.services import Services
from webapp.flows.visitor import Visitor
from webapp.mtoken.operation import OperationStatus, ResultTexts, UserOperation
from webapp.powerauth.state import ActivationState

ENDS: Final = MappingProxyType(
    {
        OperationStatus.APPROVED: OutcomeKind.APPROVED,
        OperationStatus.REJECTED: OutcomeKind.REJECTED,
        OperationStatus.CANCELED: OutcomeKind.CANCELED,
        OperationStatus.EXPIRED: OutcomeKind.EXPIRED,
        OperationStatus.FAILED: OutcomeKind.FAILED,
    }
)
"""The statuses that never change again."""

_WITHOUT_AN_END = frozenset({OutcomeKind.UNKNOWN, OutcomeKind.ELSEWHERE})


@dataclass(frozen=True, slots=True)
class Settling:
    """What becomes of receipts when the history is there.

    `looked_up` is the operation whose end the person asked for: it gets a receipt in any case, unless this
    browser saw the end itself.
    """

    services: Services
    visitor: Visitor
    held: HeldActivation[ActivationState]
    looked_up: str | None
    now_ms: int

    def settle(self, history: Iterable[UserOperation]) -> None:
        """Keep a new receipt for every operation that has ended and had no end here."""
        for operation in history:
            kind = ENDS.get(operation.status)
            if kind is None:
                continue
            earlier = receipts.receipt_of(self.held, operation.id)
            if self._is_open(operation, earlier):
                outcome = receipts.keep(self.held, receipts.HISTORY, self._outcome(operation, kind, earlier))
                self._write_down(outcome)

    def _is_open(self, operation: UserOperation, earlier: Outcome | None) -> bool:
        if earlier is not None and earlier.kind in _WITHOUT_AN_END:
            return True
        return operation.id == self.looked_up and (earlier is None or earlier.kind not in FINAL)

    def _write_down(self, outcome: Outcome) -> None:
        """The correction of what the audit trail knew, or the first that it hears of this operation."""
        deed = Deed(act=Act(outcome.action.value), operation_id=outcome.operation_id)
        activation_id, kind = self.held.state.activation_id, outcome.kind.value
        self.services.audit.note(self.visitor, activation_id, deed, kind, Stage.SETTLED)

    def _outcome(self, operation: UserOperation, kind: OutcomeKind, earlier: Outcome | None) -> Outcome:
        return Outcome(
            kind=kind,
            action=earlier.action if earlier else Action.APPROVE,
            operation_id=operation.id,
            title=operation.form_data.title,
            at_ms=self.now_ms,
            text=_text(operation, kind),
            reason=earlier.reason if earlier else None,
            is_from_history=True,
        )


def _text(operation: UserOperation, kind: OutcomeKind) -> str | None:
    """The bank's own words for this end; it has none for an operation that expired or was withdrawn."""
    texts = operation.form_data.result_texts or ResultTexts()
    known = {
        OutcomeKind.APPROVED: texts.success,
        OutcomeKind.REJECTED: texts.reject,
        OutcomeKind.FAILED: texts.failure,
    }
    return known.get(kind)
