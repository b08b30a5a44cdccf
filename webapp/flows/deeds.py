"""What the audit trail says about a decision: which bytes, as they were shown, after which warnings."""

from webapp.flows.audit import Act, Deed
from webapp.flows.demands import Demands
from webapp.flows.offline_demands import OfflineDemands
from webapp.flows.outcome import Action
from webapp.flows.snapshot import Snapshot


def deed_of(action: Action, shown: Snapshot, demands: Demands) -> Deed:
    """A decision about what this snapshot shows."""
    warnings = [f"screen:{screen.type.value}" for screen in demands.screens[: shown.passed]]
    warnings += [f"mismatch:{one.subject.value}" for one in demands.disagreements]
    if action is Action.APPROVE:
        warnings += _asked(asks_about_call=demands.asks_about_call, retypes=demands.retype is not None)
        warnings += ["nearby"] if demands.scan else []
    return Deed(
        act=Act(action.value),
        operation_id=shown.operation_id,
        data_digest=shown.data_digest,
        rendering_digest=shown.rendering_digest,
        passed=shown.passed,
        warnings=tuple(warnings),
    )


def deed_of_code(operation_id: str, shown: Snapshot, demands: OfflineDemands) -> Deed:
    """A code for an operation from a QR code, whose text is all there is of it."""
    warnings = ["fraud"] if demands.warns else []
    warnings += _asked(asks_about_call=demands.asks_about_call, retypes=demands.retype is not None)
    return Deed(
        act=Act.OFFLINE_CODE,
        operation_id=operation_id,
        data_digest=shown.data_digest,
        rendering_digest=shown.rendering_digest,
        warnings=tuple(warnings),
    )


def _asked(*, asks_about_call: bool, retypes: bool) -> list[str]:
    return [word for word, is_asked in (("call", asks_about_call), ("retype", retypes)) if is_asked]
