"""The back office as the bank's pages use it: `Backend.admin` asked in the pages' words, answers typed.

Only what PowerAuth Server publishes is asked of it, so the pages would work on a real one too; its back
office knows no messages, a real bank sends those through another server.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar

import msgspec

from webapp.sandbox.activations import ON_COMMIT
from webapp.sandbox.configuration import CUSTOMERS
from webapp.sandbox.forms import OperationTemplate
from webapp.sandbox.inbox import Letter, Message

APPLICATION: Final = "assent-demo"
MOST_OPERATIONS: Final = 100
MOST_MESSAGES: Final = 50
PUKS_OF_A_CARD: Final = 3

_OTP_NOTE: Final = "activation-otp:"
_CARD_NOTE: Final = "recovery-card:"
_T = TypeVar("_T")


class Office(Protocol):
    """Who answers, and who remembers; `webapp.sandbox.backend.Backend` does."""

    def admin(self, path: str, request_object: dict[str, Any]) -> Any:
        """The response object of a call to `/rest/v3` + path.

        Raises:
            AdminError: refused.
        """
        ...

    def keep(self, name: str, text: str) -> None:
        """Keep a note of the bank's own; a name is used once."""
        ...

    def kept(self, name: str) -> str | None:
        """The note of this name, if there is one."""
        ...

    def write_to(self, user_id: str, letter: Letter) -> str:
        """Put a letter into a user's inbox; returns the message's id."""
        ...

    def written_to(self, user_id: str, most: int) -> list[Message]:
        """The newest messages to a user."""
        ...


class Activation(msgspec.Struct, frozen=True, rename="camel"):
    """An activation as the bank sees it; the code is there until a device has used it."""

    activation_id: str
    user_id: str
    activation_status: str
    timestamp_created: datetime
    activation_name: str | None = None
    platform: str | None = None
    blocked_reason: str | None = None
    failed_attempts: int = 0
    max_failed_attempts: int = 5
    device_public_key_fingerprint: str | None = None
    activation_code: str | None = None
    activation_signature: str | None = None
    commit_phase: str = ON_COMMIT

    @property
    def is_committed_by_bank(self) -> bool:
        """Whether the bank has a last word after the key exchange."""
        return self.commit_phase == ON_COMMIT

    @property
    def attempts_left(self) -> int:
        return max(0, self.max_failed_attempts - self.failed_attempts)

    @property
    def enrolment_code(self) -> str | None:
        """What the QR code carries: `CODE#SIGNATURE`."""
        if self.activation_code is None or self.activation_signature is None:
            return None
        return f"{self.activation_code}#{self.activation_signature}"


class Operation(msgspec.Struct, frozen=True, rename="camel"):
    """An operation and what became of it."""

    id: str
    operation_type: str
    template_name: str
    data: str
    parameters: dict[str, str]
    status: str
    signature_type: tuple[str, ...]
    failure_count: int
    max_failure_count: int
    timestamp_created: datetime
    timestamp_expires: datetime
    timestamp_finalized: datetime | None = None
    user_id: str | None = None
    status_reason: str | None = None
    additional_data: dict[str, Any] = {}
    risk_flags: str | None = None
    proximity_otp: str | None = None
    activation_id: str | None = None

    @property
    def attempts_left(self) -> int:
        return max(0, self.max_failure_count - self.failure_count)


class Puk(msgspec.Struct, frozen=True, rename="camel"):
    """How one PUK of a recovery code stands; `puk_index` begins with 1."""

    puk_index: int
    status: str


class RecoveryCode(msgspec.Struct, frozen=True, rename="camel"):
    """A recovery code as the bank sees it later: without the letters that count."""

    recovery_code_id: str
    recovery_code_masked: str
    user_id: str
    status: str
    puks: tuple[Puk, ...]
    activation_id: str | None = None

    @property
    def standing(self) -> str:
        """The server's word, but `USED_UP` where no PUK is left to go with the code."""
        is_used_up = self.status == "ACTIVE" and all(puk.status != "VALID" for puk in self.puks)
        return "USED_UP" if is_used_up else self.status


@dataclass(frozen=True, slots=True)
class Card:
    """A recovery card as it was printed; a real bank would keep no copy."""

    user_id: str
    code: str = field(repr=False)
    puks: tuple[str, ...] = field(repr=False)


class Customer(msgspec.Struct, frozen=True, rename="camel"):
    """What a customer proves themselves with; `commit`: their browser is active at once then."""

    user_id: str
    attributes: dict[str, str] = {}
    commit: bool = False


