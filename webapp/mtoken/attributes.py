"""The rows of an operation's form: one small frozen class per type.

Take an attribute apart with `match` and close with `assert_never`. All texts come from the server: data,
never markup. Identifiers name a place in the layout and need not be unique, so nothing is keyed by them.

Source: mobile-token-api.md, section 4.3.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar


class OperationAttributeType(StrEnum):
    """The types this version can show, under their names on the wire."""

    AMOUNT = "AMOUNT"
    AMOUNT_CONVERSION = "AMOUNT_CONVERSION"
    KEY_VALUE = "KEY_VALUE"
    NOTE = "NOTE"
    HEADING = "HEADING"
    IMAGE = "IMAGE"
    ALERT = "ALERT"
    PARTY_INFO = "PARTY_INFO"
    UNKNOWN = "UNKNOWN"


class AlertType(StrEnum):
    """How grave an alert is."""

    SUCCESS = "SUCCESS"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount and its currency: as the server computes with them, and as the person reads them."""

    amount: Decimal | None
    """Exact; `None` if the server sent only formatted text."""
    currency: str | None
    """The code as sent (`EUR`); `None` if the server sent only formatted text."""
    amount_formatted: str
    currency_formatted: str
    value_formatted: str
    """Both together, what a page shows. Never empty; derived from the others if the server left it out."""


@dataclass(frozen=True, slots=True)
class OperationAttributeAmount:
    """An amount of money; the members are those of `Money`."""

    type: ClassVar[OperationAttributeType] = OperationAttributeType.AMOUNT
    id: str
    label: str
    amount: Decimal | None
    currency: str | None
    amount_formatted: str
    currency_formatted: str
    value_formatted: str


@dataclass(frozen=True, slots=True)
class OperationAttributeAmountConversion:
    """An amount in one currency that becomes an amount in another."""

    type: ClassVar[OperationAttributeType] = OperationAttributeType.AMOUNT_CONVERSION
    id: str
    label: str
    dynamic: bool
    """True: the rate is not final."""
    source: Money
    target: Money


@dataclass(frozen=True, slots=True)
class OperationAttributeKeyValue:
    """A label and a text."""

    type: ClassVar[OperationAttributeType] = OperationAttributeType.KEY_VALUE
    id: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class OperationAttributeNote:
    """A label and a text that may be long and hold line feeds."""

    type: ClassVar[OperationAttributeType] = OperationAttributeType.NOTE
    id: str
    label: str
    note: str


@dataclass(frozen=True, slots=True)
class OperationAttributeHeading:
    """A heading for the rows after it; its label is the text."""

    type: ClassVar[OperationAttributeType] = OperationAttributeType.HEADING
    id: str
    label: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class OperationAttributeImage:
    """A picture. Addresses are as the server sent them and not to be trusted."""

    type: ClassVar[OperationAttributeType] = OperationAttributeType.IMAGE
    id: str
    label: str
    thumbnail_url: str
    original_url: str | None = None


@dataclass(frozen=True, slots=True)
class OperationAttributeAlert:
    """A remark of some gravity; the label describes its icon."""

    type: ClassVar[OperationAttributeType] = OperationAttributeType.ALERT
    id: str
    label: str
    alert_type: AlertType = AlertType.INFO
    title: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class PartyInfo:
    """Who stands on the other side."""

    logo_url: str | None = None
    name: str | None = None
    description: str | None = None
    website_url: str | None = None


@dataclass(frozen=True, slots=True)
class OperationAttributePartyInfo:
    """The other party of the operation."""

    type: ClassVar[OperationAttributeType] = OperationAttributeType.PARTY_INFO
    id: str
    label: str
    party_info: PartyInfo


@dataclass(frozen=True, slots=True)
class OperationAttributeUnknown:
    """A row of a type unknown here, or a row of a known type that is malformed.

    It stays visible: its label, the texts found in it, and the remark that the rest cannot be shown.
    """

    type: ClassVar[OperationAttributeType] = OperationAttributeType.UNKNOWN
    id: str
    label: str
    wire_type: str = ""
    """The type as the server named it; empty if it named none."""
    texts: tuple[tuple[str, str], ...] = ()
    """Every other text in it with the name of its member, in the order sent; also those further inside."""


OperationAttribute = (
    OperationAttributeAmount
    | OperationAttributeAmountConversion
    | OperationAttributeKeyValue
    | OperationAttributeNote
    | OperationAttributeHeading
    | OperationAttributeImage
    | OperationAttributeAlert
    | OperationAttributePartyInfo
    | OperationAttributeUnknown
)
