"""Keys and tokens that the server hands out: MAC tokens, the vault key, temporary keys."""

import pytest

from tests.support.randomness import scripted
from tests.vectors.checks.registry import Case, family
from webapp.powerauth.ecc import point, read_public
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.errors import TemporaryKeyInvalid
from webapp.powerauth.protocol import SignatureType, Version
from webapp.powerauth.received_headers import parse_header
from webapp.powerauth.temporary_key import (
    TemporaryKey,
    activation_scope_key,
    read_es256,
    read_hs256,
    read_response,
    request_jwt,
    sign_hs256,
)
from webapp.powerauth.token import Token, token_digest
from webapp.powerauth.vault import unwrap_vault_key, wrap_vault_key


@family("token-digest")
def check_token_digest(case: Case) -> None:
    version, secret = Version(case["version"]), case.base64("tokenSecret")
    nonce, moment, digest = case.base64("nonce"), case["timestamp"], case.base64("tokenDigest")
    assert token_digest(version, secret, nonce, moment) == digest
    token = Token("own", "6fd8b1c4-4e5c-4d63-9a77-0f0f4f6b0f11", secret, SignatureType.POSSESSION)
    header = parse_header(token.header(version, random=scripted(nonce), now_ms=moment))
    assert (header["token_digest"], header["nonce"]) == (case["tokenDigest"], case["nonce"])
    assert header["timestamp"] == str(moment)


@family("vault-key")
def check_vault_key(case: Case) -> None:
    transport, vault = case.base64("transportKey"), case.base64("vaultEncryptionKey")
    wrapped = case.base64("encryptedVaultEncryptionKey")
    assert wrap_vault_key(transport, vault) == wrapped
    assert unwrap_vault_key(transport, wrapped) == vault


@family("temporary-key-jwt")
def check_temporary_key_jwt(case: Case) -> None:
    activation_id = case.get("activationId")
    assert case["scope"] == ("application" if activation_id is None else "activation")
    if case["kind"] == "request":
        _check_key_request(case, activation_id)
    else:
        assert case["kind"] == "response"
        _check_key_response(case, activation_id)


def _check_key_request(case: Case, activation_id: str | None) -> None:
    key = secret = case.base64("applicationSecret")
    if activation_id is not None:
        key = activation_scope_key(case.base64("transportKey"), secret)
    assert key == case.base64("signingKey")
    assert read_hs256(key, case["jwt"]) == case["claims"]
    assert read_hs256(key, sign_hs256(key, case["claims"])) == case["claims"]
    ours = read_hs256(key, request_jwt(key, case["applicationKey"], activation_id, case["challenge"]))
    # Some clients add times, which servers ignore; ours sends none.
    assert ours == {name: value for name, value in case["claims"].items() if name not in {"iat", "exp"}}


def _check_key_response(case: Case, activation_id: str | None) -> None:
    server_key, claims = read_public(case.base64("publicKey")), case["claims"]

    def read() -> TemporaryKey:
        return read_response(
            case["jwt"],
            server_key=server_key,
            application_key=case["applicationKey"],
            activation_id=activation_id,
            challenge=case["challenge"],
            now_ms=claims.get("iat_ms", 0),  # the vectors have no clock of their own
        )

    if not case["valid"]:
        with pytest.raises(TemporaryKeyInvalid):
            read()
        return
    assert read_es256(server_key, case["jwt"]) == claims
    key = read()
    assert to_base64(point(key.public_key)) == claims["publicKey"]
    assert (key.key_id, key.issued_at_ms, key.expires_at_ms) == (
        claims["sub"],
        claims["iat_ms"],
        claims["exp_ms"],
    )
