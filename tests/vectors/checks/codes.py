"""Activation codes, recovery codes and the mobile SDK's configuration string."""

import pytest

from tests.vectors.checks.registry import Case, family
from webapp.powerauth.activation_code import (
    ActivationCode,
    correct_typed_character,
    correct_typed_code,
    crc16_arc,
    make_activation_code,
    parse_activation_code,
    parse_recovery_code,
    validate_activation_code,
    validate_recovery_code,
    validate_recovery_puk,
    validate_typed_character,
    verify_signed_code,
)
from webapp.powerauth.ecc import point, read_private, read_public, sign
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.errors import (
    ActivationCodeError,
    EncodingError,
    SdkConfigurationInvalid,
    SignatureInvalid,
)
from webapp.powerauth.sdk_configuration import SdkConfiguration, encode_count, read_count


@family("activation-code")
def check_activation_code(case: Case) -> None:
    code = case["code"]
    assert validate_activation_code(code) is case["valid"]
    if case["valid"]:
        assert parse_activation_code(code) == ActivationCode(code)
        assert correct_typed_code(code.lower().replace("-", " ")) == code
        assert make_activation_code(case.hex("randomBytes")) == code
    elif "#" not in code:
        with pytest.raises(ActivationCodeError):
            parse_activation_code(code)


@family("activation-code-parse")
def check_activation_code_parse(case: Case) -> None:
    if case["valid"]:
        expected = ActivationCode(case["activationCode"], case["activationSignature"])
        assert parse_activation_code(case["text"]) == expected
    else:
        with pytest.raises(ActivationCodeError):
            parse_activation_code(case["text"])


@family("activation-code-signature")
def check_activation_code_signature(case: Case) -> None:
    scanned = ActivationCode(case["activationCode"], case["activationSignature"])
    master = read_public(case.base64("masterPublicKey"))
    if not case["valid"]:
        with pytest.raises((EncodingError, SignatureInvalid)):
            verify_signed_code(scanned, master)
        return
    verify_signed_code(scanned, master)
    assert parse_activation_code(f"{scanned.code}#{scanned.signature}") == scanned
    private = read_private(case.base64("masterPrivateKey"))
    assert point(private.public_key()) == case.base64("masterPublicKey")
    again = to_base64(sign(private, scanned.code.encode("ascii")))
    verify_signed_code(ActivationCode(scanned.code, again), master)


@family("crc16")
def check_crc16(case: Case) -> None:
    assert crc16_arc(case["text"].encode("ascii")) == int(case["crc"], 16)


@family("typed-characters")
def check_typed_characters(case: Case) -> None:
    assert validate_typed_character(case["character"]) is case["valid"]
    assert correct_typed_character(case["character"]) == case["corrected"]


@family("recovery-code")
def check_recovery_code(case: Case) -> None:
    text = case["text"]
    if case["kind"] == "puk":
        assert validate_recovery_puk(text) is case["valid"]
        return
    assert case["kind"] == "code"
    assert validate_recovery_code(text, allow_prefix=case["allowPrefix"]) is case["valid"]
    if case["valid"]:
        assert parse_recovery_code(text) == text.removeprefix("R:")
    elif case["allowPrefix"]:
        with pytest.raises(ActivationCodeError):
            parse_recovery_code(text)


@family("sdk-configuration")
def check_sdk_configuration(case: Case) -> None:
    if not case["valid"]:
        with pytest.raises(SdkConfigurationInvalid):
            SdkConfiguration.parse(case["configuration"])
        return
    configuration = SdkConfiguration.parse(case["configuration"])
    assert configuration.application_key == case["applicationKey"]
    assert configuration.application_secret == case["applicationSecret"]
    assert configuration.master_public_key == case.base64("masterServerPublicKey")
    assert SdkConfiguration.parse(configuration.serialise()) == configuration


@family("sdk-count-encoding")
def check_sdk_count_encoding(case: Case) -> None:
    encoded = case.hex("encoded")
    assert encode_count(case["count"]) == encoded
    assert read_count(encoded, 0) == (case["count"], len(encoded))
    for cut in range(len(encoded)):
        with pytest.raises(SdkConfigurationInvalid):
            read_count(encoded[:cut], 0)
