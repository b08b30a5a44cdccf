"""Temporary keys: only the server's own answer to this very question is believed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.powerauth import known
from tests.support.bits import flipped
from webapp.powerauth.ecc import PublicKey, point, sign
from webapp.powerauth.encoding import from_base64url, to_base64, to_base64url
from webapp.powerauth.errors import TemporaryKeyInvalid
from webapp.powerauth.temporary_key import (
    TemporaryKey,
    activation_scope_key,
    read_es256,
    read_hs256,
    read_response,
    request_jwt,
    sign_es256,
    sign_hs256,
)

CHALLENGE = to_base64(known.run(0x00, 0x11))
KEY = known.run(0x10, 0x1F)
CLAIMS = {
    "sub": known.TEMPORARY_KEY_ID,
    "applicationKey": known.APPLICATION_KEY,
    "activationId": known.ACTIVATION_ID,
    "challenge": CHALLENGE,
    "publicKey": to_base64(point(known.TEMPORARY.public_key())),
    "iat": known.NOW_MS // 1000,
    "exp": known.NOW_MS // 1000 + 300,
    "iat_ms": known.NOW_MS,
    "exp_ms": known.NOW_MS + 300_000,
}
ANSWER = sign_es256(known.SERVER, CLAIMS)


def read(
    jwt: str,
    *,
    server_key: PublicKey = known.SERVER.public_key(),  # noqa: B008 - a value that never changes
    activation_id: str | None = known.ACTIVATION_ID,
    now_ms: int = known.NOW_MS,
) -> TemporaryKey:
    return read_response(
        jwt,
        server_key=server_key,
        application_key=known.APPLICATION_KEY,
        activation_id=activation_id,
        challenge=CHALLENGE,
        now_ms=now_ms,
    )


def refused(jwt: str, **how: Any) -> None:
    with pytest.raises(TemporaryKeyInvalid):
        read(jwt, **how)


def test_the_servers_answer_is_believed() -> None:
    key = read(ANSWER)
    assert key.public_key == known.TEMPORARY.public_key()
    assert (key.key_id, key.issued_at_ms) == (known.TEMPORARY_KEY_ID, known.NOW_MS)
    assert key.expires_at_ms == known.NOW_MS + 300_000


def test_in_application_scope_there_is_no_activation() -> None:
    claims = {name: value for name, value in CLAIMS.items() if name != "activationId"}
    answer = sign_es256(known.MASTER, claims)
    master = known.MASTER.public_key()
    assert read(answer, server_key=master, activation_id=None).key_id == known.TEMPORARY_KEY_ID
    refused(answer, server_key=master)
    refused(sign_es256(known.MASTER, CLAIMS), server_key=master, activation_id=None)


def test_a_key_ends_exactly_when_it_says() -> None:
    assert read(ANSWER, now_ms=known.NOW_MS + 299_999).expires_at_ms == known.NOW_MS + 300_000
    refused(ANSWER, now_ms=known.NOW_MS + 300_000)


@pytest.mark.parametrize("name", [name for name in CLAIMS if name not in {"iat", "exp"}])
@pytest.mark.parametrize("odd", [None, "", True, 1.5, [], {}, "\ud800"], ids=repr)
def test_a_claim_of_another_type_is_refused(name: str, odd: Any) -> None:
    refused(sign_es256(known.SERVER, CLAIMS | {name: odd}))


@pytest.mark.parametrize("name", ["applicationKey", "activationId", "challenge", "publicKey"])
def test_a_claim_of_another_exchange_is_refused(name: str) -> None:
    other = to_base64(known.run(0x20, 0x31))
    refused(sign_es256(known.SERVER, CLAIMS | {name: other}))


@pytest.mark.parametrize("name", [name for name in CLAIMS if name not in {"iat", "exp"}])
def test_a_missing_claim_is_refused(name: str) -> None:
    refused(sign_es256(known.SERVER, {claim: CLAIMS[claim] for claim in CLAIMS if claim != name}))


@given(st.integers(0, 2), st.integers(0, 5000))
def test_a_token_with_one_flipped_bit_is_refused(part: int, bit: int) -> None:
    for jwt, check in ((ANSWER, refused), (sign_hs256(KEY, CLAIMS), refused_request)):
        parts = jwt.split(".")
        parts[part] = to_base64url(flipped(from_base64url(parts[part]), bit))
        check(".".join(parts))


def refused_request(jwt: str) -> None:
    with pytest.raises(TemporaryKeyInvalid):
        read_hs256(KEY, jwt)


def token(header: dict[str, Any], signature: bytes) -> str:
    """A token whose header says something else than its signature."""
    signed = sign_hs256(b"", header).split(".")[1] + "." + ANSWER.split(".")[1]
    return f"{signed}.{to_base64url(signature)}"


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "ES384", "es256", None, 1])
def test_the_header_does_not_choose_the_algorithm(algorithm: object) -> None:
    refused(token({"alg": algorithm, "typ": "JWT"}, b""))
    refused(token({"alg": algorithm, "typ": "JWT"}, from_base64url(ANSWER.split(".")[2])))
    keyed_with_the_public_key = sign_hs256(point(known.SERVER.public_key()), CLAIMS)
    refused(keyed_with_the_public_key)


def test_a_signature_in_der_form_is_refused() -> None:
    signed = ANSWER.rpartition(".")[0]
    refused(f"{signed}.{to_base64url(sign(known.SERVER, signed.encode()))}")


def test_another_key_is_refused() -> None:
    for other in (known.MASTER, known.TEMPORARY):
        refused(sign_es256(other, CLAIMS))


@given(
    st.one_of(
        st.text(),
        st.text("AQ.=-_ey"),
        st.lists(st.binary().map(to_base64url), min_size=3, max_size=3).map(".".join),
    )
)
def test_any_text_is_refused(text: str) -> None:
    refused(text)
    refused_request(text)


def test_a_huge_or_very_deep_token_is_refused() -> None:
    for claims in (b"[" * 5000, b'"' + b"a" * 10_000 + b'"'):
        jwt = f"{ANSWER.split('.')[0]}.{to_base64url(claims)}.{ANSWER.split('.')[2]}"
        refused(jwt)
        refused_request(jwt)


def test_a_request_is_read_by_who_has_its_key() -> None:
    key = activation_scope_key(known.TRANSPORT_KEY, KEY)
    jwt = request_jwt(key, known.APPLICATION_KEY, known.ACTIVATION_ID, CHALLENGE)
    assert read_hs256(key, jwt) == {
        "applicationKey": known.APPLICATION_KEY,
        "activationId": known.ACTIVATION_ID,
        "challenge": CHALLENGE,
    }
    refused_request(jwt)
    with pytest.raises(TemporaryKeyInvalid):
        read_es256(known.SERVER.public_key(), jwt)
