"""What a person knows: a PIN, or a password where the operator wants one.

The rules for choosing hold for new ones only. A text that somebody proves themselves with is held against
what any choice could have been, ever: stricter rules must not lock anybody out.

Source: RFC 8265, section 4 (how a password is compared: form C, any space is a space, nothing is cut off).
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from webapp.flows.errors import (
    PasswordCommon,
    PinCharacters,
    PinDate,
    PinMalformed,
    PinMissing,
    PinRepeated,
    PinsDiffer,
    PinSequence,
    PinTooLong,
    PinTooShort,
    PinTrivial,
)
from webapp.mtoken.guessable import has_few_digits, is_common, is_date, is_repeated, is_row

MIN_PROVEN: Final = 4
"""No PIN and no password was ever shorter."""


class KnowledgeKind(StrEnum):
    """What people are asked for."""

    PIN = "pin"
    PASSWORD = "password"  # noqa: S105 - the word, not one


LIMITS: Final = {KnowledgeKind.PIN: (4, 32), KnowledgeKind.PASSWORD: (8, 128)}
"""The least and the most characters that the operator can ask for; also what is asked for by default."""


@dataclass(frozen=True, slots=True)
class KnowledgeRules:
    """The operator's rules: digits of a PIN, or characters of a password, at least and at most."""

    kind: KnowledgeKind = KnowledgeKind.PIN
    shortest: int = LIMITS[KnowledgeKind.PIN][0]
    longest: int = LIMITS[KnowledgeKind.PIN][1]

    def choose(self, typed: str, again: str) -> str:
        """What a person wants to use from now on, typed twice; as it is computed with.

        Raises:
            PinRefused: one of its leaves.
        """
        chosen = self._read(typed)
        if not self._is_possible(chosen):
            raise PinCharacters
        if len(chosen) < self.shortest:
            raise PinTooShort
        if len(chosen) > self.longest:
            raise PinTooLong
        if chosen != self._read(again):
            raise PinsDiffer
        self._refuse_guessable(chosen)
        return chosen

    def prove(self, typed: str | None) -> str:
        """What might be right, as it is computed with. Anything else is not sent: it would cost an attempt.

        Raises:
            PinMissing: nothing was typed.
            PinMalformed: no PIN or password looks like this.
        """
        proven = self._read(typed or "")
        if not proven:
            raise PinMissing
        if not self._is_possible(proven) or not MIN_PROVEN <= len(proven) <= LIMITS[self.kind][1]:
            raise PinMalformed
        return proven

    def _read(self, typed: str) -> str:
        """Digits of any script are the same digits, and space around a PIN is none of it."""
        if self.kind is KnowledgeKind.PIN:
            return "".join(str(unicodedata.decimal(character, character)) for character in typed.strip())
        spaced = "".join(" " if unicodedata.category(character) == "Zs" else character for character in typed)
        return unicodedata.normalize("NFC", spaced)

    def _is_possible(self, text: str) -> bool:
        if self.kind is KnowledgeKind.PIN:
            return text == "" or (text.isascii() and text.isdigit())
        return text.isprintable()

    def _refuse_guessable(self, chosen: str) -> None:
        if is_repeated(chosen):
            raise PinRepeated
        if is_row(chosen):
            raise PinSequence
        if is_date(chosen):
            raise PinDate
        if self.kind is KnowledgeKind.PIN and has_few_digits(chosen):
            raise PinTrivial
        if self.kind is KnowledgeKind.PASSWORD and is_common(chosen):
            raise PasswordCommon
