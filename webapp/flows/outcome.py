"""How an action on an operation ended. Every action ends in exactly one of these.

Source: design.md (outcomes).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from webapp.flows.afterwards import Afterwards


class Action(StrEnum):
    """What the person wanted to do."""

    APPROVE = "approve"
    REJECT = "reject"


class OutcomeKind(StrEnum):
    """The list of design.md; each has its words, its status code and its next step in the web layer."""

    APPROVED = "approved"
    REJECTED = "rejected"
    ELSEWHERE = "elsewhere"
    EXPIRED = "expired"
    CANCELED = "canceled"
    FAILED = "failed"
    CREDENTIAL = "credential"
    CHECK = "check"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"
    BLOCKED = "blocked"
    REMOVED = "removed"
    OUT_OF_SYNC = "out_of_sync"
    NOT_YOURS = "not_yours"
    UNSUPPORTED = "unsupported"


FINAL: Final = frozenset(
    {
        OutcomeKind.APPROVED,
        OutcomeKind.REJECTED,
        OutcomeKind.ELSEWHERE,
        OutcomeKind.EXPIRED,
        OutcomeKind.CANCELED,
        OutcomeKind.FAILED,
    }
)
"""The operation will never change again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How it ended.

    `text` is the bank's own result text. `attempts_left` is known after a refused PIN. `still_waiting`
    is what the server said when it was asked after an unknown outcome; None if it could not be asked.
    `reason` is the one given with a rejection, `afterwards` what the bank shows after an approval;
    `with_code`: a proximity code was sent, so it may be what was refused.
    `reference` names the request that came to this.
    `is_from_history`: the bank's history told it later, whoever answered.
    `is_repeated`: the same form came again; nothing was sent a second time.
    `is_kept`: there is a receipt of it; without one it can only be told at once.
    """

    kind: OutcomeKind
    action: Action
    operation_id: str
    title: str
    at_ms: int
    text: str | None = None
    attempts_left: int | None = None
    still_waiting: bool | None = None
    reason: str | None = None
    afterwards: Afterwards | None = None
    with_code: bool = False
    reference: str = ""
    is_from_history: bool = False
    is_repeated: bool = False
    is_kept: bool = True
