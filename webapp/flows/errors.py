"""What can keep a use case from doing what was asked. Nothing has been signed when one of these is raised.

FlowError
 ├─ AlreadyEnrolled      this browser has an activation; forget it first
 ├─ CodeNotGenuine       the code's signature is not the bank's
 ├─ CodeRefused          the server does not take the code
 ├─ ServerNotTrusted     an answer that the server's keys do not vouch for
 ├─ BackendUnavailable   the backend cannot answer now
 ├─ PinRefused           a PIN that nobody should choose (its leaves say why)
 ├─ PinMissing           an approval without the PIN it needs
 ├─ PinMalformed         an approval with a PIN that cannot be right
 ├─ NotApprovable        this operation cannot be approved here, only rejected
 ├─ ReasonUnknown        a reason for rejecting that is none of ours
 ├─ FormError
 │   ├─ SnapshotForged       the form was not made by this site, or altered
 │   ├─ SnapshotExpired      the form is too old
 │   └─ SnapshotForeign      the form belongs to another session
 ├─ OperationChanged     what would be signed is not what was shown
 ├─ OperationGone        there is nothing to decide any more
 └─ StandingError        the activation is not active
"""

from typing import TYPE_CHECKING

from webapp.errors import AssentError

if TYPE_CHECKING:
    from webapp.flows.outcome import Outcome
    from webapp.flows.standing import ActivationView
    from webapp.flows.waiting import Detail


class FlowError(AssentError):
    """The family of what a use case refuses."""


class AlreadyEnrolled(FlowError):
    """This browser holds an activation; another one would hide it."""

    message_key = "activation.already"


class CodeNotGenuine(FlowError):
    """The code's signature was not made by the bank. Nothing was sent."""

    message_key = "activation.code.not_genuine"


class CodeRefused(FlowError):
    """The server does not take the code: unknown, used up, expired, or not for this application."""

    message_key = "activation.code.refused"


class ServerNotTrusted(FlowError):
    """The answer does not fit the keys that this site was given for the server."""

    message_key = "server.not_trusted"


class BackendUnavailable(FlowError):
    """The backend is reachable but cannot answer this now."""

    message_key = "server.unavailable"


class PinRefused(FlowError):
    """The family of PINs that nobody should choose."""


class PinTooShort(PinRefused):
    message_key = "pin.too_short"


class PinTooLong(PinRefused):
    message_key = "pin.too_long"


class PinNotDigits(PinRefused):
    message_key = "pin.not_digits"


class PinRepeated(PinRefused):
    """One digit, or a short group of digits, over and over."""

    message_key = "pin.repeated"


class PinSequence(PinRefused):
    """Digits that count up or down."""

    message_key = "pin.sequence"


class PinsDiffer(PinRefused):
    message_key = "pin.differ"


class PinMissing(FlowError):
    message_key = "pin.missing"


class PinMalformed(FlowError):
    """A PIN that breaks the rules every PIN was chosen by; it would only cost an attempt."""

    message_key = "pin.malformed"


class NotApprovable(FlowError):
    message_key = "operation.not_approvable"


class ReasonUnknown(FlowError):
    message_key = "operation.reason_unknown"


class FormError(FlowError):
    """The family of forms that cannot be trusted any more."""


class SnapshotForged(FormError):
    message_key = "form.forged"


class SnapshotExpired(FormError):
    message_key = "form.expired"


class SnapshotForeign(FormError):
    """Made for another session of this browser, or for somebody else's."""

    message_key = "form.foreign"


class OperationChanged(FlowError):
    """The operation is not as it was shown; `detail` is how it is now."""

    message_key = "operation.changed"

    def __init__(self, detail: "Detail") -> None:
        super().__init__("data or rendering differ from the snapshot")
        self.detail = detail


class OperationGone(FlowError):
    """There is nothing to decide any more; `outcome` says what became of it."""

    message_key = "operation.gone"

    def __init__(self, outcome: "Outcome") -> None:
        super().__init__(outcome.kind)
        self.outcome = outcome


class StandingError(FlowError):
    """The activation is not active; `view` says how it stands."""

    message_key = "activation.not_active"

    def __init__(self, view: "ActivationView") -> None:
        super().__init__(view.standing)
        self.view = view
