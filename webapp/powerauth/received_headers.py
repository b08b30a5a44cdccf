"""The three X-PowerAuth-* headers as a server reads them; headers.py writes them, and a client needs no more.

Source: powerauth.md, sections 5.5, 6.3 and 7.2.
"""

import re
from dataclasses import dataclass, field

from webapp.powerauth.encoding import from_base64
from webapp.powerauth.errors import EncodingError, HeaderInvalid
from webapp.powerauth.protocol import SignatureType, Version

_SCHEME = "PowerAuth "
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"', re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
_DECIMAL_SIGNATURE = re.compile(r"[0-9]{8}(?:-[0-9]{8}){0,2}")
_TIMESTAMP = re.compile(r"[0-9]{9,15}")
_BASE64_SIGNATURE_LENGTHS = (24, 44, 64)
_DECIMAL_SIGNATURE_LENGTHS = (8, 17, 26)


@dataclass(frozen=True, slots=True)
class Authorization:
    """A signature header whose format has been checked; whether it verifies is another question."""

    version: Version
    activation_id: str
    application_key: str
    nonce: str  # Base64 of 16 bytes, as it stood in the header
    signature_type: SignatureType
    signature: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Encryption:
    """An encryption header; `activation_id` is None in application scope."""

    version: Version
    application_key: str
    activation_id: str | None


@dataclass(frozen=True, slots=True)
class TokenHeader:
    """A token header whose format has been checked."""

    version: Version
    token_id: str
    digest: bytes = field(repr=False)  # 32 bytes
    nonce: bytes  # 16 bytes
    timestamp_ms: int


def parse_header(value: str) -> dict[str, str]:
    """The attributes of a header; empty when its scheme is not PowerAuth."""
    if not value.startswith(_SCHEME):
        return {}
    return dict(_ATTRIBUTE.findall(value[len(_SCHEME) :]))


def read_authorization(value: str) -> Authorization:
    """Read and check `X-PowerAuth-Authorization`.

    Raises:
        HeaderInvalid: another scheme, or an attribute that is missing or malformed.
    """
    attributes = parse_header(value)
    signature = attributes.get("pa_signature", "")
    _check_signature(signature)
    kind = attributes.get("pa_signature_type", "").lower()
    if kind not in set(SignatureType):
        raise HeaderInvalid("unknown signature type")
    nonce = attributes.get("pa_nonce", "")
    _sized_base64(nonce, 16, "pa_nonce")
    return Authorization(
        _version(attributes.get("pa_version")),
        _uuid(attributes.get("pa_activation_id"), "pa_activation_id"),
        _application_key(attributes.get("pa_application_key")),
        nonce,
        SignatureType(kind),
        signature,
    )


def read_encryption(value: str, *, activation_scope: bool) -> Encryption:
    """Read and check `X-PowerAuth-Encryption` for an endpoint of this scope.

    Raises:
        HeaderInvalid: malformed, or with an activation id where none belongs, or without where one does.
    """
    attributes = parse_header(value)
    version = _version(attributes.get("version"))
    application_key = _application_key(attributes.get("application_key"))
    activation_id = attributes.get("activation_id")
    if not activation_scope:
        if activation_id is not None:
            raise HeaderInvalid("activation_id in application scope")
        return Encryption(version, application_key, None)
    return Encryption(version, application_key, _uuid(activation_id, "activation_id"))


def read_token(value: str) -> TokenHeader:
    """Read and check `X-PowerAuth-Token`.

    Raises:
        HeaderInvalid: another scheme, or an attribute that is missing or malformed.
    """
    attributes = parse_header(value)
    timestamp = attributes.get("timestamp", "")
    if _TIMESTAMP.fullmatch(timestamp) is None:
        raise HeaderInvalid("malformed timestamp")
    return TokenHeader(
        _version(attributes.get("version")),
        _uuid(attributes.get("token_id"), "token_id"),
        _sized_base64(attributes.get("token_digest", ""), 32, "token_digest"),
        _sized_base64(attributes.get("nonce", ""), 16, "nonce"),
        int(timestamp),
    )


def _version(value: str | None) -> Version:
    if value not in set(Version):
        raise HeaderInvalid("unknown protocol version")
    return Version(value)


def _uuid(value: str | None, name: str) -> str:
    if value is None or _UUID.fullmatch(value) is None:
        raise HeaderInvalid(f"{name} is not a UUID")
    return value


def _application_key(value: str | None) -> str:
    _sized_base64(value or "", 16, "application key")
    return value or ""


def _sized_base64(value: str, size: int, name: str) -> bytes:
    try:
        raw = from_base64(value)
    except EncodingError as error:
        raise HeaderInvalid(f"{name} is not Base64") from error
    if len(raw) != size:
        raise HeaderInvalid(f"{name} has not {size} bytes")
    return raw


def _check_signature(value: str) -> None:
    if len(value) in _DECIMAL_SIGNATURE_LENGTHS and _DECIMAL_SIGNATURE.fullmatch(value):
        return
    if len(value) not in _BASE64_SIGNATURE_LENGTHS:
        raise HeaderInvalid("a signature of another length")
    try:
        from_base64(value)
    except EncodingError as error:
        raise HeaderInvalid("signature is not Base64") from error
