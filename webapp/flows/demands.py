"""What an operation asks of the person before it can be approved here, or why it cannot be.

Everything follows from the operation and the operator's policy; the pages show it and the approval enforces
it, both from here.

Source: mobile-token-api.md, sections 4.4 to 4.6; design.md (what you see is what you sign).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from webapp.flows.policy import Policy, RetypeRule
from webapp.flows.retype import Retype, exceeds, retype_of
from webapp.flows.signed_data import Disagreement, disagreements
from webapp.mtoken.attributes import OperationAttributeUnknown
from webapp.mtoken.operation import OperationStatus, UserOperation
from webapp.mtoken.screens import PreApprovalScreen, PreApprovalScreenType
from webapp.powerauth.protocol import SignatureType


class Factors(StrEnum):
    """What an approval is signed with here."""

    ONE = "one"
    """One press; the activation alone signs."""
    PIN = "pin"
    PASSKEY = "passkey"
    """The passkey alone: the bank does not take the PIN."""
    NONE = "none"
    """It cannot be approved here, only rejected; `Obstacle` says why."""


_BIOMETRY: Final = SignatureType.POSSESSION_BIOMETRY
_TWO: Final = frozenset({Factors.PIN, Factors.PASSKEY})
_FACTORS: Final = {
    SignatureType.POSSESSION: Factors.ONE,
    SignatureType.POSSESSION_KNOWLEDGE: Factors.PIN,
    _BIOMETRY: Factors.PASSKEY,
}
"""What is asked for where the bank takes this; of several, the first."""


class Obstacle(StrEnum):
    """Why an operation cannot be approved here."""

    STATUS = "status"
    """It has a status that this version does not know, or does not wait any more."""
    FACTORS = "factors"
    """It asks for factors that this browser does not have."""
    NO_PASSKEY = "no_passkey"
    """It asks for the passkey, and this browser's activation has none."""
    CONTENT = "content"
    """It has content that this version cannot show: nobody signs what they cannot read."""
    MISMATCH = "mismatch"
    """What would be signed is not what is shown."""


@dataclass(frozen=True, slots=True)
class Demands:
    """What it takes to approve one operation."""

    factors: Factors
    takes_passkey: bool
    """The passkey may sign; with `Factors.PIN` in place of the PIN."""
    obstacle: Obstacle | None
    screens: tuple[PreApprovalScreen, ...]
    """To be passed one by one before the operation is seen."""
    scan: PreApprovalScreen | None
    """Asks for a proximity code beside the PIN; the first one, should there be several."""
    asks_about_call: bool
    retype: Retype | None
    disagreements: tuple[Disagreement, ...]
    """Shown as warnings also where the policy lets the operation be approved."""


def demands_of(operation: UserOperation, policy: Policy, *, has_passkey: bool = False) -> Demands:
    """What approving this operation takes under this policy."""
    ui = operation.ui
    screens = ui.pre_approval_screens if ui else ()
    found = disagreements(operation)
    obstacle = _obstacle(operation, found, policy, has_passkey=has_passkey)
    factors = _factors(operation) if obstacle is None else Factors.NONE
    return Demands(
        factors=factors,
        takes_passkey=has_passkey and factors in _TWO and _BIOMETRY in _choices(operation),
        obstacle=obstacle,
        screens=tuple(one for one in screens if one.type is not PreApprovalScreenType.QR_SCAN),
        scan=next((one for one in screens if one.type is PreApprovalScreenType.QR_SCAN), None),
        asks_about_call=bool(ui and ui.block_approval_on_call),
        retype=retype_of(operation) if _asks_to_retype(operation, policy) else None,
        disagreements=found,
    )


def _obstacle(
    operation: UserOperation, found: tuple[Disagreement, ...], policy: Policy, *, has_passkey: bool
) -> Obstacle | None:
    if operation.status is not OperationStatus.PENDING:
        return Obstacle.STATUS
    if not _FACTORS.keys() & _choices(operation):
        return Obstacle.FACTORS
    if _factors(operation) is Factors.PASSKEY and not has_passkey:
        return Obstacle.NO_PASSKEY
    unknown = any(isinstance(one, OperationAttributeUnknown) for one in operation.form_data.attributes)
    if unknown and not policy.approves_unshown:
        return Obstacle.CONTENT
    if found and not policy.approves_mismatched:
        return Obstacle.MISMATCH
    return None


def _factors(operation: UserOperation) -> Factors:
    choices = _choices(operation)
    return next(factors for kind, factors in _FACTORS.items() if kind in choices)


def _choices(operation: UserOperation) -> frozenset[str]:
    return frozenset(operation.allowed_signature_type.choices)


def _asks_to_retype(operation: UserOperation, policy: Policy) -> bool:
    match policy.retype:
        case RetypeRule.OFF:
            return False
        case RetypeRule.ALWAYS:
            return True
        case RetypeRule.FLAGGED:
            return _warns(operation) or exceeds(operation, policy.limits)


def _warns(operation: UserOperation) -> bool:
    screens = operation.ui.pre_approval_screens if operation.ui else ()
    return any(screen.type is PreApprovalScreenType.WARNING for screen in screens)
