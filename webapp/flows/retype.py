"""What a person retypes before a risky approval: the end of the receiving account, or else the amount.

Tricksters need people not to look at these two. What is typed is compared as people mean it, and so is what
the bank wrote: amounts and accounts are read here, in whatever notation they come.

Source: mobile-token-api.md, sections 4.3 and 8.3; formats.md, section 2.2.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from webapp.mtoken.attributes import (
    Money,
    OperationAttributeAmount,
    OperationAttributeAmountConversion,
    OperationAttributeKeyValue,
    OperationAttributeNote,
    OperationAttributePartyInfo,
)
from webapp.mtoken.operation import UserOperation
from webapp.powerauth.errors import OperationDataError
from webapp.powerauth.operation_data import (
    AccountField,
    AmountField,
    AnyAccountField,
    Field,
    parse_operation_data,
)

ShownMoney = OperationAttributeAmount | Money

LAST_CHARACTERS: Final = 4
NATIONAL: Final = re.compile(r"(?<![0-9-])(?:([0-9]{1,6})-)?([0-9]{2,10})/([0-9]{4})(?![0-9])")
"""A Czech or Slovak account: prefix, number, code of the bank."""

_NATIONAL_IN_IBAN: Final = re.compile(r"(?:CZ|SK)[0-9]{2}([0-9]{4})([0-9]{6})([0-9]{10})")
_HIDDEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]+"
)
# Whichever space or apostrophe groups digits, it is written like this. U+066C groups, U+066B is a point.
_SAME_MARKS: Final = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f", " ") | dict.fromkeys("’ʼ٬", "'"))
_NUMBER: Final = re.compile(r"(?:(?<![\w.,٫])[.,٫])?\d+(?:[ .,'٫]\d+)*")
_MARK: Final = re.compile(r"([ .,'٫])")
_POINTS: Final = ".,٫"
_FIRST_GROUP: Final = 3


class RetypeKind(StrEnum):
    """What is asked for."""

    ACCOUNT = "account"
    """The last four characters of the account."""
    AMOUNT = "amount"
    """The whole amount."""


@dataclass(frozen=True, slots=True)
class Retype:
    """One thing that stands on the page and is to be typed again."""

    kind: RetypeKind
    shown: str = field(repr=False)
    """As the page prints it."""

    def matches(self, typed: str) -> bool:
        """Whether this is what somebody types who has read `shown`.

        Of an account, the last four letters and digits count as they are shown: `2010` of `2001234567/2010`.
        An amount is compared as a number: with any separators that make sense, with or without a currency,
        whatever the sign. Digits of any script will do.
        """
        if self.kind is RetypeKind.ACCOUNT:
            return _characters(typed) == _characters(self.shown)[-LAST_CHARACTERS:]
        numbers = _numbers("".join(typed.split()))
        meant = _read(numbers[0]) if len(numbers) == 1 else ()
        return any(reading in meant for reading in readings(self.shown))


def retype_of(operation: UserOperation) -> Retype | None:
    """What to retype: an account that is both signed and shown, else the first amount shown, else nothing.

    Of several such accounts it is the one signed first; a payment's data has one, the receiver's.
    """
    shown: dict[str, str] = {}
    for text in shown_texts(operation):
        shown.setdefault(canonical_account(text), text)
    for account in signed_accounts(operation):
        for spelling in spellings(account):
            if len(_characters(shown.get(spelling, ""))) >= LAST_CHARACTERS:
                return Retype(RetypeKind.ACCOUNT, shown[spelling])
    amounts = (text for text in _first_seen(operation) if readings(text))
    return next((Retype(RetypeKind.AMOUNT, text) for text in amounts), None)


def _first_seen(operation: UserOperation) -> list[str]:
    """Amounts as they are shown; those of conversions only after the others."""
    rows = sorted(shown_money(operation), key=len)
    return [row[0].value_formatted for row in rows]


def exceeds(operation: UserOperation, limits: Mapping[str, Decimal]) -> bool:
    """Whether an amount, signed or shown, is over the limit of its currency.

    Where there are limits, an amount is over too if its currency has none or the bank sent it only as text.

    Args:
        limits: the largest amount that is not over, by upper-case currency code; empty: nothing is over.
    """
    if not limits:
        return False
    signed = _amounts_in(signed_fields(operation))
    shown = [(one.amount, one.currency) for row in shown_money(operation) for one in row]
    return any(_is_over(amount, currency, limits) for amount, currency in (*signed, *shown))


def retype_of_fields(fields: Sequence[Field]) -> Retype | None:
    """The same where the fields themselves are shown: the first account, else the first amount."""
    accounts = (one for one in _accounts_in(fields) if len(_characters(one)) >= LAST_CHARACTERS)
    amounts = (Retype(RetypeKind.AMOUNT, f"{amount:f}") for amount, _ in _amounts_in(fields))
    return next((Retype(RetypeKind.ACCOUNT, one) for one in accounts), None) or next(amounts, None)


def fields_exceed(fields: Sequence[Field], limits: Mapping[str, Decimal]) -> bool:
    """Whether one of the signed amounts is over the limit of its currency; as `exceeds`."""
    return bool(limits) and any(_is_over(*one, limits) for one in _amounts_in(fields))


def _is_over(amount: Decimal | None, currency: str | None, limits: Mapping[str, Decimal]) -> bool:
    limit = limits.get((currency or "").upper())
    return amount is None or limit is None or amount.copy_abs() > limit


def signed_fields(operation: UserOperation) -> tuple[Field, ...]:
    """What the signed data says; nothing if it cannot be read, as a bank's broken template makes it."""
    try:
        return parse_operation_data(operation.data).fields
    except OperationDataError:
        return ()


