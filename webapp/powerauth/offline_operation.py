"""An operation without a connection: the text of its QR code, line by line.

Nothing of it may be shown before the server's signature is verified, and what is not genuine is not signed.
Read the text exactly as it came; whoever takes it in cleans it once, beforehand.

Source: formats.md, section 2.
"""

import re
from enum import StrEnum
from typing import Final, Self

import msgspec

from webapp.powerauth.ecc import read_public, verify
from webapp.powerauth.encoding import from_base64
from webapp.powerauth.errors import (
    EncodingError,
    OperationDataError,
    QROperationError,
    QROperationNotGenuine,
    QROperationRule,
    SignatureInvalid,
)
from webapp.powerauth.operation_data import OperationData, parse_operation_data, unescape

MAX_LENGTH: Final = 4096
FEWEST_LINES: Final = 7
LINES_WITH_CODE: Final = 8
NONCE_BYTES: Final = 16
SIGNATURE_BYTES: Final = range(64, 256)

_DATA_LINE: Final = 4
# Half of a surrogate pair has no UTF-8 form, so nobody can have signed it.
_FORBIDDEN: Final = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")


class SigningKey(StrEnum):
    """Whose key signed; the value is the character in front of the signature."""

    MASTER = "0"
    """The application's master key: meant for every activation."""
    PERSONALIZED = "1"
    """The server key of one activation: meant for this one only."""


_SIGNING_KEYS: Final = {key.value: key for key in SigningKey}


class QROperationSignature(msgspec.Struct, frozen=True):
    """The server's signature: Base64 of ECDSA in DER form, 64 to 255 bytes."""

    signing_key: SigningKey
    signature: str

    def __repr__(self) -> str:
        return f"QROperationSignature(signing_key={self.signing_key!r})"


class QROperationFlags(msgspec.Struct, frozen=True):
    """What the bank asks of the page: `B`, `X`, `F` and `C`."""

    biometrics_allowed: bool = False
    flip_buttons: bool = False
    fraud_warning: bool = False
    block_when_on_call: bool = False

    @classmethod
    def read(cls, text: str) -> Self:
        """The flags among these characters; order, repetition and all other characters mean nothing."""
        return cls("B" in text, "X" in text, "F" in text, "C" in text)


class QROperation(msgspec.Struct, frozen=True):
    """What the QR code says. It parses whoever made it: only a verified signature makes it the bank's."""

    operation_id: str
    title: str
    message: str
    operation_data: OperationData
    nonce: str
    """Base64 of 16 bytes as received: its text goes into the approval code."""
    flags: QROperationFlags
    totp: str | None
    """The time-based code as received; `None`: there is none."""
    signed_data: str
    """What the server signed, in UTF-8: everything up to and including the character of the key."""
    signature: QROperationSignature
    is_newer_format: bool
    """There are lines that this version cannot read. The server signed them too."""

    def __repr__(self) -> str:
        return f"QROperation(operation_id={self.operation_id!r}, flags={self.flags!r})"

    @property
    def signed_by_user(self) -> str:
        """What the approval code covers, in UTF-8; nothing is unescaped."""
        parts = [self.operation_id, self.operation_data.source_string]
        return "&".join(parts if self.totp is None else [*parts, self.totp])


class QROperationParser:
    """The parser as applications know it."""

    @staticmethod
    def parse(code: str) -> QROperation:
        """Read the text of a QR code; the time it takes grows with its length, at most 4,096 characters.

        Raises:
            QROperationError: with the first rule that the text breaks, and the line.
        """
        if len(code) > MAX_LENGTH:
            raise QROperationError(QROperationRule.TOO_LONG)
        # Most texts hold nothing but letters, which is quicker to see than each forbidden character.
        forbidden = None if code.replace("\n", "").isprintable() else _FORBIDDEN.search(code)
        if forbidden is not None:
            line = code.count("\n", 0, forbidden.start()) + 1
            raise QROperationError(QROperationRule.CHARACTER, line)
        lines = code.split("\n")
        if len(lines) < FEWEST_LINES:
            raise QROperationError(QROperationRule.LINES)
        return _operation(code, lines)


def verify_qr_operation(
    operation: QROperation, *, master_public_key: bytes, server_public_key: bytes
) -> None:
    """Check that the bank issued this operation, for this activation if it is personalised.

    Args:
        operation: as parsed.
        master_public_key: the application's, a point of 65 bytes.
        server_public_key: the server's for this activation, a point of 65 bytes.

    Raises:
        QROperationNotGenuine: forged, altered, or meant for another activation; show nothing of it.
    """
    by_master_key = operation.signature.signing_key is SigningKey.MASTER
    public_key = read_public(master_public_key if by_master_key else server_public_key)
    try:
        verify(public_key, operation.signed_data.encode(), from_base64(operation.signature.signature))
    except SignatureInvalid as error:
        raise QROperationNotGenuine("the signature does not verify") from error


def _operation(code: str, lines: list[str]) -> QROperation:
    """The parts in the order in which the rules are told: identifier, signature, nonce, data."""
    if not lines[0]:
        raise QROperationError(QROperationRule.OPERATION_ID, 1)
    signature = _signature(lines[-1], len(lines))
    nonce = _nonce(lines[-2], len(lines) - 1)
    return QROperation(
        operation_id=lines[0],
        title=unescape(lines[1]),
        message=unescape(lines[2]),
        operation_data=_operation_data(lines[_DATA_LINE - 1]),
        nonce=nonce,
        flags=QROperationFlags.read(lines[4]),
        # An empty line holds no code, and none is signed then.
        totp=(lines[5] or None) if len(lines) >= LINES_WITH_CODE else None,
        signed_data=code.removesuffix(signature.signature),
        signature=signature,
        is_newer_format=len(lines) > LINES_WITH_CODE,
    )


def _signature(text: str, line: int) -> QROperationSignature:
    signing_key = _SIGNING_KEYS.get(text[:1])
    if signing_key is None:
        raise QROperationError(QROperationRule.SIGNING_KEY, line)
    if _size(text[1:]) not in SIGNATURE_BYTES:
        raise QROperationError(QROperationRule.SIGNATURE, line)
    return QROperationSignature(signing_key, text[1:])


def _nonce(text: str, line: int) -> str:
    if _size(text) != NONCE_BYTES:
        raise QROperationError(QROperationRule.NONCE, line)
    return text


def _size(text: str) -> int | None:
    """How many bytes this Base64 holds; `None` if it is none."""
    try:
        return len(from_base64(text))
    except EncodingError:
        return None


def _operation_data(text: str) -> OperationData:
    try:
        return parse_operation_data(text)
    except OperationDataError as error:
        raise QROperationError(QROperationRule(error.rule.value), _DATA_LINE) from error
