"""Enrol by signing in at the bank's OpenID provider: authorization code with PKCE.

The browser goes to the provider and comes back with a code, which is exchanged for an activation once name
and PIN are there. What ties the two halves together is kept by the browser that began, and by no other.

Source: powerauth.md, section 3.4; webapp/mtoken/oidc.py.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from webapp.flows.errors import BackendUnavailable, ServerNotTrusted, SignInDenied, SignInOver
from webapp.flows.services import Services
from webapp.mtoken.errors import RefusedByServer
from webapp.mtoken.keeper import MemoryKeeper
from webapp.mtoken.oidc import OidcSignIn
from webapp.powerauth.errors import ActivationInvalid, EnvelopeInvalid, TemporaryKeyInvalid
from webapp.powerauth.identity import Identity

LIFETIME_S: Final = 600


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in under way: what the browser was sent with, when, and the code it came back with."""

    question: OidcSignIn = field(repr=False)
    name: str
    """How the new browser is to be called."""
    began_at_ms: int
    code: str | None = field(default=None, repr=False)


def begin_sign_in(services: Services, *, name: str) -> SignIn:
    """Ask the bank where people sign in, and make the secrets of one sign-in.

    Raises:
        NotSent, AnswerLost, BackendUnavailable, ServerNotTrusted: there is no telling where.
    """
    power_auth = services.upstream.power_auth(MemoryKeeper())
    try:
        configuration = power_auth.fetch_oidc_configuration(services.policy.ways.oidc_provider)
    except RefusedByServer as error:
        raise BackendUnavailable(str(error)) from error
    except (TemporaryKeyInvalid, EnvelopeInvalid) as error:
        raise ServerNotTrusted(str(error)) from error
    question = OidcSignIn.begin(configuration, random=services.upstream.random)
    return SignIn(question, name, services.clock.now_ms())


def returned(services: Services, sign_in: SignIn | None, answer: Mapping[str, str]) -> SignIn:
    """The same sign-in with the code that came back.

    Args:
        sign_in: the one that this browser began, if it did.
        answer: the query with which the provider sent the browser here.

    Raises:
        SignInOver: it did not begin here, or too long ago.
        SignInDenied: the person did not sign in.
    """
    if sign_in is None or _is_over(services, sign_in):
        raise SignInOver
    if not hmac.compare_digest(answer.get("state", "").encode(), sign_in.question.state.encode()):
        raise SignInOver
    try:
        sign_in.question.identity(answer)
    except ActivationInvalid as error:
        raise SignInDenied(str(error)) from error
    return replace(sign_in, code=answer["code"])


def identity_of(services: Services, sign_in: SignIn | None) -> Identity:
    """What proves who signed in.

    Raises:
        SignInOver: nobody did here, or too long ago.
    """
    if sign_in is None or sign_in.code is None or _is_over(services, sign_in):
        raise SignInOver
    return sign_in.question.identity({"state": sign_in.question.state, "code": sign_in.code})


def _is_over(services: Services, sign_in: SignIn) -> bool:
    age_ms = services.clock.now_ms() - sign_in.began_at_ms
    return abs(age_ms) > LIFETIME_S * 1000
