"""How often somebody may guess: at PINs, enrolment codes, credentials, recovery codes, others' operations.

A guess is counted against the address it comes from and against what is guessed at. It is counted before it
leaves and given back once it turns out to have been none, so people who make no mistakes never meet a limit,
however many of them share an address. The bank's own count of failed attempts stays what decides about an
activation: this one can only make guessing slower.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from webapp.custody.errors import AuditDamaged, StoreUnavailable
from webapp.custody.tries import Counted, Rate, Tries, Try
from webapp.flows.errors import AnswerRefused, StandingError
from webapp.flows.outcome import OutcomeKind
from webapp.flows.visitor import Visitor
from webapp.flows.ways_in import CredentialField
from webapp.powerauth.identity import Identity, IdentityKind

T = TypeVar("T")

_HOUR_S: Final = 3600
_DAY_S: Final = 24 * _HOUR_S


class Guess(StrEnum):
    """What may be guessed at, from an address and at one target; the names of the limits."""

    ENROL_BY_ADDRESS = "enrol.address"
    CREDENTIALS_BY_ADDRESS = "credentials.address"
    CREDENTIALS_OF_PERSON = "credentials.person"
    RECOVERY_BY_ADDRESS = "recovery.address"
    RECOVERY_OF_CODE = "recovery.code"
    PIN_BY_ADDRESS = "pin.address"
    PIN_OF_ACTIVATION = "pin.activation"
    CLAIM_BY_ADDRESS = "claim.address"
    CLAIM_BY_ACTIVATION = "claim.activation"


RATES: Final[Mapping[str, Rate]] = MappingProxyType(
    {
        Guess.ENROL_BY_ADDRESS: Rate(100, _HOUR_S),
        Guess.CREDENTIALS_BY_ADDRESS: Rate(100, _HOUR_S),
        Guess.CREDENTIALS_OF_PERSON: Rate(20, _HOUR_S),
        Guess.RECOVERY_BY_ADDRESS: Rate(50, _HOUR_S),
        Guess.RECOVERY_OF_CODE: Rate(10, _DAY_S),
        Guess.PIN_BY_ADDRESS: Rate(200, _HOUR_S),
        Guess.PIN_OF_ACTIVATION: Rate(20, _DAY_S),
        Guess.CLAIM_BY_ADDRESS: Rate(200, _HOUR_S),
        Guess.CLAIM_BY_ACTIVATION: Rate(50, _HOUR_S),
    }
)
"""Generous: a branch of a bank, or a whole provider of mobile internet, may be behind one address."""

NO_GUESS: Final = frozenset(
    {
        OutcomeKind.APPROVED,
        OutcomeKind.REJECTED,
        OutcomeKind.ELSEWHERE,
        OutcomeKind.EXPIRED,
        OutcomeKind.CANCELED,
        OutcomeKind.CHECK,
        OutcomeKind.UNAVAILABLE,
    }
)
"""Of these is known that the PIN was right, or not looked at."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Counts guesses; a limit without a rate counts nothing."""

    tries: Tries
    rates: Mapping[str, Rate]

    def enrolment(self, visitor: Visitor, identity: Identity, asked: Sequence[CredentialField]) -> Try:
        """Before a proof of identity is sent; to be given back if it was the right one.

        Args:
            asked: the credentials that the site asks for, if it does.

        Raises:
            TooManyTries: nothing was sent.
        """
        if identity.kind is IdentityKind.RECOVERY:
            code = identity.attributes["recoveryCode"]
            return self._take((Guess.RECOVERY_BY_ADDRESS, visitor.address), (Guess.RECOVERY_OF_CODE, code))
        if identity.kind is IdentityKind.CUSTOM:
            person = "\n".join(identity.attributes.get(one.name, "") for one in asked if not one.is_secret)
            known = ((Guess.CREDENTIALS_OF_PERSON, person),) if person.strip() else ()
            return self._take((Guess.CREDENTIALS_BY_ADDRESS, visitor.address), *known)
        return self._take((Guess.ENROL_BY_ADDRESS, visitor.address))

    def claim(self, visitor: Visitor, record_id: str) -> Try:
        """Before an operation is claimed; to be given back if it could be.

        Raises:
            TooManyTries: nothing was sent.
        """
        return self._take((Guess.CLAIM_BY_ADDRESS, visitor.address), (Guess.CLAIM_BY_ACTIVATION, record_id))

    def pin(
        self, visitor: Visitor, record_id: str, send: Callable[[], T], is_guess: Callable[[T], bool]
    ) -> T:
        """Send what a PIN or a passkey signs; `is_guess` tells whether the secret may have been wrong.

        Raises:
            TooManyTries: nothing was signed and nothing sent.
        """
        taken = self._take((Guess.PIN_BY_ADDRESS, visitor.address), (Guess.PIN_OF_ACTIVATION, record_id))
        try:
            done = send()
        except (AnswerRefused, StandingError, AuditDamaged, StoreUnavailable):
            # Nothing was signed, or what was signed had been accepted before it could not be stored.
            taken.give_back()
            raise
        if not is_guess(done):
            taken.give_back()
        return done

    def _take(self, *guesses: tuple[Guess, str]) -> Try:
        return self.tries.take(
            *(Counted(name, whose, self.rates[name]) for name, whose in guesses if name in self.rates)
        )
