"""What the vault key opens in a state: biometry, recovery data, the device key, numbered keys."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.powerauth import known
from tests.powerauth.activations import BIOMETRY_KEY, KEYS, PIN, alice
from webapp.powerauth.activation_code import make_activation_code
from webapp.powerauth.biometry import with_biometry, without_biometry
from webapp.powerauth.ecc import scalar
from webapp.powerauth.errors import EnvelopeInvalid
from webapp.powerauth.factors import PowerAuthAuthentication, ProtectedKnowledgeKey
from webapp.powerauth.kdf import derive
from webapp.powerauth.recovery import RecoveryData
from webapp.powerauth.signing import unlock
from webapp.powerauth.vault import encryption_key, open_device_key

BIOMETRY = bytes.fromhex("d35fe426c5bb61eb11566b020bf849be")  # of Appendix A, as VAULT
VAULT = bytes.fromhex("68e7acc963ccfb4e3bec1e83108661b9")
codes = st.binary(min_size=10, max_size=10).map(make_activation_code)
puks = st.from_regex(r"[0-9]{10}", fullmatch=True)
keys = st.binary(min_size=16, max_size=16)


def test_biometry_set_up_later_is_the_one_of_the_enrolment() -> None:
    state = with_biometry(alice(), VAULT, BIOMETRY_KEY)
    assert state == alice(biometry=True)
    signing_keys = unlock(state, PowerAuthAuthentication.biometry(BIOMETRY_KEY))
    assert signing_keys == [KEYS.possession, BIOMETRY]


def test_biometry_set_up_anew_takes_the_place_of_the_old_one() -> None:
    other = known.run(0xC0, 0xCF)
    state = with_biometry(alice(biometry=True), VAULT, other)
    assert unlock(state, PowerAuthAuthentication.biometry(other))[1] == BIOMETRY
    assert without_biometry(state) == alice()


def test_what_is_remembered_about_a_key_goes_with_it() -> None:
    state = with_biometry(alice(), VAULT, BIOMETRY_KEY, b"a passkey")
    assert state.biometry_context == b"a passkey"
    assert with_biometry(state, VAULT, known.run(0xC0, 0xCF)).biometry_context is None
    assert without_biometry(state) == alice()


@given(keys.filter(lambda key: key != VAULT))
def test_another_vault_key_sets_nothing_up(vault_key: bytes) -> None:
    with pytest.raises(EnvelopeInvalid):
        with_biometry(alice(), vault_key, BIOMETRY_KEY)


def test_the_device_key_is_checked_against_its_public_half() -> None:
    assert scalar(open_device_key(alice(), VAULT)) == scalar(known.DEVICE)
    foreign = replace(alice(), device_public_key=alice().server_public_key)
    with pytest.raises(EnvelopeInvalid):
        open_device_key(foreign, VAULT)


def test_numbered_keys_are_those_of_the_key_derivation() -> None:
    assert encryption_key(VAULT, 0) == derive(VAULT, 0)
    assert encryption_key(VAULT, 2**64 - 1) == derive(VAULT, 2**64 - 1)
    for index in (-1, 2**64):
        with pytest.raises(ValueError, match="index"):
            encryption_key(VAULT, index)


@given(codes, puks, keys)
def test_recovery_data_come_back(code: str, puk: str, vault_key: bytes) -> None:
    wrapped = RecoveryData(code, puk).wrap(vault_key)
    assert len(wrapped) == 48
    assert RecoveryData.unwrap(vault_key, wrapped) == RecoveryData(code, puk)


@given(st.binary(max_size=100), keys)
def test_anything_else_is_no_recovery_data(wrapped: bytes, vault_key: bytes) -> None:
    with pytest.raises(EnvelopeInvalid):
        RecoveryData.unwrap(vault_key, wrapped)


@given(st.binary(min_size=4), st.binary(min_size=4), keys)
def test_another_pin_hides_the_same_key_under_another_salt(old: bytes, new: bytes, salt: bytes) -> None:
    hidden = ProtectedKnowledgeKey.protect(KEYS.knowledge, old, salt=bytes(16), iterations=1)
    changed = hidden.changed(old, new, salt=salt)
    assert (changed.unlock(new), changed.salt, changed.iterations) == (KEYS.knowledge, salt, 10_000)


def test_a_wrong_old_pin_loses_the_key_and_nothing_here_can_tell() -> None:
    changed = alice().knowledge.changed(b"0000", b"1111", salt=bytes(16))
    assert len(changed.unlock(b"1111")) == 16
    assert KEYS.knowledge not in (changed.unlock(pin) for pin in (b"0000", b"1111", PIN))
