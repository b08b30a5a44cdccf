"""What the bank wants to be shown after an approval: more to read, and perhaps a way on.

Source: mobile-token-api.md, section 4.7.
"""

from dataclasses import dataclass
from typing import Any, Final, Self, get_args

import msgspec

from webapp.flows.policy import Policy
from webapp.mtoken.attributes import OperationAttribute
from webapp.mtoken.operation import UserOperation
from webapp.mtoken.screens import PostApprovalScreenRedirect, PostApprovalScreenReview

SHORTEST_COUNTDOWN_S: Final = 3
LONGEST_COUNTDOWN_S: Final = 30

_ATTRIBUTES: Final[dict[str, Any]] = {kind.type.value: kind for kind in get_args(OperationAttribute)}


@dataclass(frozen=True, slots=True)
class WayOn:
    """Where the bank would send the person; only where `is_allowed` a page may lead there."""

    text: str
    address: str
    is_allowed: bool
    countdown_s: int = 0
    """Seconds until a page goes there by itself; 0: it waits to be asked."""


@dataclass(frozen=True, slots=True)
class Afterwards:
    """The screen after an approval. Its attributes are kept with their types, to be read back."""

    heading: str
    message: str
    rows: tuple[tuple[str, dict[str, Any]], ...] = ()
    way_on: WayOn | None = None

    @classmethod
    def make(cls, heading: str, message: str, attributes: tuple[OperationAttribute, ...]) -> Self:
        rows = tuple((one.type.value, msgspec.to_builtins(one)) for one in attributes)
        return cls(heading, message, rows)

    @property
    def attributes(self) -> tuple[OperationAttribute, ...]:
        """What was approved, once more."""
        return tuple(msgspec.convert(members, _ATTRIBUTES[kind]) for kind, members in self.rows)


def afterwards_of(operation: UserOperation, policy: Policy) -> Afterwards | None:
    """The screen after this operation; None if it has none, or one that says nothing."""
    match operation.ui.post_approval_screen if operation.ui else None:
        case None:
            return None
        case PostApprovalScreenReview() as screen:
            return Afterwards.make(screen.heading, screen.message, screen.attributes)
        case PostApprovalScreenRedirect() as screen:
            return Afterwards(screen.heading, screen.message, way_on=_way_on(screen, policy))
        case screen:
            # What else a GENERIC screen carries is for applications that know it.
            return Afterwards(screen.heading, screen.message) if screen.heading or screen.message else None


def _way_on(screen: PostApprovalScreenRedirect, policy: Policy) -> WayOn:
    is_allowed = policy.allows_redirect(screen.redirect_url)
    countdown = min(max(screen.countdown, SHORTEST_COUNTDOWN_S), LONGEST_COUNTDOWN_S)
    return WayOn(
        screen.redirect_text,
        screen.redirect_url,
        is_allowed,
        countdown if is_allowed and screen.countdown else 0,
    )
