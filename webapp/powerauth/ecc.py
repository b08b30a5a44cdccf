"""Keys on the curve P-256: make, read, write, agree, sign, verify.

Source: powerauth.md, section 1 (public keys, private keys, ECDSA).
"""

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from webapp.powerauth.errors import PublicKeyInvalid, SignatureInvalid
from webapp.randomness import Random, system_random

PrivateKey = ec.EllipticCurvePrivateKey
PublicKey = ec.EllipticCurvePublicKey

POINT_BYTES: Final = 65
COMPRESSED_POINT_BYTES: Final = 33
RAW_SIGNATURE_BYTES: Final = 64

_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_ECDH = ec.ECDH()
_ECDSA = ec.ECDSA(hashes.SHA256())


def generate(random: Random) -> PrivateKey:
    """A new key pair.

    Source: FIPS 186-5, A.2.1: 64 bits more than the order has make the remainder even.
    """
    if random is system_random:  # OpenSSL draws from the same source, and multiplies once instead of twice
        return ec.generate_private_key(_CURVE)
    return ec.derive_private_key(int.from_bytes(random(40), "big") % (_ORDER - 1) + 1, _CURVE)


def read_private(raw: bytes) -> PrivateKey:
    """A private key from its big-endian number, with or without leading zeros.

    Raises:
        PublicKeyInvalid: zero, or not below the order of the curve.
    """
    number = int.from_bytes(raw, "big")
    if not 0 < number < _ORDER:
        raise PublicKeyInvalid("private number out of range")
    return ec.derive_private_key(number, _CURVE)


def scalar(key: PrivateKey) -> bytes:
    """The private number, 32 bytes."""
    return key.private_numbers().private_value.to_bytes(32, "big")


def read_public(raw: bytes) -> PublicKey:
    """A public key from its SEC1 form, compressed (33 bytes) or not (65 bytes).

    Raises:
        PublicKeyInvalid: another length or prefix, or a point that is not on the curve.
    """
    if not (
        (len(raw) == POINT_BYTES and raw[0] == 0x04)  # noqa: PLR2004
        or (len(raw) == COMPRESSED_POINT_BYTES and raw[0] in (0x02, 0x03))
    ):
        raise PublicKeyInvalid("neither a compressed nor an uncompressed point")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, raw)
    except ValueError as error:
        raise PublicKeyInvalid("not a point of the curve") from error


def point(key: PublicKey) -> bytes:
    """The uncompressed SEC1 form, 65 bytes."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def point_compressed(key: PublicKey) -> bytes:
    """The compressed SEC1 form, 33 bytes."""
    return key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def x_coordinate(key: PublicKey) -> bytes:
    """X, big-endian, without leading zeros (0 … 32 bytes)."""
    return point(key)[1:33].lstrip(b"\0")


def agree(private: PrivateKey, public: PublicKey) -> bytes:
    """ECDH: the raw X coordinate, 32 bytes, leading zeros kept."""
    return private.exchange(_ECDH, public)


def sign(private: PrivateKey, message: bytes) -> bytes:
    """ECDSA with SHA-256 in DER form."""
    return private.sign(message, _ECDSA)


def verify(public: PublicKey, message: bytes, signature: bytes) -> None:
    """Check ECDSA with SHA-256 in DER form.

    Raises:
        SignatureInvalid: it does not verify.
    """
    try:
        public.verify(signature, message, _ECDSA)
    except InvalidSignature as error:
        raise SignatureInvalid("signature does not verify") from error


def sign_raw(private: PrivateKey, message: bytes) -> bytes:
    """ECDSA with SHA-256 as r ‖ s, 64 bytes: the form of ES256 in a JWT."""
    r, s = decode_dss_signature(private.sign(message, _ECDSA))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def verify_raw(public: PublicKey, message: bytes, signature: bytes) -> None:
    """Check ECDSA with SHA-256 given as r ‖ s.

    Raises:
        SignatureInvalid: not 64 bytes, or it does not verify.
    """
    if len(signature) != RAW_SIGNATURE_BYTES:
        raise SignatureInvalid("a raw signature has 64 bytes")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    verify(public, message, encode_dss_signature(r, s))
