"""What thieves try first: repetitions, rows, dates, and words that everybody takes for a password.

Patterns and a short list, no file of a million passwords: they catch what people choose most, and each comes
with a reason that can be told. How often anybody may guess is for the bank's server to limit.
"""

import unicodedata
from typing import Final

_DIGITS: Final = "1234567890"
_ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "qsdfghjklm",
    "zxcvbnm",
    "yxcvbnm",
    "1qaz2wsx3edc4rfv5tgb",
    "1q2w3e4r5t6y7u8i9o0p",
)
_FEW_CHARACTERS: Final = 3
_FEW_DIGITS: Final = 2
_LAYOUTS: Final = {
    4: ("ddmm", "mmdd", "yyyy"),
    6: ("ddmmyy", "mmddyy", "yymmdd", "mmyyyy", "yyyymm"),
    8: ("ddmmyyyy", "mmddyyyy", "yyyymmdd", "yyyyddmm"),
}
_YEARS: Final = range(1900, 2100)
_MONTHS: Final = range(1, 13)
_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_LOOK_ALIKES: Final = str.maketrans("013457@$!|€", "oieastasile")
_COMMON: Final = frozenset(
    word
    for line in (
        "access admin administrator anything bank banking batman baseball charlie computer default donald",
        "dragon flower football freedom hello heslo hockey iloveyou internet jordan kralik laska letmein",
        "login lovely master merlin michael milacek miluju monkey mustang ninja parola pass passport",
        "passw passwd passwort password princess qazwsx samsung secret service shadow solo starwars",
        "summer sunshine superman test testing tajne tajneheslo trustno trustnoone user welcome whatever",
        "winter zaq",
    )
    for word in line.split()
)


def is_repeated(secret: str) -> bool:
    """One character, or a group of them, over and over; the last round need not be complete."""
    longest = len(secret) // 2
    return any(secret == (secret[:size] * len(secret))[: len(secret)] for size in range(1, longest + 1))


def has_few_digits(pin: str) -> bool:
    """Hardly any different ones, such as `1122`."""
    return len(set(pin)) <= _FEW_DIGITS


def is_row(secret: str) -> bool:
    """Digits, letters or keys in a row, forwards or backwards."""
    text = secret.lower()
    rows = (_DIGITS * (len(text) // len(_DIGITS) + 2), *_ROWS)
    return any(text in row or text in row[::-1] for row in rows)


def is_date(digits: str) -> bool:
    """A day of a year, a date or a year, as people write their birthdays: 4, 6 or 8 digits."""
    return digits.isdecimal() and any(_fits(digits, layout) for layout in _LAYOUTS.get(len(digits), ()))


def is_common(password: str) -> bool:
    """A word from everybody's list, dressed up with digits and signs, or hardly any different characters."""
    text = _plain(password)
    if len(set(text)) <= _FEW_CHARACTERS:
        return True
    core = text.strip("0123456789 .,:;!?-_+*/#@$%&=()")
    return any(_is_known(word) for word in (core, core.translate(_LOOK_ALIKES), text.translate(_LOOK_ALIKES)))


def _is_known(word: str) -> bool:
    """A common word or a row, once or several times."""
    sizes = range(1, len(word) + 1)
    once = next((word[:size] for size in sizes if word == word[:size] * (len(word) // size)), word)
    return not once or once in _COMMON or (is_row(once) and word != "")


def _plain(password: str) -> str:
    """Lower case, without accents."""
    decomposed = unicodedata.normalize("NFD", password.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _fits(digits: str, layout: str) -> bool:
    day, month, year = (_part(digits, layout, letter) for letter in "dmy")
    if len(year) == len("yyyy") and int(year) not in _YEARS:
        return False
    if not month:
        return True
    if int(month) not in _MONTHS:
        return False
    return not day or 1 <= int(day) <= _DAYS[int(month) - 1]


def _part(digits: str, layout: str, letter: str) -> str:
    return "".join(digit for digit, place in zip(digits, layout, strict=True) if place == letter)
