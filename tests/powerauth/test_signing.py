"""Signatures of Alice's activation, checked with the keys that the server derives on its own."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.powerauth import known
from tests.powerauth.activations import BIOMETRY_KEY, KEYS, alice
from tests.support.bits import flipped
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.protocol import Factor, Version
from webapp.powerauth.received_headers import Authorization, read_authorization
from webapp.powerauth.signature import (
    canonical_query,
    components,
    form_encode,
    offline_signature,
    online_signature,
    query_data,
    signature_data,
)
from webapp.powerauth.signing import sign_offline, sign_request
from webapp.powerauth.state import ActivationState

SERVER_KEYS = {
    Factor.POSSESSION: KEYS.possession,
    Factor.KNOWLEDGE: KEYS.knowledge,
    Factor.BIOMETRY: KEYS.biometry,
}
AUTHENTICATIONS = [
    PowerAuthAuthentication.possession(),
    PowerAuthAuthentication.password("3719"),
    PowerAuthAuthentication.biometry(BIOMETRY_KEY),
]
URI_ID = "/operation/authorize"


def sign(
    state: ActivationState, authentication: PowerAuthAuthentication, version: Version, body: bytes
) -> tuple[Authorization, ActivationState]:
    value, advanced = sign_request(
        state,
        known.CONFIGURATION,
        authentication,
        version=version,
        method="POST",
        uri_id=URI_ID,
        body=body,
        random=lambda _: known.NONCE,
    )
    return read_authorization(value), advanced


def expected(header: Authorization, counter: bytes, body: bytes) -> str:
    """What the server computes for this header at this counter."""
    signed = signature_data("POST", URI_ID, header.nonce, body, known.APPLICATION_SECRET)
    keys = [SERVER_KEYS[factor] for factor in header.signature_type.factors]
    return online_signature(header.version, keys, counter, signed)


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("authentication", AUTHENTICATIONS, ids=lambda a: a.signature_type.value)
def test_the_server_computes_the_same_signature(
    version: Version, authentication: PowerAuthAuthentication
) -> None:
    header, _ = sign(alice(biometry=True), authentication, version, b'{"a":1}')
    assert header.signature == expected(header, known.COUNTER, b'{"a":1}')
    assert (header.activation_id, header.application_key) == (known.ACTIVATION_ID, known.APPLICATION_KEY)
    assert header.signature_type is authentication.signature_type


def test_every_signature_moves_the_counter_by_one_and_changes_nothing_else() -> None:
    state = alice()
    for authentication in AUTHENTICATIONS[:2]:
        _, advanced = sign(state, authentication, Version.V3_3, b"")
        assert advanced == replace(state, counter=state.counter.next())
        _, advanced = sign_offline(state, authentication, uri_id=URI_ID, nonce="AAAA", body=b"")
        assert advanced == replace(state, counter=state.counter.next(), unconfirmed=1)


def test_two_signatures_in_a_row_never_use_the_same_counter() -> None:
    first, state = sign(alice(), AUTHENTICATIONS[0], Version.V3_3, b"")
    second, _ = sign(state, AUTHENTICATIONS[0], Version.V3_3, b"")
    assert first.signature != second.signature
    assert second.signature == expected(second, state.counter.value, b"")


def test_a_wrong_pin_signs_wrongly_and_nothing_else_tells() -> None:
    right, after_right = sign(alice(), AUTHENTICATIONS[1], Version.V3_0, b"")
    wrong, after_wrong = sign(alice(), PowerAuthAuthentication.password("3718"), Version.V3_0, b"")
    assert after_wrong == after_right
    assert replace(wrong, signature=right.signature) == right
    # The factors are proven one by one: possession still fits.
    assert wrong.signature.split("-")[0] == right.signature.split("-")[0]
    assert wrong.signature != right.signature


@given(st.binary(min_size=1), st.integers(0, 10_000))
def test_one_flipped_bit_of_the_body_changes_the_signature(body: bytes, bit: int) -> None:
    header, _ = sign(alice(), AUTHENTICATIONS[0], Version.V3_3, body)
    assert header.signature != expected(header, known.COUNTER, flipped(body, bit))


@given(st.binary(), st.integers(4, 8))
def test_the_server_computes_the_same_offline_code(body: bytes, digits: int) -> None:
    nonce = to_base64(known.NONCE)
    code, _ = sign_offline(
        alice(biometry=True), AUTHENTICATIONS[2], uri_id=URI_ID, nonce=nonce, body=body, digits=digits
    )
    signed = signature_data("POST", URI_ID, nonce, body, "offline")
    assert code == offline_signature([KEYS.possession, KEYS.biometry], known.COUNTER, signed, digits)
    assert [len(part) for part in code.split("-")] == [digits, digits]


def test_a_component_starts_from_its_own_key() -> None:
    """Documents say that every chain starts from the first key; vectors say otherwise."""
    both = components([KEYS.possession, KEYS.knowledge], known.COUNTER, b"")
    other = components([KEYS.biometry, KEYS.knowledge], known.COUNTER, b"")
    assert both[0] != other[0]
    assert both[1] == other[1]


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("b=2&a=1", "a=1&b=2"),
        ("a=1&a=0&A=5", "A=5&a=0&a=1"),
        ("a=x%20y&b=x+y", "a=x+y&b=x+y"),
        ("q=~*-_.&p=%C4%8D", "p=%C4%8D&q=%7E*-_."),
        ("a=b=c", "a=b%3Dc"),
        ("x", ""),
    ],
)
def test_the_query_is_signed_in_one_form(query: str, canonical: str) -> None:
    assert canonical_query(query) == canonical


@pytest.mark.parametrize(
    ("parameters", "canonical"),
    [
        ({"b": "2", "a": "1"}, b"a=1&b=2"),
        ([("a", "1"), ("a", "0"), ("A", "5")], b"A=5&a=0&a=1"),
        ({"a": "x y", "b": "x y"}, b"a=x+y&b=x+y"),
        ({"q": "~*-_.", "p": "\u010d"}, b"p=%C4%8D&q=%7E*-_."),
        ({"a": "b=c"}, b"a=b%3Dc"),
        ({}, b""),
    ],
)
def test_parameters_are_signed_in_the_same_form(
    parameters: dict[str, str] | list[tuple[str, str]], canonical: bytes
) -> None:
    assert query_data(parameters) == canonical


@given(st.text())
def test_any_query_has_one_canonical_form(query: str) -> None:
    canonical = canonical_query(query)
    assert canonical.isascii()
    assert canonical_query(canonical) == canonical


@given(st.lists(st.tuples(st.binary(), st.binary())), st.data())
def test_the_order_of_parameters_does_not_matter(
    pairs: list[tuple[bytes, bytes]], data: st.DataObject
) -> None:
    written = [f"{form_encode(name)}={form_encode(value)}" for name, value in pairs]
    shuffled = data.draw(st.permutations(written))
    assert canonical_query("&".join(shuffled)) == canonical_query("&".join(written))
    assert sorted(canonical_query("&".join(written)).split("&")) == sorted(written or [""])
