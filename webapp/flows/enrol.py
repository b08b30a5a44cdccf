"""Enrol: an activation code, a name and a PIN make this browser a token."""

from dataclasses import dataclass, field
from http import HTTPStatus

from webapp.custody.errors import HalfMissing, HalfWrong, NotEnrolled
from webapp.flows.errors import (
    AlreadyEnrolled,
    BackendUnavailable,
    CodeNotGenuine,
    CodeRefused,
    ServerNotTrusted,
)
from webapp.flows.services import Services
from webapp.flows.visitor import Visitor
from webapp.mtoken.errors import RefusedByServer
from webapp.mtoken.keeper import MemoryKeeper
from webapp.powerauth.activation_code import ActivationCode, correct_typed_code, parse_activation_code
from webapp.powerauth.errors import (
    ActivationInvalid,
    EnvelopeInvalid,
    SignatureInvalid,
    TemporaryKeyInvalid,
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


def enrol(services: Services, visitor: Visitor, *, code: str, name: str, pin: str) -> Enrolled:
    """Exchange keys with the server and seal the new activation. The PIN has been checked before.

    Raises:
        AlreadyEnrolled, ActivationCodeError, CodeNotGenuine: nothing was sent.
        CodeRefused, ServerNotTrusted, BackendUnavailable: there is no activation.
        NotSent: nothing happened; the code is still good.
        AnswerLost: the code may be used up; the bank gives another.
    """
    parsed = read_code(code)
    _refuse_second_activation(services, visitor)
    power_auth = services.upstream.power_auth(MemoryKeeper())
    try:
        power_auth.create_activation(parsed, name)
    except SignatureInvalid as error:
        raise CodeNotGenuine(str(error)) from error
    except (TemporaryKeyInvalid, EnvelopeInvalid, ActivationInvalid) as error:
        raise ServerNotTrusted(str(error)) from error
    except RefusedByServer as error:
        if error.http_status < HTTPStatus.INTERNAL_SERVER_ERROR and error.code != "ERR_TEMPORARY_KEY":
            raise CodeRefused(str(error)) from error
        raise BackendUnavailable(str(error)) from error
    power_auth.commit_activation(pin)
    keys = services.custody.admit(power_auth.state)
    return Enrolled(keys.sid, keys.half)


def _refuse_second_activation(services: Services, visitor: Visitor) -> None:
    try:
        services.custody.open(visitor.sid, visitor.half)
    except (NotEnrolled, HalfMissing, HalfWrong):
        return
    raise AlreadyEnrolled