class BackOffice:
    """Every method may raise `AdminError`; nothing else is expected to go wrong."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def new_activation(self, user_id: str, *, otp: str | None = None, phase: str = ON_COMMIT) -> str:
        """Make an activation code for a user; returns the activation's id.

        Args:
            otp: a one-time password to go with the code.
            phase: when the server asks for it: `ON_KEY_EXCHANGE` or `ON_COMMIT`.
        """
        asked = {"userId": user_id, "applicationId": APPLICATION, "commitPhase": phase}
        if otp is not None:
            asked["activationOtp"] = otp
        activation_id = str(self._office.admin("/activation/init", asked)["activationId"])
        if otp is not None:
            self._office.keep(_OTP_NOTE + activation_id, otp)
        return activation_id

    def otp(self, activation_id: str) -> str | None:
        """The one-time password that the customer was given, if there is one."""
        return self._office.kept(_OTP_NOTE + activation_id)

    def commit(self, activation_id: str, otp: str | None) -> None:
        """Commit; a wrong one-time password counts, and the last wrong one removes the activation."""
        asked = {"activationId": activation_id}
        if otp is not None:
            asked["activationOtp"] = otp
        self._office.admin("/activation/commit", asked)

    def activation(self, activation_id: str) -> Activation:
        return _read(self._office.admin("/activation/status", {"activationId": activation_id}), Activation)

    def activations(self, user_id: str) -> list[Activation]:
        answer = self._office.admin("/activation/list", {"userId": user_id, "applicationId": APPLICATION})
        return _read(answer["activations"], list[Activation])

    def change_activation(self, activation_id: str, action: str) -> None:
        """`action` is `block`, `unblock` or `remove`."""
        self._office.admin(f"/activation/{action}", {"activationId": activation_id})

    def new_operation(self, template: OperationTemplate, parameters: Mapping[str, str], user_id: str) -> str:
        """Create an operation; one that is not personalised waits for whoever claims it."""
        asked: dict[str, Any] = {
            "applications": [APPLICATION],
            "templateName": template.template_name,
            "parameters": dict(parameters),
        }
        if template.personalised:
            asked["userId"] = user_id
        return str(self._office.admin("/operation/create", asked)["id"])

    def operation(self, operation_id: str) -> Operation:
        return _read(self._office.admin("/operation/detail", {"operationId": operation_id}), Operation)

    def operations(self, user_id: str) -> list[Operation]:
        """The newest operations of a user, at most 100."""
        asked = {"userId": user_id, "applications": [APPLICATION], "pageSize": MOST_OPERATIONS}
        return _read(self._office.admin("/operation/list", asked), list[Operation])

    def cancel_operation(self, operation_id: str, reason: str) -> None:
        """Withdraw a pending operation; the reason is a code of at most 32 characters."""
        self._office.admin("/operation/cancel", {"operationId": operation_id, "statusReason": reason})

    def messages(self, user_id: str) -> list[Message]:
        """The newest messages to a user, at most 50."""
        return self._office.written_to(user_id, MOST_MESSAGES)

    def customer(self, user_id: str) -> Customer | None:
        """What the bank knows this customer by, if it enrols anybody like this."""
        answer = self._office.admin("/application/config/detail", {"applicationId": APPLICATION})
        values = [one["values"] for one in answer["applicationConfigs"] if one["key"] == CUSTOMERS]
        known = _read(values[0], list[Customer]) if values else []
        return next((one for one in known if one.user_id == user_id and one.attributes), None)

    def print_card(self, user_id: str) -> str:
        """Print a recovery card with three PUKs for a customer; returns its id."""
        asked = {"applicationId": APPLICATION, "userId": user_id, "pukCount": PUKS_OF_A_CARD}
        answer = self._office.admin("/recovery/create", asked)
        card_id = str(answer["recoveryCodeId"])
        card = Card(user_id, answer["recoveryCode"], tuple(one["puk"] for one in answer["puks"]))
        self._office.keep(_CARD_NOTE + card_id, msgspec.json.encode(card).decode())
        return card_id

    def card(self, card_id: str) -> Card | None:
        """What stands on a card that was printed here."""
        note = self._office.kept(_CARD_NOTE + card_id)
        return None if note is None else msgspec.json.decode(note, type=Card)

    def recovery_codes(self, user_id: str) -> list[RecoveryCode]:
        """How the codes of a customer stand, those of cards and those that came with a browser."""
        answer = self._office.admin("/recovery/lookup", {"userId": user_id})
        return _read(answer["recoveryCodes"], list[RecoveryCode])


def _read(answer: Any, kind: type[_T]) -> _T:
    return msgspec.convert(answer, type=kind)
