"""Activation and recovery codes, and the configuration string: what people and banks hand in."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.powerauth import known
from tests.support.bits import flipped
from webapp.powerauth.activation_code import (
    ActivationCode,
    correct_typed_code,
    make_activation_code,
    parse_activation_code,
    parse_recovery_code,
    validate_activation_code,
    validate_recovery_code,
    validate_recovery_puk,
    verify_signed_code,
)
from webapp.powerauth.ecc import sign
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.errors import ActivationCodeError, CodeRule, SdkConfigurationInvalid, SignatureInvalid
from webapp.powerauth.sdk_configuration import SdkConfiguration, encode_count, read_count

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
CODE = "UCQ2F-I5EUW-TKPKF-JK2JA"
codes = st.binary(min_size=10, max_size=10).map(make_activation_code)
anything = st.one_of(
    st.text(), st.text("A2Q7-#=: R\n", max_size=40), codes.flatmap(lambda c: st.text("#=A ").map(c.__add__))
)


@given(codes)
def test_a_made_code_is_accepted_in_every_form(code: str) -> None:
    assert validate_activation_code(code)
    assert parse_activation_code(code) == ActivationCode(code)
    assert parse_recovery_code(f"R:{code}") == parse_recovery_code(code) == code


@given(codes, st.sampled_from(["", " ", "-", "\u2013", "\u00a0", " - "]))
def test_a_code_is_forgiven_case_separators_and_look_alikes(code: str, separator: str) -> None:
    typed = code.lower().replace("-", separator).replace("o", "0").replace("i", "1")
    assert correct_typed_code(f" {typed} ") == code


@given(anything)
def test_any_text_is_a_code_or_refused(text: str) -> None:
    for read in (parse_activation_code, correct_typed_code, parse_recovery_code):
        with suppress(ActivationCodeError):
            read(text)
    assert validate_activation_code(text) in (True, False)
    assert validate_recovery_code(text) in (True, False)
    assert validate_recovery_puk(text) is (re.fullmatch("[0-9]{10}", text) is not None)


def test_one_wrong_letter_is_always_noticed() -> None:
    for at, right in enumerate(CODE):
        for wrong in ALPHABET.replace(right, ""):
            assert not validate_activation_code(CODE[:at] + wrong + CODE[at + 1 :])


@given(codes, st.integers(0, 18))
def test_two_letters_in_each_others_place_are_noticed(code: str, at: int) -> None:
    letters = code.replace("-", "")
    swapped = letters[:at] + letters[at + 1] + letters[at] + letters[at + 2 :]
    if swapped != letters:
        with pytest.raises(ActivationCodeError):
            correct_typed_code(swapped)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", CodeRule.FORMAT),
        ("UCQ2F-I5EUW-TKPKF-JK2J", CodeRule.FORMAT),
        ("UCQ2F-I5EUW-TKPKF-JK2JB", CodeRule.TAIL),
        ("UCQ2F-I5EUW-TKPKF-JK2AA", CodeRule.CHECKSUM),
        (f"{CODE}#", CodeRule.SIGNATURE),
        (f"{CODE}#AAA", CodeRule.SIGNATURE),
        (f"{CODE}#AAAA#", CodeRule.SIGNATURE),
    ],
)
def test_a_refused_code_says_which_rule_it_broke(text: str, rule: CodeRule) -> None:
    with pytest.raises(ActivationCodeError) as caught:
        parse_activation_code(text)
    assert caught.value.rule is rule


def test_a_typed_character_outside_the_alphabet_is_named_as_such() -> None:
    with pytest.raises(ActivationCodeError) as caught:
        correct_typed_code("UCQ2F-I5EUW-TKPKF-JK2J8")
    assert caught.value.rule is CodeRule.CHARACTER


@given(st.integers(0, 8 * 64))
def test_a_signed_code_with_one_flipped_bit_is_refused(bit: int) -> None:
    signature = sign(known.MASTER, CODE.encode())
    master = known.MASTER.public_key()
    verify_signed_code(parse_activation_code(f"{CODE}#{to_base64(signature)}"), master)
    with pytest.raises(SignatureInvalid):
        verify_signed_code(ActivationCode(CODE, to_base64(flipped(signature, bit))), master)
    with pytest.raises(SignatureInvalid):
        verify_signed_code(ActivationCode(CODE, to_base64(signature)), known.SERVER.public_key())


def test_a_typed_code_has_no_signature_to_check() -> None:
    verify_signed_code(parse_activation_code(CODE), known.MASTER.public_key())


def test_the_configuration_string_comes_back() -> None:
    assert SdkConfiguration.parse(known.CONFIGURATION.serialise()) == known.CONFIGURATION


@given(st.one_of(st.text(), st.binary().map(lambda raw: to_base64(b"\1\x10" + bytes(16) + b"\x10" + raw))))
def test_any_text_is_a_configuration_or_refused(text: str) -> None:
    try:
        configuration = SdkConfiguration.parse(text)
    except SdkConfigurationInvalid:
        return
    assert SdkConfiguration.parse(configuration.serialise()) == configuration


@given(st.integers(0, 2**30 - 1), st.binary(max_size=3))
def test_a_count_comes_back_whatever_follows(count: int, rest: bytes) -> None:
    encoded = encode_count(count)
    assert read_count(encoded + rest, 0) == (count, len(encoded))


def test_a_count_has_at_most_thirty_bits() -> None:
    with pytest.raises(SdkConfigurationInvalid):
        encode_count(2**30)


def test_codes_and_secrets_stay_out_of_repr() -> None:
    assert CODE not in repr(ActivationCode(CODE, "AAAA"))
    assert known.APPLICATION_SECRET not in repr(known.CONFIGURATION)
