"""Activation and recovery codes: make, parse, check, and forgive what people type.

Source: formats.md, section 4; powerauth.md, section 3.2.
"""

import base64
import re
from dataclasses import dataclass, field
from typing import Final

from webapp.powerauth.ecc import PublicKey, verify
from webapp.powerauth.encoding import from_base64
from webapp.powerauth.errors import ActivationCodeError, CodeRule, EncodingError

CODE_LETTERS: Final = 20
RANDOM_BYTES: Final = 10

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CODE = re.compile(r"[A-Z2-7]{5}(?:-[A-Z2-7]{5}){3}")
_PUK = re.compile(r"[0-9]{10}")
_RECOVERY_PREFIX = "R:"
_SKIPPED = frozenset(" \t\u00a0-\u2010\u2011\u2012\u2013\u2014")
_CORRECTIONS = {letter: letter for letter in _ALPHABET}
_CORRECTIONS |= {letter.lower(): letter for letter in _ALPHABET[:26]}
_CORRECTIONS |= {"0": "O", "1": "I"}


@dataclass(frozen=True, slots=True)
class ActivationCode:
    """A code of 23 characters, and the signature (Base64 of DER) if it came from a QR code."""

    code: str = field(repr=False)
    signature: str | None = field(default=None, repr=False)


def crc16_arc(raw: bytes) -> int:
    """CRC-16/ARC: polynomial 0x8005 reflected, initial value 0, no final XOR."""
    crc = 0
    for byte in raw:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def make_activation_code(random_bytes: bytes) -> str:
    """A code from ten random bytes and their checksum."""
    if len(random_bytes) != RANDOM_BYTES:
        raise ValueError("an activation code is made of ten random bytes")
    letters = base64.b32encode(random_bytes + crc16_arc(random_bytes).to_bytes(2, "big")).decode("ascii")
    return _with_dashes(letters)


def parse_activation_code(text: str) -> ActivationCode:
    """Read `CODE` or `CODE#SIGNATURE` exactly as scanned; nothing is forgiven.

    Only the form of the signature is checked here; `verify_signed_code` checks what it says.

    Raises:
        ActivationCodeError: FORMAT, TAIL, CHECKSUM or SIGNATURE, whichever comes first.
    """
    code, mark, signature = text.partition("#")
    _check_code(code)
    if not mark:
        return ActivationCode(code)
    try:
        if not from_base64(signature):
            raise ActivationCodeError(CodeRule.SIGNATURE)
    except EncodingError as error:
        raise ActivationCodeError(CodeRule.SIGNATURE) from error
    return ActivationCode(code, signature)


def validate_activation_code(text: str) -> bool:
    """Whether this is a bare activation code, without a signature."""
    return _is_valid(text)


def correct_typed_code(text: str) -> str:
    """A whole code as a person types or pastes it: spaces, dashes, case and O/0, I/1 are forgiven.

    Raises:
        ActivationCodeError: CHARACTER for one that cannot be corrected, FORMAT for another length,
            then TAIL or CHECKSUM.
    """
    letters = []
    for character in text:
        if character in _SKIPPED:
            continue
        corrected = correct_typed_character(character)
        if corrected is None:
            raise ActivationCodeError(CodeRule.CHARACTER)
        letters.append(corrected)
    if len(letters) != CODE_LETTERS:
        raise ActivationCodeError(CodeRule.FORMAT)
    code = _with_dashes("".join(letters))
    _check_code(code)
    return code


def validate_typed_character(character: str) -> bool:
    """Whether the character belongs to the alphabet as it is."""
    return len(character) == 1 and character in _ALPHABET


def correct_typed_character(character: str) -> str | None:
    """The letter that was meant, or None; nothing but case, 0 and 1 is guessed."""
    return _CORRECTIONS.get(character)


def parse_recovery_code(text: str) -> str:
    """Read a recovery code, with or without `R:` in front, and return the bare code.

    Raises:
        ActivationCodeError: FORMAT (a signature is not allowed either), TAIL or CHECKSUM.
    """
    code = text.removeprefix(_RECOVERY_PREFIX)
    _check_code(code)
    return code


def validate_recovery_code(text: str, *, allow_prefix: bool = True) -> bool:
    """Whether this is a recovery code."""
    return _is_valid(text.removeprefix(_RECOVERY_PREFIX) if allow_prefix else text)


def validate_recovery_puk(text: str) -> bool:
    """Whether this is a PUK: exactly ten ASCII digits."""
    return _PUK.fullmatch(text) is not None


def verify_signed_code(code: ActivationCode, master_public_key: PublicKey) -> None:
    """Check the signature of a scanned code, if it has one, against the application's master key.

    Raises:
        SignatureInvalid: the bank did not issue this code.
    """
    if code.signature is not None:
        verify(master_public_key, code.code.encode("ascii"), from_base64(code.signature))


def _with_dashes(letters: str) -> str:
    return "-".join(letters[start : start + 5] for start in range(0, CODE_LETTERS, 5))


def _check_code(code: str) -> None:
    if _CODE.fullmatch(code) is None:
        raise ActivationCodeError(CodeRule.FORMAT)
    # 20 letters hold 100 bits, the code only 96: the last four must be zero.
    if code[-1] not in "AQ":
        raise ActivationCodeError(CodeRule.TAIL)
    raw = base64.b32decode(code.replace("-", "") + "====")
    if crc16_arc(raw[:RANDOM_BYTES]) != int.from_bytes(raw[RANDOM_BYTES:], "big"):
        raise ActivationCodeError(CodeRule.CHECKSUM)


def _is_valid(text: str) -> bool:
    try:
        _check_code(text)
    except ActivationCodeError:
        return False
    return True
