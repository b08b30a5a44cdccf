"""The status blob: 32 bytes that either make a statement or are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.powerauth import known
from webapp.powerauth.errors import StatusUnreadable
from webapp.powerauth.status import (
    ActivationStatus,
    StatusBlob,
    encrypt_status,
    has_counter,
    read_status,
    status_iv,
)

numbers = st.integers(0, 255)
blobs = st.builds(
    StatusBlob,
    st.sampled_from(ActivationStatus),
    current_version=numbers,
    upgrade_version=numbers,
    counter_byte=numbers,
    failed_attempts=numbers,
    max_failed_attempts=numbers,
    look_ahead=numbers,
    counter_hash=st.binary(min_size=16, max_size=16),
)
sixteen = st.binary(min_size=16, max_size=16)
PLAIN = bytes.fromhex("dec0ded10303030000000000070105145afabbf0eaa32e43c1f5d2fec8305294")


@given(blobs, sixteen, sixteen, st.binary(min_size=5, max_size=5))
def test_a_blob_comes_back(blob: StatusBlob, key: bytes, iv: bytes, reserved: bytes) -> None:
    encrypted = encrypt_status(key, blob.pack(reserved), iv)
    assert len(encrypted) == 32
    assert read_status(key, encrypted, iv) == blob


@given(st.one_of(st.binary(max_size=64), st.binary(min_size=32, max_size=32)), sixteen)
def test_any_bytes_are_a_blob_or_refused(raw: bytes, iv: bytes) -> None:
    try:
        blob = read_status(known.TRANSPORT_KEY, raw, iv)
    except StatusUnreadable:
        return
    assert len(raw) == 32
    assert blob.status in ActivationStatus


@pytest.mark.parametrize("size", [0, 16, 31, 33, 48])
def test_a_blob_has_thirty_two_bytes(size: int) -> None:
    with pytest.raises(StatusUnreadable):
        read_status(known.TRANSPORT_KEY, bytes(size))


@pytest.mark.parametrize("last", range(256))
def test_the_prefix_counts_versions_from_one(last: int) -> None:
    encrypted = encrypt_status(known.TRANSPORT_KEY, PLAIN[:3] + bytes((last,)) + PLAIN[4:])
    if 0xD1 <= last <= 0xDF:
        assert read_status(known.TRANSPORT_KEY, encrypted).status is ActivationStatus.ACTIVE
    else:
        with pytest.raises(StatusUnreadable):
            read_status(known.TRANSPORT_KEY, encrypted)


@pytest.mark.parametrize("state", [0, 6, 255])
def test_a_state_that_does_not_exist_is_refused(state: int) -> None:
    with pytest.raises(StatusUnreadable):
        read_status(
            known.TRANSPORT_KEY,
            encrypt_status(known.TRANSPORT_KEY, PLAIN[:4] + bytes((state,)) + PLAIN[5:]),
        )


def test_another_key_challenge_or_nonce_makes_no_statement() -> None:
    challenge, nonce = known.run(0x70, 0x7F), known.run(0x80, 0x8F)
    encrypted = encrypt_status(known.TRANSPORT_KEY, PLAIN, status_iv(known.TRANSPORT_KEY, challenge, nonce))
    for iv in (
        status_iv(known.TRANSPORT_KEY, nonce, challenge),
        status_iv(known.TRANSPORT_KEY, challenge, bytes(16)),
        status_iv(bytes(16), challenge, nonce),
        bytes(16),
    ):
        with pytest.raises(StatusUnreadable):
            read_status(known.TRANSPORT_KEY, encrypted, iv)


@pytest.mark.parametrize(("look_ahead", "usable"), [(0, False), (1, True), (64, True), (65, False)])
def test_the_counter_is_compared_within_sensible_look_aheads_only(look_ahead: int, usable: bool) -> None:
    blob = StatusBlob(ActivationStatus.ACTIVE, 3, 3, 0, 0, 5, look_ahead, bytes(16))
    assert has_counter(blob) is usable
