"""The stored form of an activation, and what the state never shows."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.powerauth.activations import KEYS, TOKEN, alice
from webapp.powerauth.counter import HashCounter
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.errors import StateInvalid
from webapp.powerauth.protocol import SignatureType
from webapp.powerauth.state import SPARE, ActivationState
from webapp.powerauth.token import Token

keys = st.binary(min_size=16, max_size=16)
tokens = st.builds(Token, st.text(), st.uuids().map(str), keys, st.sampled_from(SignatureType))
states = st.builds(
    lambda **changes: replace(alice(biometry=True), **changes),
    name=st.text(),
    counter=st.builds(HashCounter, keys, st.integers(0, 255)),
    possession_key=keys,
    biometry=st.none() | keys,
    biometry_context=st.none() | st.binary(),
    recovery=st.none() | st.binary(min_size=48, max_size=48),
    tokens=st.lists(tokens, max_size=3).map(tuple),
    failed_attempts=st.integers(0, 255),
    unconfirmed=st.integers(0, 255),
    look_ahead=st.integers(1, 64),
)


@given(states)
def test_a_state_comes_back(state: ActivationState) -> None:
    assert ActivationState.from_bytes(state.to_bytes()) == state


def test_the_stored_form_names_its_version() -> None:
    stored = json.loads(alice().to_bytes())
    assert stored["format"] == 1
    with pytest.raises(StateInvalid):
        ActivationState.from_bytes(json.dumps(stored | {"format": 2}).encode())


def test_a_state_from_before_signatures_were_counted_and_recovery_was_known() -> None:
    stored = json.loads(replace(alice(), unconfirmed=3, look_ahead=40, recovery=bytes(48)).to_bytes())
    del stored["unconfirmed"], stored["lookAhead"], stored["recovery"]
    assert ActivationState.from_bytes(json.dumps(stored).encode()) == alice()


def test_a_state_from_before_anybody_remembered_where_the_biometry_key_comes_from() -> None:
    stored = json.loads(replace(alice(biometry=True), biometry_context=b"context").to_bytes())
    del stored["biometryContext"]
    assert ActivationState.from_bytes(json.dumps(stored).encode()) == alice(biometry=True)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.one_of(st.binary(), json_values.map(lambda value: json.dumps(value).encode())))
def test_anything_else_is_refused(stored: bytes) -> None:
    with pytest.raises(StateInvalid):
        ActivationState.from_bytes(stored)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where the members of a JSON value are."""
    if isinstance(value, dict):
        return [path, *(found for name, inner in value.items() for found in paths(inner, (*path, name)))]
    if isinstance(value, list):
        return [path, *(found for at, inner in enumerate(value) for found in paths(inner, (*path, at)))]
    return [path]


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The JSON value with another member at the path."""
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = changed(copy[path[0]], path[1:], new)
    return copy


STORED = json.loads(alice(biometry=True).to_bytes())


@pytest.mark.parametrize("path", paths(STORED)[1:], ids=lambda path: "/".join(map(str, path)))
@pytest.mark.parametrize("odd", [None, True, -1, 1.5, "\u00e1", [1], {}], ids=repr)
def test_a_member_of_another_type_is_refused_or_kept(path: tuple[Any, ...], odd: Any) -> None:
    try:
        state = ActivationState.from_bytes(json.dumps(changed(STORED, path, odd)).encode())
    except StateInvalid:
        return
    assert ActivationState.from_bytes(state.to_bytes()) == state


def test_a_very_deep_value_is_refused() -> None:
    with pytest.raises(StateInvalid):
        ActivationState.from_bytes(b"[" * 100_000)


def test_no_secret_shows_in_repr_or_in_an_error() -> None:
    state = alice(biometry=True)
    wrapped = [state.knowledge.wrapped, state.knowledge.salt, state.biometry or b"", state.device_private_key]
    for secret in [KEYS.possession, KEYS.transport, state.counter.value, TOKEN.secret, *wrapped]:
        shown = repr(secret)[2:-1]
        assert shown not in repr(state)
        assert to_base64(secret) not in repr(state)
        assert secret.hex() not in repr(state)
    for member in ("possessionKey", "transportKey"):
        with pytest.raises(StateInvalid) as caught:
            ActivationState.from_bytes(json.dumps(STORED | {member: STORED[member][:-4]}).encode())
        assert STORED[member][:8] not in str(caught.value)
        assert caught.value.__cause__ is None


@given(states)
def test_a_code_that_may_be_made_leaves_a_way_back_to_the_server(state: ActivationState) -> None:
    assert state.codes_left <= max(0, state.look_ahead - SPARE)
    following = state.with_unconfirmed()
    assert following.codes_left == max(0, state.codes_left - 1)
    if state.codes_left:
        # The server tries as many values as it looks ahead, the first is the one it has itself.
        assert following.unconfirmed < following.look_ahead


def test_a_token_replaces_the_one_of_its_name() -> None:
    other = replace(TOKEN, token_id="0a7b8cdf-1f3d-4a6c-8f9e-2b8f5f3f9e77")
    state = alice().with_token(other).with_token(replace(other, name="push"))
    assert [token.name for token in state.tokens] == ["possession_universal", "push"]
    assert state.token("possession_universal") == other
    assert state.without_token("possession_universal").token("possession_universal") is None
    assert state.without_tokens() == replace(alice(), tokens=())
