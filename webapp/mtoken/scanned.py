"""Which kind of code a text is: whatever a camera saw or a person typed, pasted, loaded or opened.

The first kind that fits is final: a damaged code is told as damaged and not tried as something else.
Reading never acts by itself; every value here waits for the person to confirm what it leads to.

Source: formats.md, section 5.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from webapp.mtoken.errors import PacCode, PacError
from webapp.mtoken.pac import PACData, read_qr_code
from webapp.powerauth.activation_code import (
    ActivationCode,
    correct_typed_code,
    parse_activation_code,
    parse_recovery_code,
)
from webapp.powerauth.errors import ActivationCodeError, QROperationError
from webapp.powerauth.offline_operation import MAX_LENGTH, QROperation, QROperationParser

_BYTE_ORDER_MARK: Final = "\ufeff"
_AROUND: Final = " \t\r\n\u00a0"
_ACTIVATION_CODE: Final = re.compile(r"[A-Z2-7]{5}(?:-[A-Z2-7]{5}){3}(?:#|\Z)").match
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:").match
# Both alphabets. A piece after the second may be empty: a JWT without a signature ends with a dot.
_DOTTED: Final = re.compile(r"[A-Za-z0-9+/_=\-]+\.[A-Za-z0-9+/_=\-]+(?:\.[A-Za-z0-9+/_=\-]*)*").fullmatch


class ScanSource(StrEnum):
    """Where a text came from."""

    CAMERA = "camera"
    OTHER = "other"
    """Typed, pasted, read from a file, or opened as a link: an editor may have changed its line breaks."""


class ScannedKind(StrEnum):
    """What a text is meant to be."""

    OFFLINE_OPERATION = "offline_operation"
    RECOVERY_CODE = "recovery_code"
    ACTIVATION_CODE = "activation_code"
    PAC = "pac"
    UNKNOWN = "unknown"


ScannedValue = QROperation | ActivationCode | PACData | str
ScannedError = QROperationError | ActivationCodeError | PacError


@dataclass(frozen=True, slots=True)
class Scanned:
    """A kind with what was read, or with the rule that was broken; with neither if it is unknown.

    A recovery code is a text, without its prefix.
    """

    kind: ScannedKind
    value: ScannedValue | None = field(default=None, repr=False)
    error: ScannedError | None = None


_UNKNOWN: Final = Scanned(ScannedKind.UNKNOWN)


def classify(text: str, source: ScanSource) -> Scanned:
    """Tell what a text is and read it; nothing is raised, whatever it is.

    Signatures are not verified here: neither that of an operation nor that of an activation code.
    """
    cleaned = _clean(text, source)
    if not cleaned or len(cleaned) > MAX_LENGTH:
        return _UNKNOWN
    for kind, fits, read in _RULES:
        if fits(cleaned):
            return _read(kind, read, cleaned)
    # Only people leave out dashes or write small letters; a scanner brings exact text.
    return _UNKNOWN if source == ScanSource.CAMERA else _typed(cleaned)


def _clean(text: str, source: ScanSource) -> str:
    """Take off what clings to a text; what a camera saw keeps its line breaks."""
    cleaned = text.removeprefix(_BYTE_ORDER_MARK).strip(_AROUND)
    return cleaned if source == ScanSource.CAMERA else cleaned.replace("\r\n", "\n")


def _read(kind: ScannedKind, read: Callable[[str], ScannedValue], text: str) -> Scanned:
    try:
        return Scanned(kind, read(text))
    except PacError as error:
        # A link with nothing of ours in it is just an address.
        return _UNKNOWN if error.code is PacCode.NO_DATA else Scanned(kind, error=error)
    except (QROperationError, ActivationCodeError) as error:
        return Scanned(kind, error=error)


def _typed(text: str) -> Scanned:
    try:
        return Scanned(ScannedKind.ACTIVATION_CODE, ActivationCode(correct_typed_code(text)))
    except ActivationCodeError:
        return _UNKNOWN


# In the order of the tests; recovery stands before the links because `R:` could begin one.
_RULES: Final[tuple[tuple[ScannedKind, Callable[[str], object], Callable[[str], ScannedValue]], ...]] = (
    (ScannedKind.OFFLINE_OPERATION, lambda text: "\n" in text, QROperationParser.parse),
    (ScannedKind.RECOVERY_CODE, lambda text: text.startswith("R:"), parse_recovery_code),
    (ScannedKind.ACTIVATION_CODE, _ACTIVATION_CODE, parse_activation_code),
    (ScannedKind.PAC, _SCHEME, read_qr_code),
    (ScannedKind.PAC, _DOTTED, read_qr_code),
)
