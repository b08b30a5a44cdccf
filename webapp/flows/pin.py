"""Which PINs people may choose, and which texts cannot be one.

A PIN is 4 to 32 digits. Those that thieves try first are refused, with the reason.
"""

from typing import Final

from webapp.flows.errors import (
    PinMalformed,
    PinMissing,
    PinNotDigits,
    PinRepeated,
    PinsDiffer,
    PinSequence,
    PinTooLong,
    PinTooShort,
)

MIN_DIGITS: Final = 4
MAX_DIGITS: Final = 32
_ASCENDING = "01234567890" * 4
_DESCENDING = _ASCENDING[::-1]
_LONGEST_GROUP = 2


def check_new_pin(pin: str, again: str) -> None:
    """Check a PIN that a person wants to use from now on, typed twice.

    Raises:
        PinRefused: one of its leaves.
    """
    if not _is_digits(pin):
        raise PinNotDigits
    if len(pin) < MIN_DIGITS:
        raise PinTooShort
    if len(pin) > MAX_DIGITS:
        raise PinTooLong
    if pin != again:
        raise PinsDiffer
    if any(pin == (pin[:size] * len(pin))[: len(pin)] for size in range(1, _LONGEST_GROUP + 1)):
        raise PinRepeated
    if pin in _ASCENDING or pin in _DESCENDING:
        raise PinSequence


def check_typed_pin(pin: str | None) -> str:
    """A PIN that might be right. Anything else is not sent: it would cost an attempt for nothing.

    Raises:
        PinMissing: nothing was typed.
        PinMalformed: no PIN looks like this.
    """
    if not pin:
        raise PinMissing
    if not _is_digits(pin) or not MIN_DIGITS <= len(pin) <= MAX_DIGITS:
        raise PinMalformed
    return pin


def _is_digits(text: str) -> bool:
    return text == "" or (text.isascii() and text.isdigit())
