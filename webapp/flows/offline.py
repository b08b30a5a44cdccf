"""Approve without the bank being reached: read what a QR code says, sign it, show the code to retype.

Nothing here speaks to the backend. The bank's signature is verified before one word is shown, and again
before anything is signed. Any PIN makes a code; that it was wrong shows at the bank alone.

Source: formats.md, section 2; powerauth.md, sections 6.6 and 10.1.
"""

from dataclasses import dataclass, field

from webapp.flows import offline_codes
from webapp.flows.answer import Answer, by_passkey, confirm_offline
from webapp.flows.audit import DONE
from webapp.flows.deeds import deed_of_code
from webapp.flows.errors import FlowError
from webapp.flows.keepers import Holding
from webapp.flows.offline_codes import CodeKey
from webapp.flows.offline_demands import OfflineDemands, offline_demands_of
from webapp.flows.passkey_notes import Occasion, Purpose, subject_of
from webapp.flows.services import Services
from webapp.flows.visitor import Visitor
from webapp.powerauth.offline_operation import QROperation, QROperationParser, verify_qr_operation
from webapp.powerauth.state import ActivationState


class CodesUsedUp(FlowError):
    """One code more, and the bank might not find this browser's counter again: it has to be met first."""

    message_key = "offline.codes_used_up"


@dataclass(frozen=True, slots=True)
class Codes:
    """`made`: how many the bank may not have seen. `left`: how many more can be made before it has to be met.

    `are_many`: it is time to meet it.
    """

    made: int
    left: int
    are_many: bool

    @classmethod
    def of(cls, state: ActivationState) -> "Codes":
        return cls(state.unconfirmed, state.codes_left, state.is_far_ahead)


@dataclass(frozen=True, slots=True)
class OfflineDetail:
    """A genuine operation, and the note that ties a signature to exactly this text."""

    operation: QROperation
    text: str = field(repr=False)
    note: str = field(repr=False)
    demands: OfflineDemands
    attempts_left: int | None
    """As the server last said; None if no attempt was ever lost."""
    codes: Codes


@dataclass(frozen=True, slots=True)
class Signed:
    """Where the code lies. `is_repeated`: the form came again, and nothing was signed a second time."""

    place: CodeKey
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class OfflineCode:
    """A code such as `12345678-12345678`, and for how long it may still be shown."""

    code: str = field(repr=False)
    seconds_left: int
    codes: Codes


def read_offline(services: Services, visitor: Visitor, text: str) -> OfflineDetail:
    """Read a QR code's text, cleaned of what clings to it and otherwise as it came.

    Raises:
        QROperationError: it is malformed; names the line and the rule.
        QROperationNotGenuine: the bank did not make it for this activation, or it was changed.
        NotEnrolled, HalfMissing, HalfWrong: there is no activation to read it with.
    """
    opened = services.custody.open(visitor.sid, visitor.half)
    state = opened.state
    operation = _genuine(services, state, text)
    return OfflineDetail(
        operation=operation,
        text=text,
        note=services.snapshots.make_of_text(text, generation=opened.generation),
        demands=_demands(services, operation, state),
        attempts_left=state.max_failed_attempts - state.failed_attempts if state.failed_attempts else None,
        codes=Codes.of(state),
    )


def sign_offline(services: Services, visitor: Visitor, text: str, *, note: str, answer: Answer) -> Signed:
    """Make the code for exactly the text that the note is about; a form that comes again makes none.

    Raises:
        FormError: the note cannot be trusted any more.
        QROperationError, QROperationNotGenuine: as `read_offline`.
        AnswerRefused: something in the form is missing or cannot be right.
        CodesUsedUp: the bank has to be met first.
        StoreUnavailable, AuditDamaged: what is about to be done could not be written down.
        NotEnrolled, HalfMissing, ActivationBusy. Nothing was signed then.
    """
    opened = services.custody.open(visitor.sid, visitor.half)
    shown = services.snapshots.open_of_text(note, text=text, generation=opened.generation)
    operation = _genuine(services, opened.state, text)
    place = CodeKey.of_form(shown.form_id)
    with services.custody.hold(visitor.sid, visitor.half) as held:
        if offline_codes.find(held, place.code_id) is not None:
            return Signed(place, is_repeated=True)
        policy = services.policy
        demands = _demands(services, operation, held.state)
        authentication = confirm_offline(answer, demands, rules=policy.knowledge)
        if not held.state.codes_left:
            raise CodesUsedUp
        if authentication is None:
            occasion = Occasion(Purpose.OFFLINE, held.generation, subject_of(note))
            authentication = by_passkey(services, held, answer, occasion)
        operations = services.upstream.mobile_token(Holding(held), visitor.languages).operations
        deed = deed_of_code(operation.operation_id, shown, demands)
        with services.audit.deed(visitor, held.state.activation_id, deed) as ending:
            code = operations.authorize_offline(
                operation, authentication, policy.offline_uri_id, digits=policy.offline_digits
            )
            offline_codes.keep(held, place, code, now_ms=services.clock.now_ms())
            ending.came_to(DONE)
        # A wrong one costs an attempt that no answer to this site ever tells of.
        services.upstream.note_doubt(held.state.activation_id)
    return Signed(place)


def offline_code(services: Services, visitor: Visitor, code_id: str, key: bytes | None) -> OfflineCode | None:
    """The code that lies there; None once its two minutes are over, or for a browser without its key.

    Raises:
        NotEnrolled, HalfMissing, HalfWrong: there is no activation that it could belong to.
    """
    opened = services.custody.open(visitor.sid, visitor.half)
    kept = offline_codes.find(opened, code_id)
    if kept is None or key is None:
        return None
    seconds_left, code = kept.seconds_left(services.clock.now_ms()), kept.open(key)
    if code is None or not seconds_left:
        return None
    return OfflineCode(code, seconds_left, Codes.of(opened.state))


def _demands(services: Services, operation: QROperation, state: ActivationState) -> OfflineDemands:
    has_passkey = services.passkey_of(state) is not None
    return offline_demands_of(operation, services.policy, has_passkey=has_passkey)


def _genuine(services: Services, state: ActivationState, text: str) -> QROperation:
    operation = QROperationParser.parse(text)
    verify_qr_operation(
        operation,
        master_public_key=services.upstream.configuration.sdk.master_public_key,
        server_public_key=state.server_public_key,
    )
    return operation
