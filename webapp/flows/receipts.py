"""What became of a form and of an operation, so that no answer is lost and nothing is sent twice.

A receipt is an outcome, sealed by custody under the activation's own key.
"""

from dataclasses import replace
from typing import Final

import msgspec
import structlog

from webapp.custody.activation import HeldActivation, OpenActivation
from webapp.custody.errors import StoreUnavailable
from webapp.flows.outcome import FINAL, Outcome, OutcomeKind
from webapp.flows.services import Services
from webapp.flows.visitor import Visitor
from webapp.powerauth.state import ActivationState

HISTORY: Final = "history"
"""Stands for a form where no form was answered; the ids of forms have a slash in them."""

_log = structlog.get_logger()


def earlier_outcome(
    held: HeldActivation[ActivationState], *, form_id: str, operation_id: str
) -> Outcome | None:
    """What there is to say without asking anybody: this form was answered, or the operation is settled.

    A form that was answered with "nothing was applied" may try again.
    """
    by_form = _read(held.find_receipt(form_id=form_id))
    if by_form is not None and by_form.kind is not OutcomeKind.UNAVAILABLE:
        return replace(by_form, is_repeated=True)
    by_operation = _read(held.find_receipt(operation_id=operation_id))
    if by_operation is not None and by_operation.kind in FINAL:
        return replace(by_operation, is_repeated=True)
    return None


def keep(held: HeldActivation[ActivationState], form_id: str, outcome: Outcome) -> Outcome:
    """Remember the outcome, and hand it on; one that cannot be kept is told all the same."""
    content = msgspec.json.encode(outcome)
    is_kept = keep_if_possible(held, form_id=form_id, operation_id=outcome.operation_id, content=content)
    return outcome if is_kept else replace(outcome, is_kept=False)


def keep_if_possible(
    held: HeldActivation[ActivationState], *, form_id: str, operation_id: str, content: bytes
) -> bool:
    """Whether it is kept. What the receipt is about is done: a database that fails now must not deny it."""
    try:
        held.keep_receipt(form_id=form_id, operation_id=operation_id, content=content)
    except StoreUnavailable as error:
        _log.error("receipt_not_kept", record_id=held.record_id, reason=str(error))
        return False
    return True


def outcome_of(services: Services, visitor: Visitor, operation_id: str) -> Outcome | None:
    """The last outcome of this operation in this browser, if there is one."""
    return receipt_of(services.custody.open(visitor.sid, visitor.half), operation_id)


def receipt_of(
    opened: OpenActivation[ActivationState] | HeldActivation[ActivationState], operation_id: str
) -> Outcome | None:
    """The same, for an activation that is open already."""
    return _read(opened.find_receipt(operation_id=operation_id))


def _read(content: bytes | None) -> Outcome | None:
    return None if content is None else msgspec.json.decode(content, type=Outcome)
