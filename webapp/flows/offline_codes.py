"""Approval codes that were made: for two minutes their browser can read them, and afterwards nobody can.

A code lies in a receipt of the form that asked for it, sealed once more under a key that this site does not
keep. The key follows from the form's secret id; the browser holds it while the code is shown. So a form that
is sent twice gets the same code, and what is left in the database is of no use to anybody.
"""

from dataclasses import dataclass, field
from typing import Final, Self

import msgspec
from cryptography.exceptions import InvalidTag

from webapp.custody.activation import HeldActivation, OpenActivation
from webapp.custody.errors import RecordDamaged
from webapp.custody.sealing import Envelope, derive, seal
from webapp.powerauth.encoding import to_base64url
from webapp.powerauth.state import ActivationState
from webapp.randomness import system_random

LIFETIME_S: Final = 120

_ID_BYTES: Final = 12
_ID_INFO: Final = b"assent/flows/offline-code/id/1"
_KEY_INFO: Final = b"assent/flows/offline-code/key/1"
_KEY_ID: Final = b"1"
_PURPOSE: Final = b"approval code"


@dataclass(frozen=True, slots=True)
class CodeKey:
    """Where a code lies, 16 letters that may stand in an address, and what opens it, 32 bytes."""

    code_id: str
    key: bytes = field(repr=False)

    @classmethod
    def of_form(cls, form_id: str) -> Self:
        """Both follow from the random id of a form; it stands in the form's note and nowhere else."""
        secret = form_id.encode()
        return cls(to_base64url(derive(secret, _ID_INFO, length=_ID_BYTES)), derive(secret, _KEY_INFO))


@dataclass(frozen=True, slots=True)
class SealedCode:
    """An approval code and when it was made, by this machine's clock."""

    sealed: bytes = field(repr=False)
    made_at_ms: int

    def seconds_left(self, now_ms: int) -> int:
        """How long it may still be shown; 0 also if the clock was set back meanwhile."""
        age_ms = now_ms - self.made_at_ms
        return max(0, LIFETIME_S - age_ms // 1000) if age_ms >= 0 else 0

    def open(self, key: bytes) -> str | None:
        """The code; None with any other key."""
        try:
            return Envelope.read(self.sealed).open(key, _PURPOSE).decode()
        except (InvalidTag, RecordDamaged, ValueError):
            return None


def keep(held: HeldActivation[ActivationState], place: CodeKey, code: str, *, now_ms: int) -> None:
    """Seal the code into a receipt. It goes by a name that no operation of the bank can have here."""
    sealed = seal(place.key, _KEY_ID, code.encode(), _PURPOSE, random=system_random)
    held.keep_receipt(
        form_id=place.code_id,
        operation_id=_name(place.code_id),
        content=msgspec.json.encode(SealedCode(sealed, now_ms)),
    )


def find(
    opened: OpenActivation[ActivationState] | HeldActivation[ActivationState], code_id: str
) -> SealedCode | None:
    """What was kept under this id, if anything was."""
    content = opened.find_receipt(operation_id=_name(code_id))
    return None if content is None else msgspec.json.decode(content, type=SealedCode)


def _name(code_id: str) -> str:
    return f"offline/{code_id}"
