"""The screens before an operation: passed one by one, and the server keeps count.

How many were passed stands in the signed note of the form, so no form can claim more than was shown.

Source: mobile-token-api.md, section 4.6.
"""

from dataclasses import replace
from typing import Final

from webapp.flows.errors import OperationChanged, ScreenNotRead, ScreenTooEarly
from webapp.flows.services import Services
from webapp.flows.visitor import Visitor
from webapp.flows.waiting import Detail, operation_detail
from webapp.mtoken.screens import ApprovalType, PreApprovalScreen

LONGEST_WAIT_S: Final = 30


def waits_s(screen: PreApprovalScreen) -> int:
    """Seconds for which the bank wants this screen to be looked at; never more than half a minute."""
    control = screen.controls.approve if screen.controls else None
    return min(max((control.counter if control else 0) or 0, 0), LONGEST_WAIT_S)


def needs_gesture(screen: PreApprovalScreen) -> bool:
    """Whether one press is too easy: the person says that they have read it."""
    return screen.approval_type is ApprovalType.SLIDER


def pass_screen(
    services: Services, visitor: Visitor, operation_id: str, *, snapshot: str, is_read: bool
) -> Detail:
    """The next screen, or the operation after the last one.

    Raises:
        FormError: the snapshot cannot be trusted any more.
        OperationChanged: the operation is not as it was; its screens begin again.
        ScreenNotRead, ScreenTooEarly: this screen has to be looked at longer.
        Everything that `operation_detail` raises.
    """
    opened = services.custody.open(visitor.sid, visitor.half)
    shown = services.snapshots.open(snapshot, operation_id=operation_id, generation=opened.generation)
    detail = operation_detail(services, visitor, operation_id, after=snapshot)
    if not shown.shows(detail.operation):
        raise OperationChanged(detail)
    screen = detail.screen
    if screen is None:
        return detail
    if needs_gesture(screen) and not is_read:
        raise ScreenNotRead(detail)
    if 0 <= services.snapshots.age_ms(shown) < waits_s(screen) * 1000:
        raise ScreenTooEarly(detail)
    passed = detail.passed + 1
    note = services.snapshots.make(
        detail.operation, languages=visitor.languages, generation=opened.generation, passed=passed
    )
    return replace(detail, passed=passed, snapshot=note)
