"""What a person reads about an outcome: what happened, what it means, what to do next.

One place for every outcome of design.md. The words never guess: only the server's statement says approved or
rejected, and *unknown* says neither yes nor no.
"""

from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from webapp.flows.outcome import Action, Outcome, OutcomeKind


class Level(StrEnum):
    """How a page or a notice looks; the words carry the same meaning."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"


class Way(StrEnum):
    """Where to go next."""

    OPERATIONS = "operations"
    OPERATION = "operation"
    STANDING = "standing"
    ENROL = "enrol"
    FORGET = "forget"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one outcome; `way` is the one thing to do next."""

    level: Level
    title: LazyString
    text: LazyString
    advice: LazyString
    way: Way = Way.OPERATIONS


STATUS: Final = MappingProxyType(
    {
        OutcomeKind.APPROVED: HTTPStatus.OK,
        OutcomeKind.REJECTED: HTTPStatus.OK,
        OutcomeKind.ELSEWHERE: HTTPStatus.CONFLICT,
        OutcomeKind.EXPIRED: HTTPStatus.GONE,
        OutcomeKind.CANCELED: HTTPStatus.GONE,
        OutcomeKind.FAILED: HTTPStatus.CONFLICT,
        OutcomeKind.CREDENTIAL: HTTPStatus.UNPROCESSABLE_ENTITY,
        OutcomeKind.CHECK: HTTPStatus.CONFLICT,
        OutcomeKind.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
        OutcomeKind.UNKNOWN: HTTPStatus.GATEWAY_TIMEOUT,
        OutcomeKind.BLOCKED: HTTPStatus.FORBIDDEN,
        OutcomeKind.REMOVED: HTTPStatus.GONE,
        OutcomeKind.OUT_OF_SYNC: HTTPStatus.CONFLICT,
        OutcomeKind.NOT_YOURS: HTTPStatus.FORBIDDEN,
        OutcomeKind.UNSUPPORTED: HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)

_NOTHING: Final = MappingProxyType(
    {
        Action.APPROVE: _("Nothing was approved."),
        Action.REJECT: _("Nothing was rejected."),
    }
)

_WORDS: Final = MappingProxyType(
    {
        OutcomeKind.APPROVED: Words(
            Level.SUCCESS,
            _("Approved"),
            _("The bank has accepted your approval."),
            _("There is nothing more to do here."),
        ),
        OutcomeKind.REJECTED: Words(
            Level.INFO,
            _("Rejected"),
            _("The bank has recorded the rejection. The operation will not be carried out."),
            _("If you did not start this operation yourself, call your bank."),
        ),
        OutcomeKind.ELSEWHERE: Words(
            Level.INFO,
            _("Already settled"),
            _(
                "The bank says that this operation is finished: it was approved or rejected before,"
                " perhaps on another device or in another tab. Which of the two is not known here."
            ),
            _("Look it up in the history, or at your bank, to see how it ended."),
        ),
        OutcomeKind.EXPIRED: Words(
            Level.WARNING,
            _("The time is over"),
            _("The operation expired before an answer reached the bank. It will not be carried out."),
            _("If you still want it, start it again at your bank."),
        ),
        OutcomeKind.CANCELED: Words(
            Level.WARNING,
            _("Withdrawn by the bank"),
            _("The bank has withdrawn this operation. It will not be carried out."),
            _("If you did not expect this, ask your bank."),
        ),
        OutcomeKind.FAILED: Words(
            Level.ERROR,
            _("Stopped for your safety"),
            _(
                "There were too many failed attempts, so the bank has stopped this operation for good."
                " It will not be carried out."
            ),
            _("If you still want it, start it again at your bank. If the attempts were not yours, call it."),
        ),
        OutcomeKind.UNAVAILABLE: Words(
            Level.WARNING,
            _("The bank did not take your answer"),
            _("The bank cannot be reached, or cannot work at the moment. The operation is as it was before."),
            _("Wait a little, open the operation again and repeat your answer."),
            Way.OPERATION,
        ),
        OutcomeKind.BLOCKED: Words(
            Level.ERROR,
            _("This browser is blocked"),
            _("After too many failed attempts the bank accepts nothing more from this browser."),
            _("Ask your bank to unblock it. If the attempts were not yours, say so."),
            Way.STANDING,
        ),
        OutcomeKind.REMOVED: Words(
            Level.ERROR,
            _("This browser is no longer enrolled"),
            _("The bank has removed this browser from your devices and accepts nothing more from it."),
            _(
                "To use it again, get a new activation code from your bank. If the removal was not yours, call it."
            ),
            Way.STANDING,
        ),
        OutcomeKind.OUT_OF_SYNC: Words(
            Level.ERROR,
            _("This browser has to be enrolled again"),
            _("The bank and this browser have lost their common count, so their signatures no longer match."),
            _("Get a new activation code from your bank and enrol this browser again."),
            Way.STANDING,
        ),
        OutcomeKind.NOT_YOURS: Words(
            Level.WARNING,
            _("Not for you"),
            _("This operation belongs to somebody else. Nothing of it can be answered here."),
            _("If you expected it, start it again at your bank."),
        ),
    }
)

_CREDENTIAL: Final = MappingProxyType(
    {
        Action.APPROVE: Words(
            Level.ERROR,
            _("Not accepted"),
            _("Your confirmation was not accepted. The operation is still waiting."),
            _("Open the operation again and repeat it slowly."),
            Way.OPERATION,
        ),
        Action.REJECT: Words(
            Level.ERROR,
            _("Not accepted"),
            _("The bank did not accept the rejection from this browser. The operation is still waiting."),
            _("Open the operation and try again. If it stays so, call your bank."),
            Way.OPERATION,
        ),
    }
)

_CHECK: Final = MappingProxyType(
    {
        Action.APPROVE: Words(
            Level.WARNING,
            _("The bank refused the approval"),
            _(
                "Your confirmation itself may well be right: the bank does not allow this operation to be approved"
                " in this way, or something in it has changed."
            ),
            _("Open the operation again and read it once more. If it stays so, call your bank."),
            Way.OPERATION,
        ),
        Action.REJECT: Words(
            Level.WARNING,
            _("The bank refused the rejection"),
            _(
                "The bank does not allow this operation to be rejected in this way, or something in it has changed."
            ),
            _("Open the operation again and read it once more. If it stays so, call your bank."),
            Way.OPERATION,
        ),
    }
)

_CHECK_OF_CODE: Final = Words(
    Level.WARNING,
    _("The bank refused the approval"),
    _(
        "Your confirmation itself may well be right: the code from the other screen may have been wrong or too old."
    ),
    _("Open the operation again and enter the code that is shown now. The bank allows only a few attempts."),
    Way.OPERATION,
)

_UNSUPPORTED: Final = MappingProxyType(
    {
        Action.APPROVE: Words(
            Level.WARNING,
            _("This cannot be approved here"),
            _("The operation asks for something that this browser cannot show or do."),
            _("Approve it on another of your devices, or reject it here."),
            Way.OPERATION,
        ),
        Action.REJECT: Words(
            Level.WARNING,
            _("This cannot be rejected here"),
            _("The operation asks for something that this browser cannot do."),
            _("Reject it on another of your devices, or let it expire."),
            Way.OPERATION,
        ),
    }
)

_SENT: Final = MappingProxyType(
    {
        Action.APPROVE: _("Your approval was sent, but no usable answer came back."),
        Action.REJECT: _("Your rejection was sent, but no usable answer came back."),
    }
)

# After an answer was lost the server is asked; the key is what it said about the operation.
_UNKNOWN: Final = MappingProxyType(
    {
        True: Words(
            Level.WARNING,
            _("Not settled yet"),
            _("The bank was asked and says that the operation is still waiting."),
            _("Open the operation and answer it again."),
            Way.OPERATION,
        ),
        False: Words(
            Level.WARNING,
            _("Nobody can say yet"),
            _("The bank was asked and says that the operation no longer waits, but not how it ended."),
            _("Look it up in the history, or at your bank, before you start it again."),
        ),
        None: Words(
            Level.WARNING,
            _("Nobody can say yet"),
            _("The bank could not be asked what became of it: it may have happened or not."),
            _("In a while, look it up in the history, or at your bank, before you start it again."),
        ),
    }
)


_FROM_HISTORY: Final = MappingProxyType(
    {
        OutcomeKind.APPROVED: Words(
            Level.SUCCESS,
            _("Approved"),
            _("According to the bank's history, this operation was approved."),
            _("If you did not approve it, here or on another of your devices, call your bank."),
        ),
        OutcomeKind.REJECTED: Words(
            Level.INFO,
            _("Rejected"),
            _("According to the bank's history, this operation was rejected. It will not be carried out."),
            _("If you did not reject it, here or on another of your devices, ask your bank."),
        ),
    }
)
"""Nobody knows here who answered; for every other kind that makes no difference."""


def words(outcome: Outcome) -> Words:
    """The words for this outcome, without the bank's own text."""
    if outcome.is_from_history and outcome.kind in _FROM_HISTORY:
        return _FROM_HISTORY[outcome.kind]
    match outcome.kind:
        case OutcomeKind.CREDENTIAL:
            return _CREDENTIAL[outcome.action]
        case OutcomeKind.CHECK:
            return _CHECK_OF_CODE if outcome.with_code else _CHECK[outcome.action]
        case OutcomeKind.UNSUPPORTED:
            return _UNSUPPORTED[outcome.action]
        case OutcomeKind.UNKNOWN:
            return _UNKNOWN[outcome.still_waiting]
        case kind:
            return _WORDS[kind]


def about_the_answer(outcome: Outcome) -> LazyString | None:
    """What became of the person's own answer, where the words of the kind do not say it."""
    match outcome.kind:
        case OutcomeKind.UNKNOWN:
            return _SENT[outcome.action]
        case (
            OutcomeKind.CREDENTIAL
            | OutcomeKind.CHECK
            | OutcomeKind.UNAVAILABLE
            | OutcomeKind.BLOCKED
            | OutcomeKind.REMOVED
            | OutcomeKind.OUT_OF_SYNC
            | OutcomeKind.NOT_YOURS
            | OutcomeKind.UNSUPPORTED
        ):
            return _NOTHING[outcome.action]
        case _:
            return None
