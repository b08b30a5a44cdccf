"""What the protocol is built from: ciphers, derivations, encodings, one-time passwords."""

import pytest

from tests.vectors.checks.registry import Case, family
from webapp.powerauth.aes import decrypt, decrypt_padded, encrypt, encrypt_padded, unpad
from webapp.powerauth.encoding import concat_sized
from webapp.powerauth.errors import PaddingInvalid
from webapp.powerauth.kdf import derive, derive_internal, hmac_sha256, pin_key, x963
from webapp.powerauth.totp import totp, totp_matches


@family("aes-cbc")
def check_aes_cbc(case: Case) -> None:
    close, open_ = (encrypt_padded, decrypt_padded) if case["padding"] else (encrypt, decrypt)
    key, iv, plain, encrypted = (case.hex(name) for name in ("key", "iv", "plain", "encrypted"))
    assert close(key, iv, plain) == encrypted
    assert open_(key, iv, encrypted) == plain


@family("pkcs7-invalid")
def check_pkcs7_invalid(case: Case) -> None:
    padded = case.hex("data")
    with pytest.raises(PaddingInvalid):
        unpad(padded)
    key, iv = bytes(16), bytes(16)
    encrypted = encrypt(key, iv, padded) if len(padded) % 16 == 0 else padded
    with pytest.raises(PaddingInvalid):
        decrypt_padded(key, iv, encrypted)


@family("hmac-sha256")
def check_hmac_sha256(case: Case) -> None:
    mac = case.hex("mac")
    assert hmac_sha256(case.hex("key"), case.hex("data"))[: len(mac)] == mac


@family("kdf")
def check_kdf(case: Case) -> None:
    assert derive(case.base64("key"), case["index"]) == case.base64("derivedKey")


@family("kdf-internal")
def check_kdf_internal(case: Case) -> None:
    assert derive_internal(case.base64("key"), case.base64("index")) == case.base64("derivedKey")


@family("x963-kdf")
def check_x963_kdf(case: Case) -> None:
    derived = case.hex("derived")
    assert x963(case.hex("secret"), case.hex("sharedInfo"), len(derived)) == derived


@family("pbkdf2")
def check_pbkdf2(case: Case) -> None:
    derived = case.hex("derived")
    password, salt = case.hex("password"), case.hex("salt")
    assert pin_key(password, salt, case["iterations"], length=len(derived)) == derived


@family("byte-join")
def check_byte_join(case: Case) -> None:
    parts = [None if part is None else bytes.fromhex(part) for part in case["parts"]]
    assert concat_sized(*parts) == case.hex("result")


@family("totp")
def check_totp(case: Case) -> None:
    seed, seconds, code = case.hex("seed"), case["seconds"], case["otp"]
    digits, step_s, algorithm = case["digits"], case["stepSeconds"], case["algorithm"]
    if case["kind"] == "generate":
        assert totp(seed, seconds, digits=digits, step_s=step_s, algorithm=algorithm) == code
        return
    assert case["kind"] == "validate"
    back = case["backSteps"]
    matches = totp_matches(
        seed, seconds, code, digits=digits, step_s=step_s, algorithm=algorithm, back_steps=back
    )
    assert matches is case["valid"]
