"""What can keep a use case from doing what was asked. Nothing has been signed when one of these is raised.

FlowError
 ├─ AlreadyEnrolled      this browser has an activation; forget it first
 ├─ CodeNotGenuine       the code's signature is not the bank's
 ├─ IdentityRefused      the server does not take what was to prove who asks
 │   ├─ CodeRefused          an activation code, or the one-time password with it
 │   ├─ CredentialsRefused   what the bank's own check wanted to know
 │   ├─ RecoveryRefused      a recovery code or its PUK
 │   └─ SignInRefused        a sign-in at the bank's provider
 ├─ PukMalformed         a PUK that cannot be right
 ├─ SignInOver           an answer to a sign-in that did not begin here, or too long ago
 ├─ SignInDenied         the person did not sign in
 ├─ ServerNotTrusted     an answer that the server's keys do not vouch for
 ├─ BackendUnavailable   the backend cannot answer now
 ├─ PinRefused           a PIN or password that nobody should choose (its leaves say why)
 ├─ PinMissing           nothing was typed where a PIN or password is needed
 ├─ PinMalformed         a PIN or password that cannot be right
 ├─ CallUnanswered       an approval that does not say whether somebody on the phone asks for it
 ├─ OnCall               somebody on the phone asks for it
 ├─ WarningUnread        an offline approval whose warning was not confirmed as read
 ├─ CodesUsedUp          no more offline codes until the bank has met this browser once
 ├─ RetypedMissing       an approval without the characters to retype
 ├─ RetypedWrong         other characters than those shown
 ├─ ProximityCode…       no proximity code (Missing, Unreadable), of another operation (Foreign), TooOld
 ├─ AnswerRefused        collects those above for one form
 ├─ NotApprovable        this operation cannot be approved here, only rejected
 ├─ FormError
 │   ├─ SnapshotForged       the form was not made by this site, or altered
 │   ├─ SnapshotExpired      the form is too old
 │   └─ SnapshotForeign      the form belongs to another session
 ├─ ShownAgain           the operation has to be shown again first
 │   ├─ OperationChanged     what would be signed is not what was shown
 │   ├─ ScreenNotRead        a screen before the operation was not confirmed as read
 │   ├─ ScreenTooEarly       it was passed sooner than the bank wants
 │   └─ ScreensSkipped       an approval that did not pass every screen
 ├─ OperationGone        there is nothing to decide any more
 ├─ OperationUnclaimed   it belongs to nobody yet
 ├─ PictureUnavailable   a picture that cannot be had, or is none
 ├─ ScanRefused
 │   ├─ PictureTooLarge      more bytes or pixels than are looked at
 │   ├─ PictureUnreadable    a damaged picture, or none in a format that is read
 │   ├─ PictureTooHard       a picture that takes more CPU or memory than it gets
 │   └─ NoCodeFound          a picture without a QR code
 ├─ NothingToRead        neither a text nor a picture
 ├─ CodeUnknown          a code that is none of a token
 ├─ RecoveryCodeScanned  a code that is used elsewhere
 └─ StandingError        the activation is not active
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from webapp.errors import AssentError

if TYPE_CHECKING:
    from webapp.flows.outcome import Outcome
    from webapp.flows.standing import ActivationView
    from webapp.flows.waiting import Detail, Unclaimed


class FlowError(AssentError):
    """The family of what a use case refuses."""


class AlreadyEnrolled(FlowError):
    """This browser holds an activation; another one would hide it."""

    message_key = "activation.already"


class CodeNotGenuine(FlowError):
    """The code's signature was not made by the bank. Nothing was sent."""

    message_key = "activation.code.not_genuine"


class IdentityRefused(FlowError):
    """The family of proofs of who asks that the server does not take. There is no activation."""


class CodeRefused(IdentityRefused):
    """The server does not take the code: unknown, used up, expired, or not for this application.

    Or the one-time password is missing or wrong: the server does not say which.
    """

    message_key = "activation.code.refused"


class CredentialsRefused(IdentityRefused):
    message_key = "activation.credentials.refused"


class RecoveryRefused(IdentityRefused):
    """The server does not take the recovery code or the PUK. It expects `puk_index`, if it says so."""

    message_key = "activation.recovery.refused"

    def __init__(self, *, puk_index: int | None = None) -> None:
        super().__init__()
        self.puk_index = puk_index


class SignInRefused(IdentityRefused):
    """The server does not take what the provider said, such as because it is too old by now."""

    message_key = "activation.sign_in.refused"


class PukMalformed(FlowError):
    message_key = "activation.puk.malformed"


class SignInOver(FlowError):
    """What came back belongs to no sign-in of this browser, or to one that began too long ago."""

    message_key = "activation.sign_in.over"


class SignInDenied(FlowError):
    """The person, or the provider, said no."""

    message_key = "activation.sign_in.denied"


class ServerNotTrusted(FlowError):
    """The answer does not fit the keys that this site was given for the server."""

    message_key = "server.not_trusted"


class BackendUnavailable(FlowError):
    """The backend is reachable but cannot answer this now."""

    message_key = "server.unavailable"


class PinRefused(FlowError):
    """The family of PINs and passwords that nobody should choose."""


class PinTooShort(PinRefused):
    message_key = "pin.too_short"


class PinTooLong(PinRefused):
    message_key = "pin.too_long"


class PinCharacters(PinRefused):
    """A PIN with something else than digits, or a password with something that cannot be seen."""

    message_key = "pin.characters"


class PinRepeated(PinRefused):
    """One character, or a group of them, over and over."""

    message_key = "pin.repeated"