def signed_accounts(operation: UserOperation) -> list[str]:
    """Every account in the signed data, as written there."""
    return _accounts_in(signed_fields(operation))


def _accounts_in(fields: Sequence[Field]) -> list[str]:
    accounts = [one for one in fields if isinstance(one, AccountField | AnyAccountField)]
    return [one.iban if isinstance(one, AccountField) else one.account for one in accounts]


def _amounts_in(fields: Sequence[Field]) -> list[tuple[Decimal, str]]:
    return [(one.amount, one.currency) for one in fields if isinstance(one, AmountField)]


def shown_money(operation: UserOperation) -> list[Sequence[ShownMoney]]:
    """Row by row: an amount alone, or the two sides of a conversion, the source first."""
    rows: list[Sequence[ShownMoney]] = []
    for attribute in operation.form_data.attributes:
        match attribute:
            case OperationAttributeAmount():
                rows.append((attribute,))
            case OperationAttributeAmountConversion():
                rows.append((attribute.source, attribute.target))
            case _:
                pass
    return rows


def shown_texts(operation: UserOperation) -> Iterator[str]:
    """The values in which an account may stand, in the order shown."""
    for attribute in operation.form_data.attributes:
        match attribute:
            case OperationAttributeKeyValue(value=text) | OperationAttributeNote(note=text):
                yield text
            case OperationAttributePartyInfo(party_info=party):
                yield from filter(None, (party.name, party.description))
            case _:
                pass


def without_hidden(text: str) -> str:
    """The text without characters that show nothing; Arabic banks wrap numbers in them."""
    return _HIDDEN.sub("", text)


def readings(text: str) -> tuple[Decimal, ...]:
    """Every number that a person may read in this text, without its sign; nothing if there is none.

    `2 450,50 Kč` is one number; `1,234` may be 1234 or 1.234; of two numbers side by side, each is one.
    """
    return tuple(reading for number in _numbers(text) for reading in _read(number))


def _numbers(text: str) -> list[str]:
    return _NUMBER.findall(without_hidden(text).translate(_SAME_MARKS))


def _read(number: str) -> tuple[Decimal, ...]:
    """The readings of digits and the marks between them; if they make no sense, spaces part numbers."""
    pieces = _MARK.split(number)
    groups, marks = pieces[::2], pieces[1::2]
    found = [Decimal("".join(groups))] if _is_grouped(groups, marks) else []
    *grouping, last = marks or [""]
    if last and last in _POINTS and last not in grouping and _is_grouped(groups[:-1], grouping):
        found.append(Decimal("".join(groups[:-1]) + "." + groups[-1]))
    if not found and " " in number:
        return tuple(reading for piece in number.split(" ") for reading in _read(piece))
    return tuple(found)


def _is_grouped(groups: list[str], marks: list[str]) -> bool:
    """Whether this is a whole number: without marks, by thousands, or as in India (1,23,456)."""
    if not marks:
        return True
    if len(set(marks)) > 1 or marks[0] == "٫" or not 0 < len(groups[0]) <= _FIRST_GROUP:
        return False
    sizes = [len(group) for group in groups[1:]]
    by_thousands = set(sizes) == {3} or (set(sizes[:-1]) == {2} and sizes[-1:] == [3])
    return by_thousands and int(groups[0][0]) > 0


def canonical_account(text: str) -> str:
    """An account without spaces and hidden characters, in upper case, and as a national one without zeros."""
    plain = "".join(without_hidden(text).split()).upper().removeprefix("IBAN").removeprefix(":")
    national = NATIONAL.fullmatch(plain)
    return national_account(*national.groups("")) if national else plain


def national_account(prefix: str, number: str, bank: str) -> str:
    """A Czech or Slovak account without leading zeros."""
    prefix, number = prefix.lstrip("0"), number.lstrip("0")
    return f"{prefix}-{number}/{bank}" if prefix else f"{number}/{bank}"


def spellings(account: str) -> tuple[str, ...]:
    """Every canonical form of an account: a national one also as IBAN, and the reverse."""
    plain = canonical_account(account)
    if national := NATIONAL.fullmatch(plain):
        return (plain, *(_iban(country, *national.groups("")) for country in ("CZ", "SK")))
    if inside := _NATIONAL_IN_IBAN.fullmatch(plain):
        bank, prefix, number = inside.groups()
        return (plain, national_account(prefix, number, bank))
    return (plain,)


def _iban(country: str, prefix: str, number: str, bank: str) -> str:
    body = bank + prefix.zfill(6) + number.zfill(10)
    return f"{country}{98 - iban_remainder(f'{country}00{body}'):02}{body}"


def iban_remainder(iban: str) -> int:
    """ISO 7064, MOD 97-10: 1 if the check digits are right."""
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97


def _characters(text: str) -> list[str]:
    """Letters in upper case, and digits of any script as 0 to 9; nothing else."""
    return [str(unicodedata.decimal(one, one)).upper() for one in text if one.isalnum()]
