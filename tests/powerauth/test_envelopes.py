"""Envelopes of all versions and scopes: what they carry arrives, and any damage is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.powerauth import known
from tests.support.bits import flipped
from webapp.powerauth.ecies import (
    SH1_ACTIVATION,
    SH1_TOKEN_CREATE,
    Envelope,
    Exchange,
    Scope,
    decrypt_request,
    encrypt_request,
)
from webapp.powerauth.encoding import from_base64, to_base64
from webapp.powerauth.errors import EnvelopeInvalid
from webapp.powerauth.protocol import Version
from webapp.randomness import system_random

SCOPES = [make(version) for version in Version for make in (known.application_scope, known.activation_scope)]
MEMBERS = {"ephemeralPublicKey", "encryptedData", "mac", "nonce", "timestamp", "temporaryKeyId", "more"}
scopes = st.sampled_from(SCOPES)


def close(scope: Scope, plaintext: bytes, *, compressed: bool = False) -> tuple[Envelope, Exchange]:
    return encrypt_request(
        scope,
        SH1_ACTIVATION,
        known.TEMPORARY.public_key(),
        plaintext,
        random=system_random,
        now_ms=known.NOW_MS,
        temporary_key_id=known.TEMPORARY_KEY_ID if scope.version.uses_temporary_keys else None,
        compressed=compressed,
    )


def open_(scope: Scope, envelope: dict[str, Any]) -> tuple[bytes, Exchange]:
    return decrypt_request(scope, SH1_ACTIVATION, known.TEMPORARY, envelope)


def refused(scope: Scope, envelope: dict[str, Any]) -> None:
    with pytest.raises(EnvelopeInvalid):
        open_(scope, envelope)


def damaged(envelope: Envelope, name: str, bit: int) -> Envelope:
    """The envelope with one bit of one member changed."""
    value = envelope[name]
    if isinstance(value, int):
        return envelope | {name: value ^ (1 << bit % 40)}
    if name == "temporaryKeyId":
        return envelope | {name: flipped(value.encode(), 8 * bit + 7).decode()}
    return envelope | {name: to_base64(flipped(from_base64(value), bit))}


@given(scopes, st.binary(), st.binary(), st.booleans())
def test_request_and_response_arrive(scope: Scope, question: bytes, answer: bytes, compressed: bool) -> None:
    envelope, client = close(scope, question, compressed=compressed)
    plaintext, server = open_(scope, envelope)
    assert plaintext == question
    assert server == client
    response = server.encrypt_response(answer, random=system_random, now_ms=known.NOW_MS)
    assert client.decrypt_response(response) == answer


@given(scopes, st.data())
def test_a_request_with_one_flipped_bit_is_refused(scope: Scope, data: st.DataObject) -> None:
    envelope, _ = close(scope, b'{"k":"v"}')
    name = data.draw(st.sampled_from(sorted(envelope)))
    refused(scope, damaged(envelope, name, data.draw(st.integers(0, 520))))


@given(scopes, st.data())
def test_a_response_with_one_flipped_bit_is_refused(scope: Scope, data: st.DataObject) -> None:
    envelope, client = close(scope, b"{}")
    _, server = open_(scope, envelope)
    response = server.encrypt_response(b'{"r":1}', random=system_random, now_ms=known.NOW_MS)
    name = data.draw(st.sampled_from(sorted(response)))
    with pytest.raises(EnvelopeInvalid):
        client.decrypt_response(damaged(response, name, data.draw(st.integers(0, 520))))


@pytest.mark.parametrize("scope", SCOPES, ids=lambda s: f"{s.version}-{'act' if s.activation_id else 'app'}")
def test_a_request_is_for_one_version_scope_purpose_and_key(scope: Scope) -> None:
    envelope, _ = close(scope, b"{}")
    for other in SCOPES:
        if other != scope:
            refused(other, envelope)
    with pytest.raises(EnvelopeInvalid):
        decrypt_request(scope, SH1_TOKEN_CREATE, known.TEMPORARY, envelope)
    with pytest.raises(EnvelopeInvalid):
        decrypt_request(scope, SH1_ACTIVATION, known.MASTER, envelope)


@given(scopes)
def test_a_response_answers_one_request(scope: Scope) -> None:
    first, client = close(scope, b"{}")
    second, _ = close(scope, b"{}")
    assert first != second
    _, server = open_(scope, second)
    response = server.encrypt_response(b"{}", random=system_random, now_ms=known.NOW_MS)
    with pytest.raises(EnvelopeInvalid):
        client.decrypt_response(response)


@given(scopes, st.sampled_from(sorted(MEMBERS)))
def test_no_member_may_be_missing_or_too_many(scope: Scope, name: str) -> None:
    envelope, _ = close(scope, b"{}")
    changed = {key: value for key, value in envelope.items() if key != name}
    if name not in envelope:
        changed[name] = "AAAAAAAAAAAAAAAAAAAAAA=="
    refused(scope, changed)


odd_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters()),
    st.binary().map(to_base64),
    st.lists(st.integers()),
    st.just("\ud800"),
    st.just({}),
)


@given(scopes, st.data())
def test_any_value_of_any_type_in_a_member_is_refused(scope: Scope, data: st.DataObject) -> None:
    envelope, client = close(scope, b"{}")
    name = data.draw(st.sampled_from(sorted(envelope)))
    value = data.draw(odd_values)
    if value != envelope[name]:
        refused(scope, envelope | {name: value})
    response = dict.fromkeys(("encryptedData", "mac"), value)
    if scope.version.sends_timestamp:
        response |= {"nonce": value, "timestamp": value}
    with pytest.raises(EnvelopeInvalid):
        client.decrypt_response(response)


def test_half_a_character_in_a_key_id_is_refused() -> None:
    """JSON can carry a lone surrogate, which no encoding of ours can."""
    scope = known.application_scope(Version.V3_3)
    envelope, _ = close(scope, b"{}")
    refused(scope, envelope | {"temporaryKeyId": "\ud800"})


def test_keys_stay_out_of_repr() -> None:
    scope = known.activation_scope(Version.V3_3)
    _, exchange = close(scope, b"{}")
    for secret in (scope.base, exchange.encryption_key, exchange.mac_key, exchange.iv_key):
        assert repr(secret) not in repr(exchange)
