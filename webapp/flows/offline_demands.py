"""What an operation from a QR code asks of the person before a code is made for it.

Everything follows from its flags and fields and the operator's policy; the page shows it, and the signature
enforces it.

Source: formats.md, section 2.4.
"""

from dataclasses import dataclass

from webapp.flows.errors import FlowError
from webapp.flows.policy import Policy, RetypeRule
from webapp.flows.retype import Retype, fields_exceed, retype_of_fields
from webapp.powerauth.offline_operation import QROperation


class WarningUnread(FlowError):
    """The bank wants a warning to be read, and nobody says that it was."""

    message_key = "offline.warning_unread"


@dataclass(frozen=True, slots=True)
class OfflineDemands:
    """What it takes to make the code of one operation, beside the PIN."""

    warns: bool
    """The bank fears fraud: the person says that they have read a warning."""
    asks_about_call: bool
    retype: Retype | None
    flips_buttons: bool
    takes_passkey: bool = False
    """The passkey may sign in place of the PIN."""


def offline_demands_of(
    operation: QROperation, policy: Policy, *, has_passkey: bool = False
) -> OfflineDemands:
    """What approving this operation takes under this policy."""
    flags = operation.flags
    asks_to_retype = _asks_to_retype(operation, policy)
    return OfflineDemands(
        warns=flags.fraud_warning,
        asks_about_call=flags.block_when_on_call,
        retype=retype_of_fields(operation.operation_data.fields) if asks_to_retype else None,
        flips_buttons=flags.flip_buttons,
        takes_passkey=has_passkey and flags.biometrics_allowed,
    )


def _asks_to_retype(operation: QROperation, policy: Policy) -> bool:
    match policy.retype:
        case RetypeRule.OFF:
            return False
        case RetypeRule.ALWAYS:
            return True
        case RetypeRule.FLAGGED:
            is_over = fields_exceed(operation.operation_data.fields, policy.limits)
            return operation.flags.fraud_warning or is_over
