"""Envelopes, opened and closed on both sides."""

import base64
from typing import Any

import pytest

from tests.support.randomness import making, scripted
from tests.vectors.checks.registry import Case, family
from webapp.powerauth.ecc import POINT_BYTES, read_private, read_public
from webapp.powerauth.ecies import Exchange, Scope, check_fields, decrypt_request, encrypt_request
from webapp.powerauth.errors import EnvelopeInvalid
from webapp.powerauth.protocol import Version


@family("ecies-v30", "ecies-v31")
def check_shared_information(case: Case) -> None:
    """Here the shared information is given as bytes, outside any scope."""
    scope = Scope(Version(case["version"]), "", None, case.base64("sharedInfo2"))
    private = read_private(case.base64("privateKey"))
    assert private.public_key() == read_public(case.base64("publicKey"))
    plaintext, exchange = decrypt_request(scope, case.base64("sharedInfo1"), private, case["request"])
    assert plaintext == case.base64("requestData")
    _check_response(case, exchange)


@family("ecies-v32", "ecies-v33", "ecies-computed")
def check_scopes(case: Case) -> None:
    private = read_private(case.base64("encryptionPrivateKey"))
    assert private.public_key() == read_public(case.base64("encryptionPublicKey"))
    request = case["request"]
    plaintext, exchange = decrypt_request(_scope(case), case["sharedInfo1"], private, request)
    assert plaintext == case.base64("requestData")
    assert exchange.encryption_key + exchange.mac_key + exchange.iv_key == case.base64("envelopeKey")
    assert exchange.associated == base64.b64decode(case.get("associatedData") or "")
    assert request.get("temporaryKeyId") == case.get("temporaryKeyId")
    _check_response(case, exchange)
    if case.get("ephemeralPrivateKey"):
        _check_request(case)


@family("ecies-negative")
def check_ecies_negative(case: Case) -> None:
    private = read_private(case.base64("encryptionPrivateKey"))
    assert private.public_key() == read_public(case.base64("encryptionPublicKey"))
    case.get("temporaryKeyId")  # by this id the server found the key; the request may say another or none
    with pytest.raises(EnvelopeInvalid):
        decrypt_request(_scope(case), case["sharedInfo1"], private, case["request"])


@family("ecies-payload-fields")
def check_ecies_payload_fields(case: Case) -> None:
    version, kind, names = Version(case["version"]), case["kind"], set(case["fields"])
    if case["valid"]:
        check_fields(version, kind, names)
    else:
        with pytest.raises(EnvelopeInvalid):
            check_fields(version, kind, names)


def _scope(case: Case) -> Scope:
    version = Version(case["version"])
    key, secret = case["applicationKey"], case["applicationSecret"]
    if case["scope"] == "activation":
        return Scope.activation(version, key, secret, case["activationId"], case.base64("transportKey"))
    assert case["scope"] == "application"
    return Scope.application(version, key, secret)


def _check_request(case: Case) -> None:
    """The ephemeral key is known, so the request can be made again, byte for byte."""
    request = case["request"]
    ephemeral = read_private(case.base64("ephemeralPrivateKey"))
    sent = base64.b64decode(request["ephemeralPublicKey"])
    assert read_public(sent) == ephemeral.public_key()
    envelope, exchange = encrypt_request(
        _scope(case),
        case["sharedInfo1"],
        read_public(case.base64("encryptionPublicKey")),
        case.base64("requestData"),
        random=scripted(making(ephemeral), *_nonce(request)),
        now_ms=request.get("timestamp", 0),
        temporary_key_id=case.get("temporaryKeyId"),
        compressed=len(sent) != POINT_BYTES,
    )
    assert envelope == request
    assert exchange.decrypt_response(case["response"]) == case.base64("responseData")


def _check_response(case: Case, exchange: Exchange) -> None:
    response, plaintext = case["response"], case.base64("responseData")
    assert exchange.decrypt_response(response) == plaintext
    moment = response.get("timestamp", 0)
    assert exchange.encrypt_response(plaintext, random=scripted(*_nonce(response)), now_ms=moment) == response


def _nonce(envelope: dict[str, Any]) -> list[bytes]:
    return [base64.b64decode(envelope["nonce"])] if "nonce" in envelope else []
