"""The PIN hides the knowledge key, and nothing on this side can tell a right PIN from a wrong one."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.powerauth import known
from tests.powerauth.activations import KEYS, PIN, SALT, alice
from webapp.powerauth.activation import KeyTree
from webapp.powerauth.errors import FactorMissing
from webapp.powerauth.factors import PowerAuthAuthentication, ProtectedKnowledgeKey, wrap_biometry_key
from webapp.powerauth.signing import unlock

# One iteration instead of ten thousand: these tests are about what comes out, not about how long it takes.
QUICK = ProtectedKnowledgeKey.protect(KEYS.knowledge, PIN, salt=SALT, iterations=1)


@given(st.binary())
def test_a_wrong_pin_unlocks_an_equally_plausible_key(guess: bytes) -> None:
    key = QUICK.unlock(guess)
    assert len(key) == 16
    assert (key == KEYS.knowledge) is (guess == PIN)


def test_no_two_of_ten_thousand_pins_unlock_the_same_key() -> None:
    keys = {QUICK.unlock(b"%04d" % pin) for pin in range(10_000)}
    assert len(keys) == 10_000
    assert KEYS.knowledge in keys


def test_the_protected_form_holds_nothing_that_a_guess_could_be_checked_against() -> None:
    assert {field.name for field in dataclasses.fields(QUICK)} == {"wrapped", "salt", "iterations"}
    assert len(QUICK.wrapped) == 16


@given(st.binary(min_size=4), st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_the_right_pin_unlocks_the_key(pin: bytes, salt: bytes, key: bytes) -> None:
    assert ProtectedKnowledgeKey.protect(key, pin, salt=salt, iterations=1).unlock(pin) == key


def test_another_salt_hides_the_same_key_in_another_way() -> None:
    other = ProtectedKnowledgeKey.protect(KEYS.knowledge, PIN, salt=bytes(16), iterations=1)
    assert other.wrapped != QUICK.wrapped


@pytest.mark.parametrize("pin", [b"", b"123"])
def test_a_pin_has_at_least_four_bytes(pin: bytes) -> None:
    with pytest.raises(ValueError, match="four bytes"):
        ProtectedKnowledgeKey.protect(KEYS.knowledge, pin, salt=SALT)


@pytest.mark.parametrize("key", [bytes(16), b"short", bytes(15) + b"\1\1"])
def test_a_biometry_key_is_neither_empty_nor_of_another_length(key: bytes) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        wrap_biometry_key(KEYS.biometry, key)


def test_an_authentication_unlocks_the_keys_of_its_factors_in_order() -> None:
    state = alice(biometry=True)
    possession, password = PowerAuthAuthentication.possession(), PowerAuthAuthentication.password("3719")
    biometry = PowerAuthAuthentication.biometry(known.run(0xB0, 0xBF))
    assert unlock(state, possession) == [KEYS.possession]
    assert unlock(state, password) == [KEYS.possession, KEYS.knowledge]
    assert unlock(state, biometry) == [KEYS.possession, KEYS.biometry]


def test_biometry_that_was_never_set_up_is_missing() -> None:
    with pytest.raises(FactorMissing):
        unlock(alice(), PowerAuthAuthentication.biometry(known.run(0xB0, 0xBF)))


def test_pin_and_keys_stay_out_of_repr() -> None:
    assert "3719" not in repr(PowerAuthAuthentication.password("3719"))
    assert repr(QUICK.wrapped) not in repr(QUICK)
    assert repr(QUICK.salt) not in repr(QUICK)
    assert repr(KEYS) == "KeyTree()"
    assert isinstance(KEYS, KeyTree)