class PinSequence(PinRefused):
    """Digits that count up or down, or letters or keys in a row."""

    message_key = "pin.sequence"


class PinDate(PinRefused):
    """A date or a year, such as a birthday."""

    message_key = "pin.date"


class PinTrivial(PinRefused):
    """A PIN of hardly any different digits."""

    message_key = "pin.trivial"


class PasswordCommon(PinRefused):
    """One of the passwords that everybody takes."""

    message_key = "pin.common"


class PinUnchanged(PinRefused):
    """The new one is the old one."""

    message_key = "pin.unchanged"


class PinsDiffer(PinRefused):
    message_key = "pin.differ"


class PinMissing(FlowError):
    message_key = "pin.missing"


class PinMalformed(FlowError):
    """A text that was never taken for a PIN or password; it would only cost an attempt."""

    message_key = "pin.malformed"


class CallUnanswered(FlowError):
    message_key = "call.unanswered"


class OnCall(FlowError):
    """Nobody approves while somebody on the phone tells them to."""

    message_key = "call.ongoing"


class RetypedMissing(FlowError):
    message_key = "retyped.missing"


class RetypedWrong(FlowError):
    message_key = "retyped.wrong"


class ProximityCodeMissing(FlowError):
    message_key = "proximity.missing"


class ProximityCodeUnreadable(FlowError):
    """Neither digits nor the text of a proximity code; carries the rule, never the text."""

    message_key = "proximity.unreadable"


class ProximityCodeForeign(FlowError):
    """A code of another operation. It is not sent, and the other operation is not fetched."""

    message_key = "proximity.foreign"


class ProximityCodeTooOld(FlowError):
    """The server would refuse it, and count a failed attempt."""

    message_key = "proximity.too_old"


class AnswerRefused(FlowError):
    """The form cannot be right; `problems` has the message key for every field that is to blame."""

    message_key = "answer.refused"

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


class NotApprovable(FlowError):
    message_key = "operation.not_approvable"


class FormError(FlowError):
    """The family of forms that cannot be trusted any more."""


class SnapshotForged(FormError):
    message_key = "form.forged"


class SnapshotExpired(FormError):
    message_key = "form.expired"


class SnapshotForeign(FormError):
    """Made for another session of this browser, or for somebody else's."""

    message_key = "form.foreign"


class ShownAgain(FlowError):
    """The family of what shows the operation again, `detail`, before anything else."""

    def __init__(self, detail: "Detail") -> None:
        super().__init__()
        self.detail = detail


class OperationChanged(ShownAgain):
    """The operation is not as it was shown; `detail` is how it is now."""

    message_key = "operation.changed"


class ScreenNotRead(ShownAgain):
    message_key = "screen.not_read"


class ScreenTooEarly(ShownAgain):
    message_key = "screen.too_early"


class ScreensSkipped(ShownAgain):
    """An approval whose form did not come from behind the last screen."""

    message_key = "screen.skipped"


class OperationGone(FlowError):
    """There is nothing to decide any more; `outcome` says what became of it."""

    message_key = "operation.gone"

    def __init__(self, outcome: "Outcome") -> None:
        super().__init__(outcome.kind)
        self.outcome = outcome


class OperationUnclaimed(FlowError):
    """It waits, but for nobody yet; `unclaimed` is what the server tells of it."""

    message_key = "operation.unclaimed"

    def __init__(self, unclaimed: "Unclaimed") -> None:
        super().__init__()
        self.unclaimed = unclaimed


class PictureProblem(StrEnum):
    """Why a picture is not shown: a word for the log."""

    OPERATION = "operation"
    """The operation that names it cannot be had by this visitor now."""
    NUMBER = "number"
    """The operation names fewer pictures."""
    ADDRESS = "address"
    """Its address is none that this site fetches from; for one, because the host is not public."""
    UNREACHABLE = "unreachable"
    """No connection to its server."""
    LOST = "lost"
    """No whole answer in time, or one that is too long."""
    STATUS = "status"
    """Its server answered with something other than 200; a redirect is not followed."""
    CONTENT = "content"
    """What came is no picture in one of the formats that are shown."""
    PIXELS = "pixels"
    """It has too many pixels."""


class PictureUnavailable(FlowError):
    """A picture that an operation names cannot be shown; `problem` says why."""

    message_key = "picture.unavailable"

    def __init__(self, problem: PictureProblem) -> None:
        super().__init__(problem)
        self.problem = problem


class ScanRefused(FlowError):
    """The family of pictures from which no code can be read. A note never says what is in them."""


class PictureTooLarge(ScanRefused):
    message_key = "scan.too_large"


class PictureUnreadable(ScanRefused):
    """Damaged, of another format, or not what its header says."""

    message_key = "scan.unreadable"


class PictureTooHard(ScanRefused):
    """Reading it was stopped: it takes more CPU or memory than one picture gets."""

    message_key = "scan.too_hard"


class NoCodeFound(ScanRefused):
    message_key = "scan.no_code"


class NothingToRead(FlowError):
    message_key = "scan.nothing"


class CodeUnknown(FlowError):
    """A text that is none of the token's codes. It is told without anything of what it says."""

    message_key = "scan.unknown"


class RecoveryCodeScanned(FlowError):
    """A code that this site has no use for, whether it is whole or not; it is a secret all the same."""

    message_key = "scan.recovery_code"


class StandingError(FlowError):
    """The activation is not active; `view` says how it stands."""

    message_key = "activation.not_active"

    def __init__(self, view: "ActivationView") -> None:
        super().__init__(view.standing)
        self.view = view
