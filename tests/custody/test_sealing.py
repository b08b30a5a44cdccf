import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from webapp.custody.errors import HalfWrong, RecordDamaged, ServerKeyUnknown
from webapp.custody.record import SealedReceipt
from webapp.custody.sealing import DataKey, Envelope, seal
from webapp.custody.server_keys import ServerKeys
from webapp.custody.wrapping import Wrapped, unwrap, wrap
from webapp.randomness import system_random

KEYS = st.binary(min_size=32, max_size=32)
REVISIONS = st.integers(min_value=-(2**63), max_value=2**63 - 1)
SERVER_KEYS = ServerKeys.parse("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
SID, HALF = bytes([1]) * 32, bytes([2]) * 32
DATA_KEY = DataKey("record", bytes([3]) * 32)
PROOF_KEY = b"\x04" + bytes([5]) * 64


@given(KEYS, st.binary(), REVISIONS)
def test_a_sealed_state_opens_to_itself(secret, content, revision):
    key = DataKey("record", secret)
    assert key.unseal_state(key.seal_state(content, revision, random=system_random), revision) == content


@given(KEYS, st.binary(max_size=40), st.data())
def test_one_flipped_bit_is_refused(secret, content, data):
    key = DataKey("record", secret)
    sealed = bytearray(key.seal_state(content, 7, random=system_random))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(RecordDamaged):
        key.unseal_state(bytes(sealed), 7)


@given(KEYS, st.data())
def test_a_value_cut_short_or_made_longer_is_refused(secret, data):
    key = DataKey("record", secret)
    sealed = key.seal_state(b"content", 7, random=system_random)
    cut = sealed[: data.draw(st.integers(0, len(sealed) - 1))]
    for other in (cut, sealed + b"\0"):
        with pytest.raises(RecordDamaged):
            key.unseal_state(other, 7)


@given(st.binary(max_size=100))
def test_noise_is_never_a_sealed_value(noise):
    with pytest.raises(RecordDamaged):
        DataKey("record", bytes(32)).unseal_state(noise, 1)


@given(st.lists(st.binary(max_size=4), max_size=4), st.lists(st.binary(max_size=4), max_size=4))
def test_what_a_value_is_bound_to_has_no_second_reading(bound, other):
    envelope = Envelope.read(seal(bytes(32), b"id", b"content", *bound, random=system_random))
    if bound == other:
        assert envelope.open(bytes(32), *other) == b"content"
    else:
        with pytest.raises(InvalidTag):
            envelope.open(bytes(32), *other)


@pytest.mark.parametrize(
    ("key", "revision"),
    [
        (DataKey("record", bytes(32)), 8),
        (DataKey("another", bytes(32)), 7),
        (DataKey("record", bytes([1]) * 32), 7),
    ],
)
def test_a_state_opens_only_as_this_revision_of_this_record(key, revision):
    sealed = DataKey("record", bytes(32)).seal_state(b"content", 7, random=system_random)
    with pytest.raises(RecordDamaged):
        key.unseal_state(sealed, revision)


def test_a_state_is_no_receipt():
    key = DataKey("record", bytes(32))
    sealed = key.seal_state(b"content", 1, random=system_random)
    with pytest.raises(RecordDamaged):
        key.unseal_receipt(SealedReceipt("record", 1, b"", b"", 0, sealed))


def test_the_bytes_lie_as_documented():
    """version, length of the key id, key id, nonce, ciphertext and tag."""
    sealed = seal(bytes(32), b"key id", b"content", random=lambda n: b"N" * n)
    assert sealed[:20] == b"\x01\x06key id" + b"N" * 12
    assert len(sealed) == 20 + len(b"content") + 16


def test_an_envelope_of_the_future_is_refused():
    key = DataKey("record", bytes(32))
    sealed = key.seal_state(b"content", 1, random=system_random)
    with pytest.raises(RecordDamaged, match="version"):
        key.unseal_state(b"\x02" + sealed[1:], 1)


def test_tags_tell_ids_and_purposes_apart():
    key = DataKey("record", bytes(32))
    assert key.tag("form", "x") == key.tag("form", "x")
    others = [key.tag("form", "y"), key.tag("operation", "x"), DataKey("r", bytes([1]) * 32).tag("form", "x")]
    assert key.tag("form", "x") not in others


def wrapped(proof_key=None):
    return wrap(
        Wrapped(DATA_KEY, proof_key),
        sid=SID,
        half=HALF,
        server_key=SERVER_KEYS.current,
        expires_at_ms=1000,
        random=system_random,
    )


@pytest.mark.parametrize("proof_key", [None, PROOF_KEY], ids=["without", "with"])
def test_a_wrap_opens_with_both_halves(proof_key):
    opened = unwrap(wrapped(proof_key), half=HALF, server_keys=SERVER_KEYS, now_ms=0)
    assert opened == Wrapped(DATA_KEY, proof_key)


@pytest.mark.parametrize("length", [0, 64, 66])
def test_a_proof_key_of_another_length_is_never_wrapped(length):
    with pytest.raises(ValueError, match="65 bytes"):
        wrapped(bytes(length))


@pytest.mark.parametrize("length", [0, 31, 33, 96, 98])
def test_a_wrap_with_something_else_than_keys_is_damaged(length):
    """Whoever has all halves could write one; it opens nothing."""
    odd = wrap(
        Wrapped(DataKey("record", bytes(length))),
        sid=SID,
        half=HALF,
        server_key=SERVER_KEYS.current,
        expires_at_ms=1000,
        random=system_random,
    )
    with pytest.raises(RecordDamaged):
        unwrap(odd, half=HALF, server_keys=SERVER_KEYS, now_ms=0)


def test_a_wrap_lies_as_documented():
    """version, length of the key id, server key id, salt 32, nonce 12, data key 32, proof key 65, tag 16."""
    assert wrapped().wrap[:4] == b"\x01\x02k1"
    assert len(wrapped().wrap) == 4 + 32 + 12 + 32 + 16
    assert len(wrapped(PROOF_KEY).wrap) == 4 + 32 + 12 + 32 + 65 + 16


@given(st.data())
def test_one_flipped_bit_of_a_wrap_is_refused(data):
    browser = wrapped(PROOF_KEY)
    changed = bytearray(browser.wrap)
    bit = data.draw(st.integers(0, len(changed) * 8 - 1))
    changed[bit // 8] ^= 1 << bit % 8
    other = type(browser)(browser.sid_hash, browser.record_id, browser.expires_at_ms, bytes(changed))
    with pytest.raises((HalfWrong, RecordDamaged, ServerKeyUnknown)):
        unwrap(other, half=HALF, server_keys=SERVER_KEYS, now_ms=0)


def test_nothing_sealed_or_secret_shows_in_repr():
    browser, key = wrapped(PROOF_KEY), DATA_KEY
    receipt = key.seal_receipt(
        b"content", ordinal=1, form_tag=b"f" * 32, operation_tag=b"o" * 32, kept_at_ms=0, random=system_random
    )
    shown = repr((browser, key, receipt, Envelope.read(receipt.sealed_content)))
    assert repr(key.secret)[2:-1] not in shown
    assert "ffff" not in shown
    assert "oooo" not in shown
    assert repr(browser.wrap)[2:20] not in shown
