"""The vault key, the device key under it, and the header of a MAC token."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.powerauth import known
from tests.powerauth.activations import KEYS, TOKEN
from tests.support.randomness import scripted
from webapp.powerauth.ecc import scalar
from webapp.powerauth.errors import EnvelopeInvalid, PowerAuthError
from webapp.powerauth.protocol import Version
from webapp.powerauth.received_headers import read_token
from webapp.powerauth.token import token_digest
from webapp.powerauth.vault import unwrap_device_key, unwrap_vault_key, wrap_device_key, wrap_vault_key

keys = st.binary(min_size=16, max_size=16)


@given(keys, keys)
def test_a_vault_key_comes_back(transport_key: bytes, vault_key: bytes) -> None:
    assert unwrap_vault_key(transport_key, wrap_vault_key(transport_key, vault_key)) == vault_key


@given(st.binary(max_size=64), keys)
def test_any_bytes_are_a_vault_key_or_refused(wrapped: bytes, transport_key: bytes) -> None:
    with suppress(EnvelopeInvalid):
        assert len(unwrap_vault_key(transport_key, wrapped)) == 16


@pytest.mark.parametrize("size", [0, 1, 15, 17, 31])
def test_a_vault_key_has_sixteen_bytes(size: int) -> None:
    with pytest.raises(EnvelopeInvalid):
        unwrap_vault_key(known.TRANSPORT_KEY, wrap_vault_key(known.TRANSPORT_KEY, bytes(size)))


def test_the_device_key_comes_back_under_the_vault_key() -> None:
    wrapped = wrap_device_key(KEYS.vault, known.DEVICE)
    assert scalar(unwrap_device_key(KEYS.vault, wrapped)) == scalar(known.DEVICE)


@given(keys)
def test_another_vault_key_is_refused_or_gives_another_key(vault_key: bytes) -> None:
    wrapped = wrap_device_key(KEYS.vault, known.DEVICE)
    with suppress(PowerAuthError):
        assert scalar(unwrap_device_key(vault_key, wrapped)) != scalar(known.DEVICE)


@pytest.mark.parametrize("version", Version)
def test_a_token_signs_moment_and_nonce_anew_each_time(version: Version) -> None:
    random = scripted(known.run(0, 15), known.run(16, 31))
    first = read_token(TOKEN.header(version, random=random, now_ms=known.NOW_MS))
    second = read_token(TOKEN.header(version, random=random, now_ms=known.NOW_MS + 1))
    for header in (first, second):
        expected = token_digest(version, TOKEN.secret, header.nonce, header.timestamp_ms)
        assert (header.version, header.token_id, header.digest) == (version, TOKEN.token_id, expected)
    assert first.nonce != second.nonce
    assert first.digest != second.digest


def test_the_secret_of_a_token_stays_out_of_repr() -> None:
    assert repr(TOKEN.secret)[2:-1] not in repr(TOKEN)
