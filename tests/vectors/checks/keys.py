"""Keys on the curve, and what client and server derive from them."""

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.vectors.checks.registry import Case, family
from webapp.powerauth.activation import KeyTree, fingerprint, master_secret
from webapp.powerauth.ecc import (
    point,
    point_compressed,
    read_private,
    read_public,
    scalar,
    verify,
    verify_raw,
    x_coordinate,
)
from webapp.powerauth.encoding import from_base64
from webapp.powerauth.errors import EncodingError, PublicKeyInvalid, SignatureInvalid


@family("ec-points")
def check_ec_points(case: Case) -> None:
    if not case["valid"]:
        with pytest.raises((EncodingError, PublicKeyInvalid)):
            read_public(from_base64(case["publicKey"]))
        return
    x, y = case.hex("x").rjust(32, b"\0"), case.hex("y").rjust(32, b"\0")
    key = read_public(from_base64(case["publicKey"]))
    assert point(key) == b"\x04" + x + y
    assert point_compressed(key) == bytes((2 + y[-1] % 2,)) + x
    assert x_coordinate(key) == x.lstrip(b"\0")
    assert point(read_public(point_compressed(key))) == point(key)


@family("ecdsa-verify")
def check_ecdsa_verify(case: Case) -> None:
    public = read_public(case.hex("publicKey"))
    message, signature = case.hex("data"), case.hex("signature")
    if not case["valid"]:
        with pytest.raises(SignatureInvalid):
            verify(public, message, signature)
        return
    verify(public, message, signature)
    r, s = decode_dss_signature(signature)
    verify_raw(public, message, r.to_bytes(32, "big") + s.to_bytes(32, "big"))


@family("master-secret")
def check_master_secret(case: Case) -> None:
    device, server = (read_private(case.base64(f"{side}PrivateKey")) for side in ("device", "server"))
    for side, private in (("device", device), ("server", server)):
        assert point(private.public_key()) == case.base64(f"{side}PublicKey")
        assert scalar(private).lstrip(b"\0") == case.base64(f"{side}PrivateKey").lstrip(b"\0")
    expected = case.base64("masterSecretKey")
    assert master_secret(device, read_public(case.base64("serverPublicKey"))) == expected
    assert master_secret(server, read_public(case.base64("devicePublicKey"))) == expected


@family("derived-keys")
def check_derived_keys(case: Case) -> None:
    assert KeyTree.derive(case.base64("masterSecretKey")) == KeyTree(
        possession=case.base64("signaturePossessionKey"),
        knowledge=case.base64("signatureKnowledgeKey"),
        biometry=case.base64("signatureBiometryKey"),
        transport=case.base64("transportKey"),
        vault=case.base64("vaultEncryptionKey"),
    )


@family("public-key-fingerprint")
def check_public_key_fingerprint(case: Case) -> None:
    device, server = (read_public(case.base64(f"{side}PublicKey")) for side in ("device", "server"))
    assert fingerprint(device, case["activationId"], server) == case["fingerprint"]
    for side, key in (("device", device), ("server", server)):
        assert x_coordinate(key) == case.base64(f"{side}PublicKeyCoordX").lstrip(b"\0")
