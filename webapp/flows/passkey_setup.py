"""A passkey for an activation: whether it has one, adding it with the PIN, taking it away, asking it.

Adding one needs the biometry key, which is forgotten after the key exchange: the bank hands out the vault
key against the PIN, and the key tree is grown once more. A wrong PIN costs an attempt like any other.

Source: powerauth.md, sections 9 and 9.2.
"""

from dataclasses import dataclass
from typing import Final

from webapp.flows.audit import DONE, Act, Deed
from webapp.flows.errors import AnswerRefused, FlowError
from webapp.flows.outcome import OutcomeKind
from webapp.flows.passkey import Passkey, passkey_of
from webapp.flows.passkey_errors import PasskeyUnknown
from webapp.flows.passkey_notes import Occasion, Purpose, subject_of
from webapp.flows.passkeys import NewPasskey, Question
from webapp.flows.services import Services
from webapp.flows.steps import NOT_TAKEN, Step, Taken, proven, take
from webapp.flows.visitor import Visitor
from webapp.mtoken.power_auth import PowerAuth
from webapp.powerauth.biometry import without_biometry

_NOT_THE_PIN: Final = frozenset({OutcomeKind.CHECK, OutcomeKind.UNKNOWN})


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """What a person may know of their passkey. `added_at_ms` is by this machine's clock."""

    added_at_ms: int
    can_be_synced: bool


def passkey_view(services: Services, visitor: Visitor) -> PasskeyView | None:
    """The passkey of this browser's activation, if it has one.

    Raises:
        PasskeysOff, NotEnrolled, HalfMissing.
    """
    services.offered_passkeys()
    passkey = passkey_of(services.custody.open(visitor.sid, visitor.half).state)
    if passkey is None:
        return None
    return PasskeyView(passkey.added_at_ms, passkey.credential.can_be_backed_up)


def ask_for_new(services: Services, visitor: Visitor) -> Question:
    """What to ask the device for a passkey of this browser's activation.

    Raises:
        PasskeysOff, NotEnrolled, HalfMissing.
    """
    passkeys = services.offered_passkeys()
    opened = services.custody.open(visitor.sid, visitor.half)
    return passkeys.ask_for_new(Occasion(Purpose.ADD, opened.generation), name=opened.state.name)


def ask_newcomer(services: Services, name: str) -> Question:
    """The same for a browser that is about to be enrolled under this name."""
    return services.offered_passkeys().ask_for_new(Occasion(Purpose.ENROL, ""), name=name)


def ask_to_sign(services: Services, visitor: Visitor, purpose: Purpose, snapshot: str) -> Question:
    """What to ask the passkey, for exactly the form with this snapshot.

    Raises:
        PasskeysOff, NotEnrolled, HalfMissing.
        PasskeyUnknown: there is no passkey.
    """
    passkeys = services.offered_passkeys()
    opened = services.custody.open(visitor.sid, visitor.half)
    passkey = passkey_of(opened.state)
    if passkey is None:
        raise PasskeyUnknown
    return passkeys.ask(Occasion(purpose, opened.generation, subject_of(snapshot)), passkey)


def add_passkey(services: Services, visitor: Visitor, *, note: str, answer: str, pin: str | None) -> Taken:
    """Let this passkey sign from now on, against the PIN; one that is there already stays.

    Returns:
        Done, or the verdict: CREDENTIAL, BLOCKED, REMOVED, OUT_OF_SYNC, or UNAVAILABLE, which stands for
        everything that is not the PIN's fault or may not be. In none of them was anything changed.

    Raises:
        AnswerRefused: `passkey` or `pin` cannot be right; no attempt was spent.
        PasskeysOff, FormError, NotEnrolled, HalfMissing, ActivationBusy: nothing was signed.
    """
    generation = services.custody.open(visitor.sid, visitor.half).generation
    made, proof = _check(services, generation, answer, pin)

    def act(power_auth: PowerAuth) -> Taken:
        if passkey_of(power_auth.state) is not None:
            return Taken()
        context = made.passkey.to_bytes()
        taken = proven(
            power_auth, lambda: power_auth.add_biometry_factor(proof, made.wrapping_key, context=context)
        )
        is_unclear = taken.verdict is not None and taken.verdict.kind in _NOT_THE_PIN
        return NOT_TAKEN if is_unclear else taken

    return take(services, visitor, Step.ADD_PASSKEY, note, act)


def remove_passkey(services: Services, visitor: Visitor) -> Passkey | None:
    """Sign with the PIN alone from now on; the bank need not be told. Returns what was there.

    Raises:
        NotEnrolled, HalfMissing, ActivationBusy: nothing was changed.
        StoreUnavailable, AuditDamaged: what is about to be done could not be written down.
    """
    deed = Deed(act=Act.REMOVE_PASSKEY)
    with services.custody.hold(visitor.sid, visitor.half) as held:
        passkey = passkey_of(held.state)
        with services.audit.deed(visitor, held.state.activation_id, deed) as ending:
            held.store(without_biometry(held.state))
            ending.came_to(DONE)
    return passkey


def _check(services: Services, generation: str, answer: str, pin: str | None) -> tuple[NewPasskey, str]:
    problems: dict[str, str] = {}
    made, proof = None, None
    try:
        proof = services.policy.knowledge.prove(pin)
    except FlowError as error:
        problems["pin"] = error.message_key
    try:
        made = services.offered_passkeys().take_new(answer, Occasion(Purpose.ADD, generation))
    except FlowError as error:
        problems["passkey"] = error.message_key
    if made is None or proof is None:
        raise AnswerRefused(problems)
    return made, proof
