"""Operations as values: what waits for the person's consent, and what goes with the answer.

All of it is immutable, except the two members of an operation that the application sets before it
approves: `proximity_check` and `mobile_token_data`. Values come from `webapp.mtoken.wire`, which has
checked them.

Source: mobile-token-api.md, sections 4 and 6.
"""

import copy
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from webapp.clock import SystemClock
from webapp.mtoken.attributes import OperationAttribute
from webapp.mtoken.screens import UserOperationUIData
from webapp.powerauth.protocol import SignatureType

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class OperationStatus(StrEnum):
    """Where an operation is in its life; only a pending one can change."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"
    """A status this version does not know: the operation cannot be approved."""


class RejectionReason(StrEnum):
    """Why the person rejects; any other non-empty text is a reason of the bank."""

    INCORRECT_DATA = "INCORRECT_DATA"
    UNEXPECTED_OPERATION = "UNEXPECTED_OPERATION"
    UNKNOWN = "UNKNOWN"


class AllowedOperationSignatureType(StrEnum):
    """How many factors an approval takes."""

    ONE_FACTOR = "1FA"
    TWO_FACTORS = "2FA"
    ECDSA = "ECDSA"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class AllowedOperationSignature:
    """What the server wants to see an approval signed with."""

    type: AllowedOperationSignatureType = AllowedOperationSignatureType.TWO_FACTORS
    variants: tuple[SignatureType, ...] = (SignatureType.POSSESSION_KNOWLEDGE,)
    """The pairs of factors offered, in the server's order; those unknown here are left out."""

    @property
    def choices(self) -> tuple[SignatureType, ...]:
        """What an approval can be signed with here; empty: this operation can only be rejected."""
        match self.type:
            case AllowedOperationSignatureType.ONE_FACTOR:
                return (SignatureType.POSSESSION,)
            case AllowedOperationSignatureType.TWO_FACTORS:
                return self.variants
            case AllowedOperationSignatureType.ECDSA | AllowedOperationSignatureType.UNKNOWN:
                return ()


@dataclass(frozen=True, slots=True)
class ResultTexts:
    """The bank's words for after; where one is missing, the site has its own."""

    success: str | None = None
    failure: str | None = None
    reject: str | None = None


@dataclass(frozen=True, slots=True)
class OperationFormData:
    """What the person is shown. Texts may hold line feeds."""

    title: str = ""
    message: str = ""
    attributes: tuple[OperationAttribute, ...] = ()
    result_texts: ResultTexts | None = None


class ProximityCheckType(StrEnum):
    """How a proximity code came in: by a camera or a typed text, or because a link was opened."""

    QR_CODE = "QR_CODE"
    DEEPLINK = "DEEPLINK"


def _now() -> datetime:
    return _EPOCH + timedelta(milliseconds=SystemClock().now_ms())


@dataclass(frozen=True, slots=True)
class ProximityCheck:
    """Proof that the person saw the screen on which the operation began.

    Raises:
        ValueError: the code is empty, or the moment does not know its zone.

    Source: mobile-token-api.md, section 4.8.
    """

    totp: str = field(repr=False)
    """The code as text; leading zeros count."""
    type: ProximityCheckType
    timestamp_received: datetime = field(default_factory=_now)
    """When it was scanned or opened, by this machine's clock; now by default."""

    def __post_init__(self) -> None:
        if not self.totp:
            raise ValueError("a proximity check needs a code")
        if self.timestamp_received.utcoffset() is None:
            raise ValueError("timestamp_received needs a zone")


_SET_BY_APPLICATION = frozenset({"proximity_check", "mobile_token_data"})


class _SetOnce:
    """Members are set when the value is made; afterwards only those that belong to the application."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> None:
        if name not in _SET_BY_APPLICATION and hasattr(self, name):
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")


@dataclass(slots=True)
class OnlineOperation(_SetOnce):
    """The least that can be approved or rejected, for operations that come another way."""

    id: Final[str]
    data: Final[str] = field(repr=False)
    proximity_check: ProximityCheck | None = None
    mobile_token_data: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass(slots=True, kw_only=True)
class UserOperation(_SetOnce):
    """An operation as the server tells it to its user."""

    id: Final[str]
    """A UUID of 36 characters in practice; treat it as text."""
    data: Final[str] = field(repr=False)
    """What is signed, byte for byte; not for the person."""
    operation_created: Final[datetime]
    operation_expires: Final[datetime]
    """For information: whether it has expired, the server decides."""
    name: Final[str] = ""
    """The operation's type, for choosing a layout; not for the person."""
    status: Final[OperationStatus] = OperationStatus.PENDING
    status_reason: Final[str | None] = None
    allowed_signature_type: Final[AllowedOperationSignature] = AllowedOperationSignature()
    form_data: Final[OperationFormData] = OperationFormData()
    ui: Final[UserOperationUIData | None] = None
    proximity_check: ProximityCheck | None = None
    mobile_token_data: Mapping[str, Any] | None = field(default=None, repr=False)


class Operation(Protocol):
    """Anything with an identifier and the data to sign can be approved or rejected.

    If it also has `proximity_check` or `mobile_token_data`, they go along.
    """

    @property
    def id(self) -> str: ...

    @property
    def data(self) -> str: ...


class MobileTokenDataBuilder:
    """Collects what one bank's risk engine wants to know along with an answer: a JSON object.

    Source: mobile-token-api.md, section 4.9.
    """

    __slots__ = ("_members",)

    def __init__(self) -> None:
        self._members: dict[str, Any] = {}

    def put(self, key: str, value: Any) -> "MobileTokenDataBuilder":
        self._members[key] = value
        return self

    def remove(self, key: str) -> "MobileTokenDataBuilder":
        """Take a member out; one that is not there is no error."""
        self._members.pop(key, None)
        return self

    def clear(self) -> "MobileTokenDataBuilder":
        self._members.clear()
        return self

    def build(self) -> dict[str, Any]:
        """A copy that later changes do not reach."""
        return copy.deepcopy(self._members)
