"""Temporary encryption keys: ask for one, and believe only the server's own answer.

Source: powerauth.md, section 4.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from webapp.powerauth.ecc import PrivateKey, PublicKey, read_public, sign_raw, verify_raw
from webapp.powerauth.encoding import from_base64, from_base64url, to_base64url
from webapp.powerauth.errors import (
    EncodingError,
    PublicKeyInvalid,
    SignatureInvalid,
    TemporaryKeyInvalid,
)
from webapp.powerauth.kdf import derive_internal

CHALLENGE_BYTES: Final = 18
_MAX_JWT = 8192


@dataclass(frozen=True, slots=True)
class TemporaryKey:
    """A public key of the server for one scope, and until when it may be used."""

    key_id: str
    public_key: PublicKey
    issued_at_ms: int  # the server's time
    expires_at_ms: int


def activation_scope_key(transport_key: bytes, application_secret: bytes) -> bytes:
    """The 16-byte HMAC key of a request in activation scope; in application scope it is the raw secret."""
    return derive_internal(transport_key, application_secret)


def request_jwt(key: bytes, application_key: str, activation_id: str | None, challenge: str) -> str:
    """The JWT that asks for a key.

    Args:
        key: raw application secret, or `activation_scope_key` in activation scope; 16 bytes.
        challenge: Base64 of 18 random bytes, which the answer has to repeat.
    """
    claims = {"applicationKey": application_key}
    if activation_id is not None:
        claims["activationId"] = activation_id
    return sign_hs256(key, claims | {"challenge": challenge})


def read_response(
    jwt: str,
    *,
    server_key: PublicKey,
    application_key: str,
    activation_id: str | None,
    challenge: str,
    now_ms: int,
) -> TemporaryKey:
    """Check the answer and take the key out of it.

    Args:
        server_key: the master key in application scope, the activation's server key in activation scope.
        now_ms: the server's time as well as it is known.

    Raises:
        TemporaryKeyInvalid: malformed, not signed by this key, an answer to another question, or over.
    """
    claims = read_es256(server_key, jwt)
    asked = {"applicationKey": application_key, "activationId": activation_id, "challenge": challenge}
    for name, value in asked.items():
        if claims.get(name) != value:
            raise TemporaryKeyInvalid(f"{name} is not ours")
    key_id, public_key = claims.get("sub"), claims.get("publicKey")
    issued, expires = claims.get("iat_ms"), claims.get("exp_ms")
    if not isinstance(key_id, str) or not key_id.isascii() or not key_id or not isinstance(public_key, str):
        raise TemporaryKeyInvalid("no key")
    if type(issued) is not int or type(expires) is not int:
        raise TemporaryKeyInvalid("no times")
    if expires <= now_ms:
        raise TemporaryKeyInvalid("expired")
    try:
        return TemporaryKey(key_id, read_public(from_base64(public_key)), issued, expires)
    except (EncodingError, PublicKeyInvalid) as error:
        raise TemporaryKeyInvalid("not a public key") from error


def sign_hs256(key: bytes, claims: Mapping[str, object]) -> str:
    """A JWT with HMAC-SHA256; the key may be shorter than JOSE libraries allow."""
    signed = _encode({"alg": "HS256", "typ": "JWT"}) + "." + _encode(claims)
    return signed + "." + to_base64url(hmac.digest(key, signed.encode(), "sha256"))


def read_hs256(key: bytes, jwt: str) -> dict[str, Any]:
    """The claims of a JWT with HMAC-SHA256.

    Raises:
        TemporaryKeyInvalid: malformed, another algorithm, another key.
    """
    header, claims, signed, signature = _parts(jwt)
    if header.get("alg") != "HS256":
        raise TemporaryKeyInvalid("not HS256")
    if not hmac.compare_digest(hmac.digest(key, signed, "sha256"), signature):
        raise TemporaryKeyInvalid("HMAC differs")
    return claims


def sign_es256(private: PrivateKey, claims: Mapping[str, object]) -> str:
    """A JWT with ECDSA on P-256, whose signature is r ‖ s."""
    signed = _encode({"typ": "JWT", "alg": "ES256"}) + "." + _encode(claims)
    return signed + "." + to_base64url(sign_raw(private, signed.encode()))


def read_es256(public: PublicKey, jwt: str) -> dict[str, Any]:
    """The claims of a JWT with ECDSA on P-256.

    Raises:
        TemporaryKeyInvalid: malformed, another algorithm, another key.
    """
    header, claims, signed, signature = _parts(jwt)
    # The algorithm is ours to say; the header may only agree.
    if header.get("alg") != "ES256" or header.get("typ") != "JWT":
        raise TemporaryKeyInvalid("not an ES256 JWT")
    try:
        verify_raw(public, signed, signature)
    except SignatureInvalid as error:
        raise TemporaryKeyInvalid("signature does not verify") from error
    return claims


def _encode(value: Mapping[str, object]) -> str:
    return to_base64url(json.dumps(value, separators=(",", ":")).encode())


def _parts(jwt: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    """Header, claims, the signed bytes, the signature."""
    parts = jwt.split(".")
    if len(jwt) > _MAX_JWT or len(parts) != 3:  # noqa: PLR2004
        raise TemporaryKeyInvalid("a JWT has three parts")
    try:
        header, claims = (json.loads(from_base64url(part)) for part in parts[:2])
        signature = from_base64url(parts[2])
    except (EncodingError, ValueError, RecursionError) as error:
        raise TemporaryKeyInvalid("malformed") from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise TemporaryKeyInvalid("not objects")
    return header, claims, f"{parts[0]}.{parts[1]}".encode(), signature
