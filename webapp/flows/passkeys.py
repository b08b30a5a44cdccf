"""Passkeys at work: ask a device, check its answer, open the biometry key with its secret.

The order is the point: first the answer is verified (site, challenge, person, signature, never used before),
then the secret is held against the check value, and only then is there something to sign with.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from webapp.clock import Clock
from webapp.flows.passkey import Passkey, Use, passkey_of
from webapp.flows.passkey_answers import read_assertion, read_registration
from webapp.flows.passkey_errors import PasskeyError, PasskeyUnknown
from webapp.flows.passkey_notes import Notes, Occasion, challenge_of
from webapp.flows.relying_party import RelyingParty, check_counter
from webapp.mtoken.keeper import HeldState
from webapp.powerauth.encoding import from_base64url, to_base64url
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.randomness import Random

_USER_ID_BYTES = 16
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Question:
    """What a page asks the device: the options in the JSON form of the specification.

    `note` comes back with the answer; the passkey's secret depends on `salt`, 32 bytes in Base64url.
    """

    note: str
    options: dict[str, Any]
    salt: str


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey that was just made, and what is to wrap the biometry key, 16 bytes."""

    passkey: Passkey
    wrapping_key: bytes = field(repr=False)


class Passkeys:
    """Makes questions and takes answers; nothing is remembered in between."""

    def __init__(self, relying_party: RelyingParty, notes: Notes, *, clock: Clock, random: Random) -> None:
        self._relying_party = relying_party
        self._notes = notes
        self._clock = clock
        self._random = random

    def ask_for_new(self, occasion: Occasion, *, name: str) -> Question:
        """Ask for a passkey; people find it in their device's list by this name."""
        text, note = self._notes.make(occasion)
        user_id = self._random(_USER_ID_BYTES)
        options = self._relying_party.creation_options(challenge_of(text), user_id=user_id, name=name)
        return Question(text, options, note.salt)

    def ask(self, occasion: Occasion, passkey: Passkey) -> Question:
        """Ask this passkey for an answer."""
        text, _note = self._notes.make(occasion)
        options = self._relying_party.request_options(challenge_of(text), passkey)
        return Question(text, options, to_base64url(passkey.salt))

    def take_new(self, answer: str, occasion: Occasion) -> NewPasskey:
        """The passkey that was made in answer to `ask_for_new`.

        Raises:
            PasskeyError: one of its leaves.
        """
        with _logged():
            made = read_registration(answer)
            note = self._notes.open(made.note, occasion)
            credential = self._relying_party.verify_registration(made, challenge_of(made.note))
            salt, now_ms = from_base64url(note.salt), self._clock.now_ms()
            passkey = Passkey.new(credential, salt=salt, secret=made.key, now_ms=now_ms)
            return NewPasskey(passkey, passkey.wrapping_key(made.key))

    def authenticate(self, held: HeldState, answer: str, occasion: Occasion) -> PowerAuthAuthentication:
        """What to sign with, against an answer to `ask`; from now on that answer is used up.

        Raises:
            PasskeyError: one of its leaves; nothing was signed and no attempt was spent.
        """
        with _logged():
            state = held.state
            passkey = None if state is None else passkey_of(state)
            if state is None or passkey is None:
                raise PasskeyUnknown
            given = read_assertion(answer)
            note, challenge = self._notes.open(given.note, occasion), challenge_of(given.note)
            credential = self._relying_party.verify_assertion(given, challenge, passkey.credential)
            used = passkey.after_use(credential, Use(challenge, note.made_at_ms))
            check_counter(passkey.credential, credential)
            wrapping_key = passkey.wrapping_key(given.key)
            held.store(replace(state, biometry_context=used.to_bytes()))
            return PowerAuthAuthentication.biometry(wrapping_key)


@contextmanager
def _logged() -> Iterator[None]:
    """Note down which check refused an answer: an operator may see a cloned passkey in it."""
    try:
        yield
    except PasskeyError as error:
        _log.warning("passkey_refused", error=type(error).__name__)
        raise
