"""A person's answer to an operation that they want to approve, held against what the operation demands."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from webapp.flows.demands import Demands, Factors
from webapp.flows.errors import (
    AnswerRefused,
    CallUnanswered,
    FlowError,
    NotApprovable,
    OnCall,
    RetypedMissing,
    RetypedWrong,
)
from webapp.flows.offline_demands import OfflineDemands, WarningUnread
from webapp.flows.passkey_errors import PasskeyError, PasskeyMissing, PasskeyNotAllowed
from webapp.flows.passkey_notes import Occasion
from webapp.flows.pin import KnowledgeRules
from webapp.flows.proximity import KeptCode, proximity_check
from webapp.flows.retype import Retype
from webapp.flows.services import Services
from webapp.mtoken.keeper import HeldState
from webapp.mtoken.operation import ProximityCheck
from webapp.powerauth.factors import PowerAuthAuthentication


@dataclass(frozen=True, slots=True)
class Answer:
    """What the form of an approval brought; None where it had no such field."""

    pin: str | None = field(default=None, repr=False)
    on_call: str | None = None
    """`no`: nobody on the phone asks for this; `yes`: somebody does."""
    retyped: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)
    kept_code: KeptCode | None = None
    is_read: bool = False
    """The person says that they have read a warning."""
    passkey: str | None = field(default=None, repr=False)
    """What the page wrote about a passkey's answer; it takes the place of the PIN."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """An answer that is complete: what to sign with, and the proof of nearness to send along."""

    authentication: PowerAuthAuthentication | None
    """None: a passkey answered, and has to be checked (`by_passkey`)."""
    proximity: ProximityCheck | None


def confirm(
    answer: Answer,
    demands: Demands,
    operation_id: str,
    *,
    rules: KnowledgeRules,
    now_ms: int,
    lifetime_s: int,
) -> Confirmation:
    """Check everything that can be checked here; what is wrong costs no attempt.

    Raises:
        NotApprovable: the operation can only be rejected here.
        AnswerRefused: names every field that is missing or cannot be right.
    """
    if demands.factors is Factors.NONE:
        raise NotApprovable
    problems: dict[str, str] = {}
    authentication: PowerAuthAuthentication | None = None
    proximity = None
    with _noting(problems, "on_call"):
        _check_call(answer, is_asked=demands.asks_about_call)
    with _noting(problems, "retyped"):
        _check_retyped(answer, demands.retype)
    with _noting(problems, "passkey"):
        _check_passkey(answer, demands, is_needed=demands.factors is Factors.PASSKEY)
    with _noting(problems, "pin"):
        if demands.factors is Factors.ONE:
            authentication = PowerAuthAuthentication.possession()
        elif demands.factors is Factors.PIN and not answer.passkey:
            authentication = PowerAuthAuthentication.password(rules.prove(answer.pin))
    with _noting(problems, "code"):
        if demands.scan or _brings_code(answer, now_ms, lifetime_s):
            proximity = proximity_check(
                operation_id, typed=answer.code, kept=answer.kept_code, now_ms=now_ms, lifetime_s=lifetime_s
            )
    if problems:
        raise AnswerRefused(problems)
    return Confirmation(authentication, proximity)


def confirm_offline(
    answer: Answer, demands: OfflineDemands, *, rules: KnowledgeRules
) -> PowerAuthAuthentication | None:
    """The same for an operation from a QR code, which takes two factors and has no proof to send along.

    Returns:
        What to sign with; None: a passkey answered, and has to be checked (`by_passkey`).

    Raises:
        AnswerRefused: names every field that is missing or cannot be right.
    """
    problems: dict[str, str] = {}
    authentication: PowerAuthAuthentication | None = None
    with _noting(problems, "read"):
        if demands.warns and not answer.is_read:
            raise WarningUnread
    with _noting(problems, "on_call"):
        _check_call(answer, is_asked=demands.asks_about_call)
    with _noting(problems, "retyped"):
        _check_retyped(answer, demands.retype)
    with _noting(problems, "passkey"):
        _check_passkey(answer, demands)
    with _noting(problems, "pin"):
        if not answer.passkey:
            authentication = PowerAuthAuthentication.password(rules.prove(answer.pin))
    if problems:
        raise AnswerRefused(problems)
    return authentication


def by_passkey(
    services: Services, held: HeldState, answer: Answer, occasion: Occasion
) -> PowerAuthAuthentication:
    """What to sign with, once the passkey's answer is verified and its secret is the right one.

    Raises:
        AnswerRefused: it is not; no attempt was spent.
    """
    try:
        return services.offered_passkeys().authenticate(held, answer.passkey or "", occasion)
    except PasskeyError as error:
        raise AnswerRefused({"passkey": error.message_key}) from error


def _brings_code(answer: Answer, now_ms: int, lifetime_s: int) -> bool:
    """Whether a link has brought a code that is still worth sending, also where no screen asks for one."""
    return answer.kept_code is not None and answer.kept_code.is_fresh(now_ms, lifetime_s)


@contextmanager
def _noting(problems: dict[str, str], field_name: str) -> Iterator[None]:
    try:
        yield
    except FlowError as error:
        problems[field_name] = error.message_key


def _check_call(answer: Answer, *, is_asked: bool) -> None:
    if not is_asked or answer.on_call == "no":
        return
    raise OnCall if answer.on_call == "yes" else CallUnanswered


def _check_passkey(answer: Answer, demands: Demands | OfflineDemands, *, is_needed: bool = False) -> None:
    """Whether one answered where it may, and where it must; what it answered is looked at last."""
    if answer.passkey and not demands.takes_passkey:
        raise PasskeyNotAllowed
    if is_needed and not answer.passkey:
        raise PasskeyMissing


def _check_retyped(answer: Answer, retype: Retype | None) -> None:
    if retype is None:
        return
    if not answer.retyped:
        raise RetypedMissing
    if not retype.matches(answer.retyped):
        raise RetypedWrong
