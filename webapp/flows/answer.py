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
from webapp.flows.pin import check_typed_pin
from webapp.flows.proximity import KeptCode, proximity_check
from webapp.flows.retype import Retype
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


@dataclass(frozen=True, slots=True)
class Confirmation:
    """An answer that is complete: what to sign with, and the proof of nearness to send along."""

    authentication: PowerAuthAuthentication
    proximity: ProximityCheck | None


def confirm(
    answer: Answer, demands: Demands, operation_id: str, *, now_ms: int, lifetime_s: int
) -> Confirmation:
    """Check everything that can be checked here; what is wrong costs no attempt.

    Raises:
        NotApprovable: the operation can only be rejected here.
        AnswerRefused: names every field that is missing or cannot be right.
    """
    if demands.factors is Factors.NONE:
        raise NotApprovable
    problems: dict[str, str] = {}
    authentication, proximity = PowerAuthAuthentication.possession(), None
    with _noting(problems, "on_call"):
        _check_call(answer, is_asked=demands.asks_about_call)
    with _noting(problems, "retyped"):
        _check_retyped(answer, demands.retype)
    with _noting(problems, "pin"):
        if demands.factors is Factors.PIN:
            authentication = PowerAuthAuthentication.password(check_typed_pin(answer.pin))
    with _noting(problems, "code"):
        if demands.scan or _brings_code(answer, now_ms, lifetime_s):
            proximity = proximity_check(
                operation_id, typed=answer.code, kept=answer.kept_code, now_ms=now_ms, lifetime_s=lifetime_s
            )
    if problems:
        raise AnswerRefused(problems)
    return Confirmation(authentication, proximity)


def confirm_offline(answer: Answer, demands: OfflineDemands) -> PowerAuthAuthentication:
    """The same for an operation from a QR code, which is signed with the PIN and has no proof to send along.

    Raises:
        AnswerRefused: names every field that is missing or cannot be right.
    """
    problems: dict[str, str] = {}
    authentication = PowerAuthAuthentication.possession()
    with _noting(problems, "read"):
        if demands.warns and not answer.is_read:
            raise WarningUnread
    with _noting(problems, "on_call"):
        _check_call(answer, is_asked=demands.asks_about_call)
    with _noting(problems, "retyped"):
        _check_retyped(answer, demands.retype)
    with _noting(problems, "pin"):
        authentication = PowerAuthAuthentication.password(check_typed_pin(answer.pin))
    if problems:
        raise AnswerRefused(problems)
    return authentication


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


def _check_retyped(answer: Answer, retype: Retype | None) -> None:
    if retype is None:
        return
    if not answer.retyped:
        raise RetypedMissing
    if not retype.matches(answer.retyped):
        raise RetypedWrong
