"""From request data to signatures, online and offline, and the counter they are bound to."""

import base64
from dataclasses import astuple

from tests.vectors.checks.registry import Case, family
from webapp.powerauth.counter import HashCounter, next_counter
from webapp.powerauth.headers import authorization_header
from webapp.powerauth.protocol import SignatureType, Version
from webapp.powerauth.received_headers import Authorization, parse_header, read_authorization
from webapp.powerauth.signature import (
    OFFLINE_SECRET,
    canonical_query,
    form_encode,
    offline_signature,
    online_signature,
    signature_data,
)

KEY_FIELDS = {
    "possession": "signaturePossessionKey",
    "knowledge": "signatureKnowledgeKey",
    "biometry": "signatureBiometryKey",
}


@family("canonization-body")
def check_canonization_body(case: Case) -> None:
    signed = signature_data(
        case["method"] or "GET",
        case["uriId"] or "",
        case["nonce"] or "",
        case.base64("body") if case["body"] else b"",
        case.get("applicationSecret") or "",
    )
    # Our function always ends with the secret; a case without one ends before its "&".
    mark = "" if case.get("applicationSecret") else "&"
    assert signed.decode("ascii") == case["result"] + mark


@family("canonization-query")
def check_canonization_query(case: Case) -> None:
    assert canonical_query(case["query"]) == case["canonical"]


@family("url-encoding")
def check_url_encoding(case: Case) -> None:
    raw = case.base64("data")
    text = case.get("text")
    assert text is None or text.encode() == raw
    assert form_encode(raw) == case["encoded"]


@family("counter-hashing")
def check_counter_hashing(case: Case) -> None:
    start, steps = case.base64("ctrData"), case["steps"]
    value, counter = start, HashCounter(start)
    for _ in range(steps):
        value, counter = next_counter(value), counter.next()
    assert value == case.base64("result")
    assert counter == HashCounter(value, steps % 256)


@family("signatures-v30", "signatures-v31")
def check_online_signatures(case: Case) -> None:
    keys, signed, expected = _keys(case), case.base64("data"), case["signature"]
    decimal = len(expected) == 9 * len(keys) - 1
    for version in (Version.V3_0,) if decimal else (Version.V3_1, Version.V3_2, Version.V3_3):
        assert online_signature(version, keys, case.base64("counterData"), signed) == expected


@family("signatures-offline")
def check_signatures_offline(case: Case) -> None:
    digits = case["signatureComponentLength"]
    signature = offline_signature(_keys(case), case.base64("counterData"), case.base64("data"), digits)
    assert signature == case["signature"]


@family("offline-authorization")
def check_offline_authorization(case: Case) -> None:
    attributes = [case["operationId"], case["operationData"], case["totp"]]
    body = "&".join(attribute for attribute in attributes if attribute is not None)
    assert body == case["dataForSignature"]
    signed = signature_data("POST", case["uriId"], case["nonce"], body.encode(), OFFLINE_SECRET)
    keys = _named_keys(case)
    digits = case["signatureComponentLength"]
    assert offline_signature(keys, case.base64("ctrData"), signed, digits) == case["signature"]


@family("signature-http")
def check_signature_http(case: Case) -> None:
    version = Version(case["version"])
    nonce, secret = case["nonce"], case["applicationSecret"]
    signed = signature_data(case["method"], case["uriId"], nonce, case.base64("body"), secret)
    # The published base string ends before the secret, which is no part of the request.
    assert signed.decode("ascii") == f"{case['signatureBaseString']}&{secret}"
    signature = online_signature(version, _named_keys(case), case.base64("ctrData"), signed)
    assert signature == case["signature"]
    kind = SignatureType(case["signatureType"])
    made = Authorization(version, case["activationId"], case["applicationKey"], nonce, kind, signature)
    assert parse_header(authorization_header(*astuple(made))) == parse_header(case["header"])
    assert read_authorization(case["header"]) == made


def _keys(case: Case) -> list[bytes]:
    """The keys of the case's factors. All three are read, so that none of them stays unnoticed."""
    keys = {factor: case.base64(name) for factor, name in KEY_FIELDS.items()}
    return [keys[factor.value] for factor in SignatureType(case["signatureType"]).factors]


def _named_keys(case: Case) -> list[bytes]:
    factors = SignatureType(case["signatureType"]).factors
    return [base64.b64decode(case["keys"][factor.value], validate=True) for factor in factors]
