"""Enrol: a proof of who asks, a name and a PIN make this browser a token.

The proof is an activation code, and whatever else the operator has opened: credentials, a recovery code
with its PUK, a sign-in.
"""

import unicodedata
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from webapp.custody.errors import HalfMissing, HalfWrong, NotEnrolled
from webapp.custody.tries import Try
from webapp.flows.audit import DONE, Act, Deed
from webapp.flows.errors import (
    AlreadyEnrolled,
    BackendUnavailable,
    CodeNotGenuine,
    CodeRefused,
    CredentialsRefused,
    IdentityRefused,
    PukMalformed,
    RecoveryRefused,
    ServerNotTrusted,
    SignInRefused,
)
from webapp.flows.passkey_notes import Occasion, Purpose
from webapp.flows.passkeys import NewPasskey
from webapp.flows.services import Services
from webapp.flows.visitor import Visitor
from webapp.mtoken.errors import NotSent, RefusedByServer
from webapp.mtoken.keeper import MemoryKeeper
from webapp.mtoken.power_auth import PowerAuth
from webapp.powerauth.activation_code import (
    ActivationCode,
    correct_typed_code,
    parse_activation_code,
    validate_recovery_puk,
)
from webapp.powerauth.errors import (
    ActivationInvalid,
    EnvelopeInvalid,
    SignatureInvalid,
    TemporaryKeyInvalid,
)
from webapp.powerauth.identity import Identity, IdentityKind

_REFUSALS: Final = MappingProxyType(
    {
        IdentityKind.CODE: CodeRefused,
        IdentityKind.CUSTOM: CredentialsRefused,
        IdentityKind.DIRECT: SignInRefused,
    }
)


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What the browser has to keep: its name here, and its half of the key."""

    sid: str = field(repr=False)
    half: str = field(repr=False)


def read_code(text: str) -> ActivationCode:
    """A code as typed (forgiving) or as scanned with its signature (exact but for case and space around).

    Raises:
        ActivationCodeError: the rule it breaks.
    """
    text = text.strip("\ufeff \t\r\n\u00a0")
    if "#" in text:
        return parse_activation_code(text)
    return ActivationCode(correct_typed_code(text))


def read_recovery_code(typed: str) -> str:
    """A recovery code as typed, forgiving, with or without `R:` in front.

    Raises:
        ActivationCodeError: the rule that it breaks.
    """
    return correct_typed_code(typed.strip().removeprefix("R:").removeprefix("r:"))


def read_recovery(code: str, puk: str) -> Identity:
    """A recovery code and its PUK as typed.

    Raises:
        ActivationCodeError: the rule that the code breaks.
        PukMalformed: a PUK has ten digits.
    """
    bare = read_recovery_code(code)
    digits = "".join(str(unicodedata.decimal(one, one)) for one in puk if not one.isspace() and one != "-")
    if not validate_recovery_puk(digits):
        raise PukMalformed
    return Identity.of_recovery(bare, digits)


def enrol(
    services: Services,
    visitor: Visitor,
    *,
    identity: Identity,
    name: str,
    pin: str,
    otp: str | None = None,
    passkey: str = "",
    proof_key: bytes | None = None,
) -> Enrolled:
    """Exchange keys with the server and seal the new activation. The PIN has been checked before.

    Args:
        otp: what the bank gave together with an activation code.
        passkey: what the page wrote about a new passkey; empty: there is none.
        proof_key: the public key by which this browser proves its requests from now on, if it has one.

    Raises:
        AlreadyEnrolled, CodeNotGenuine, PasskeyError, TooManyTries: nothing was sent.
        IdentityRefused, ServerNotTrusted, BackendUnavailable: there is no activation.
        NotSent: nothing happened; a code is still good.
        AnswerLost: a code may be used up; the bank gives another.
        StoreUnavailable, AuditDamaged: what is about to be done could not be written down.
    """
    _refuse_second_activation(services, visitor)
    made = _take(services, passkey) if passkey else None
    power_auth = services.upstream.power_auth(MemoryKeeper())
    taken = services.guard.enrolment(visitor, identity, services.policy.ways.credentials)
    with services.audit.deed(visitor, "", Deed(act=Act.ENROL)) as ending:
        _exchange_keys(power_auth, identity, name, otp, taken)
        power_auth.commit_activation(pin, biometry_key=made.wrapping_key if made else None)
        ending.belongs_to(power_auth.state.activation_id)
        context = made.passkey.to_bytes() if made else None
        state = replace(power_auth.state, biometry_context=context)
        keys = services.custody.admit(state, proof_key=proof_key)
        ending.came_to(DONE)
    services.upstream.note_met(power_auth.state.activation_id)
    return Enrolled(keys.sid, keys.half)


def _exchange_keys(power_auth: PowerAuth, identity: Identity, name: str, otp: str | None, taken: Try) -> None:
    try:
        power_auth.create_activation(identity, name, otp=otp)
    except NotSent:
        taken.give_back()
        raise
    except SignatureInvalid as error:
        taken.give_back()
        raise CodeNotGenuine(str(error)) from error
    except (TemporaryKeyInvalid, EnvelopeInvalid, ActivationInvalid) as error:
        raise ServerNotTrusted(str(error)) from error
    except RefusedByServer as error:
        if error.http_status < HTTPStatus.INTERNAL_SERVER_ERROR and error.code != "ERR_TEMPORARY_KEY":
            raise _refusal(identity.kind, error) from error
        raise BackendUnavailable(str(error)) from error
    taken.give_back()


def _take(services: Services, passkey: str) -> NewPasskey:
    """The biometry key is at hand in this request alone, so the passkey has to be there, too."""
    return services.offered_passkeys().take_new(passkey, Occasion(Purpose.ENROL, ""))


def _refusal(kind: IdentityKind, error: RefusedByServer) -> IdentityRefused:
    if kind is IdentityKind.RECOVERY:
        return RecoveryRefused(puk_index=error.recovery_puk_index)
    return _REFUSALS[kind](str(error))


def _refuse_second_activation(services: Services, visitor: Visitor) -> None:
    try:
        services.custody.open(visitor.sid, visitor.half)
    except (NotEnrolled, HalfMissing, HalfWrong):
        return
    raise AlreadyEnrolled
