"""What the readers say, in the words of the case files: JSON and rule codes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.qr.keys import Keys
from webapp.mtoken.errors import PacError
from webapp.mtoken.pac import PACData, read_deeplink, read_qr_code
from webapp.mtoken.scanned import ScannedValue, ScanSource, classify
from webapp.powerauth.activation_code import (
    ActivationCode,
    correct_typed_character,
    correct_typed_code,
    crc16_arc,
    make_activation_code,
    parse_activation_code,
    parse_recovery_code,
    validate_recovery_puk,
    verify_signed_code,
)
from webapp.powerauth.ecc import read_public
from webapp.powerauth.errors import ActivationCodeError, QROperationError, SignatureInvalid
from webapp.powerauth.offline_operation import QROperation, QROperationParser
from webapp.powerauth.operation_data import (
    AccountField,
    AmountField,
    AnyAccountField,
    DateField,
    EmptyField,
    FallbackField,
    Field,
    NoteField,
    ReferenceField,
    TextField,
)

Reader = Callable[[str, Keys], Any]
NOT_READ = (QROperationError, PacError, ActivationCodeError)


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a text whose kind had to be told."""

    kind: str
    result: Any
    error: str | None


def classified(text: str, source: ScanSource) -> Reading:
    found = classify(text, source)
    result = None if found.value is None else _as_json(found.value)
    return Reading(found.kind.value, result, None if found.error is None else code_of(found.error))


def code_of(error: QROperationError | PacError | ActivationCodeError) -> str:
    """The rule that was broken, as the text formats call it."""
    return (error.code if isinstance(error, PacError) else error.rule).value


def operation_as_json(operation: QROperation) -> dict[str, Any]:
    data, flags, signature = operation.operation_data, operation.flags, operation.signature
    return {
        "operation_id": operation.operation_id,
        "title": operation.title,
        "message": operation.message,
        "operation_data": {
            "version": data.version,
            "template_id": data.template_id,
            "fields": [_field(field) for field in data.fields],
            "source_string": data.source_string,
        },
        "flags": {
            "biometrics_allowed": flags.biometrics_allowed,
            "flip_buttons": flags.flip_buttons,
            "fraud_warning": flags.fraud_warning,
            "block_when_on_call": flags.block_when_on_call,
        },
        "totp": operation.totp,
        "nonce": operation.nonce,
        "signature": {"signing_key": signature.signing_key.name, "signature": signature.signature},
        "is_newer_format": operation.is_newer_format,
    }


def _field(field: Field) -> dict[str, Any]:
    match field:
        case EmptyField():
            return {"type": "EMPTY"}
        case AmountField(amount, currency):
            return {"type": "AMOUNT", "amount": format(amount, "f"), "currency": currency}
        case AccountField(iban, bic):
            return {"type": "ACCOUNT", "iban": iban, "bic": bic}
        case AnyAccountField(account):
            return {"type": "ANY_ACCOUNT", "account": account}
        case DateField(date):
            return {"type": "DATE", "date": date.isoformat()}
        case FallbackField(field_type, text):
            return {"type": "FALLBACK", "field_type": field_type, "text": text}
        case ReferenceField(text) | NoteField(text) | TextField(text):
            return {"type": type(field).__name__.removesuffix("Field").upper(), "text": text}


def _as_json(value: ScannedValue) -> dict[str, Any]:
    match value:
        case QROperation():
            return operation_as_json(value)
        case PACData(oid, potp):
            return {"oid": oid, "potp": potp}
        case ActivationCode(code, signature):
            return {"activation_code": code, "activation_signature": signature}
        case str():
            return {"recovery_code": value}


def _made(text: str, _keys: Keys) -> dict[str, str]:
    raw = bytes.fromhex(text)
    return {"crc": f"{crc16_arc(raw):04X}", "code": make_activation_code(raw)}


def _signed_code(text: str, keys: Keys) -> dict[str, bool]:
    try:
        verify_signed_code(parse_activation_code(text), read_public(keys.master_public))
    except SignatureInvalid:
        return {"signature_valid": False}
    return {"signature_valid": True}


READERS: Mapping[str, Reader] = {
    "QROperationParser.parse": lambda text, _: operation_as_json(QROperationParser.parse(text)),
    "parse_qr_code": lambda text, _: _as_json(read_qr_code(text)),
    "parse_deeplink": lambda text, _: _as_json(read_deeplink(text)),
    "parse_activation_code": lambda text, _: _as_json(parse_activation_code(text)),
    "parse_recovery_code": lambda text, _: _as_json(parse_recovery_code(text)),
    "correct_typed_code": lambda text, _: {"activation_code": correct_typed_code(text)},
    "correct_typed_character": lambda text, _: {"character": correct_typed_character(text)},
    "validate_recovery_puk": lambda text, _: {"valid": validate_recovery_puk(text)},
    "verify_activation_signature": _signed_code,
    "make_activation_code": _made,
    "crc16_arc": lambda text, _: {"crc": f"{crc16_arc(text.encode()):04X}"},
}
