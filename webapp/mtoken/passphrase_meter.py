"""How strong a PIN is: what an application may warn about before somebody takes it.

Source: the mobile SDK's `PowerAuthPassphraseMeter`, whose words these are.
"""

from dataclasses import dataclass
from enum import StrEnum

from webapp.mtoken.guessable import has_few_digits, is_date, is_repeated, is_row
from webapp.powerauth.password import PasswordLike, password_bytes

SHORTEST = 4


class PinTestIssue(StrEnum):
    """Why a PIN is guessed early."""

    NOT_UNIQUE = "NOT_UNIQUE"
    """Hardly any different digits."""
    REPEATING_CHARS = "REPEATING_CHARS"
    """A digit, or a group of them, over and over."""
    PATTERN_FOUND = "PATTERN_FOUND"
    """Digits in a row."""
    POSSIBLY_DATE = "POSSIBLY_DATE"


_TESTS = {
    PinTestIssue.NOT_UNIQUE: has_few_digits,
    PinTestIssue.REPEATING_CHARS: is_repeated,
    PinTestIssue.PATTERN_FOUND: is_row,
    PinTestIssue.POSSIBLY_DATE: is_date,
}


@dataclass(frozen=True, slots=True)
class PinTestResult:
    """All that speaks against a PIN."""

    issues: frozenset[PinTestIssue]

    @property
    def should_warn_user_about_weak_pin(self) -> bool:
        return bool(self.issues)


class PassphraseMeter:
    """Measures; whether a weak PIN is refused is for the application to decide."""

    @staticmethod
    def test_pin(pin: PasswordLike) -> PinTestResult:
        """Look for what thieves try first.

        Raises:
            ValueError: something else than digits, or fewer than four.
        """
        # No digit has a byte of its own outside ASCII, and what failed is not quoted.
        digits = password_bytes(pin).decode("ascii", errors="replace")
        if len(digits) < SHORTEST or not (digits.isascii() and digits.isdigit()):
            raise ValueError("a PIN has four digits or more, and nothing else")
        return PinTestResult(frozenset(issue for issue, applies in _TESTS.items() if applies(digits)))
