"""What we write we can read, and whatever else comes is refused with our own error."""

import hmac
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.powerauth import known
from tests.support.bits import flipped
from webapp.powerauth import aes
from webapp.powerauth.aes import decrypt_padded, encrypt_padded
from webapp.powerauth.ecc import (
    generate,
    point,
    point_compressed,
    read_private,
    read_public,
    scalar,
    sign,
    sign_raw,
    verify,
    verify_raw,
)
from webapp.powerauth.encoding import concat_sized, from_base64, from_base64url, to_base64, to_base64url
from webapp.powerauth.errors import EncodingError, PaddingInvalid, PublicKeyInvalid, SignatureInvalid
from webapp.powerauth.kdf import hmac_sha256

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@given(st.binary())
def test_base64_comes_back(raw: bytes) -> None:
    assert from_base64(to_base64(raw)) == raw
    assert from_base64url(to_base64url(raw)) == raw


@given(st.one_of(st.text(), st.text("AQgw0+/-_= \n")))
def test_any_text_is_base64_or_refused(text: str) -> None:
    for read, write in ((from_base64, to_base64), (from_base64url, to_base64url)):
        try:
            raw = read(text)
        except EncodingError:
            continue
        assert len(write(raw)) == len(text)


@pytest.mark.parametrize("text", ["AA", "AA=", "AA===", "A", "AA==\n", " AA==", "AA==AA==", "A-==", "ÁA=="])
def test_base64_is_read_strictly(text: str) -> None:
    with pytest.raises(EncodingError):
        from_base64(text)


@pytest.mark.parametrize("text", ["AA==", "A", "AAAAA", "A+", "AA\n"])
def test_base64url_is_read_strictly(text: str) -> None:
    with pytest.raises(EncodingError):
        from_base64url(text)


@given(st.lists(st.one_of(st.none(), st.binary())))
def test_sized_fields_can_be_told_apart(items: list[bytes | None]) -> None:
    joined, found = concat_sized(*items), []
    while joined:
        size = int.from_bytes(joined[:4], "big")
        found.append(joined[4 : 4 + size])
        joined = joined[4 + size :]
    assert found == [item or b"" for item in items]


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16), st.binary(max_size=100))
def test_padded_encryption_comes_back(key: bytes, iv: bytes, plain: bytes) -> None:
    encrypted = encrypt_padded(key, iv, plain)
    assert decrypt_padded(key, iv, encrypted) == plain
    with pytest.raises(PaddingInvalid):
        decrypt_padded(key, iv, encrypted[:-1])


@given(st.binary(min_size=40, max_size=40))
def test_a_made_key_comes_back_in_every_form(random_bytes: bytes) -> None:
    key = generate(lambda size: random_bytes[:size])
    assert scalar(read_private(scalar(key))) == scalar(key)
    assert scalar(read_private(b"\0" + scalar(key))) == scalar(key)
    for form in (point, point_compressed):
        assert read_public(form(key.public_key())) == key.public_key()


@given(st.one_of(st.binary(max_size=70), st.binary(min_size=32, max_size=32).map(lambda x: b"\2" + x)))
def test_any_bytes_are_a_point_or_refused(raw: bytes) -> None:
    try:
        key = read_public(raw)
    except PublicKeyInvalid:
        return
    assert raw in (point(key), point_compressed(key))


@pytest.mark.parametrize("number", [0, ORDER, ORDER + 1, 2**256 - 1])
def test_a_private_key_lies_between_zero_and_the_order(number: int) -> None:
    with pytest.raises(PublicKeyInvalid):
        read_private(number.to_bytes(33, "big"))
    assert scalar(read_private((ORDER - 1).to_bytes(32, "big"))) == (ORDER - 1).to_bytes(32, "big")


@given(st.binary(max_size=64), st.integers(0, 511))
def test_a_signature_with_one_flipped_bit_is_refused(message: bytes, bit: int) -> None:
    public = known.DEVICE.public_key()
    raw, der = sign_raw(known.DEVICE, message), sign(known.DEVICE, message)
    verify_raw(public, message, raw)
    verify(public, message, der)
    with pytest.raises(SignatureInvalid):
        verify_raw(public, message, flipped(raw, bit))
    with pytest.raises(SignatureInvalid):
        verify(public, message, flipped(der, bit))
    with pytest.raises(SignatureInvalid):
        verify(public, message + b"\0", der)
    with pytest.raises(SignatureInvalid):
        verify_raw(public, message, der)


@given(st.text("AQ+/=_ \n", max_size=12) | st.text(max_size=8))
def test_base64_is_what_rfc_4648_says(text: str) -> None:
    """Python's own strict reading lets some padding pass, and more or less of it by version."""
    canonical = re.fullmatch(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", text)
    if canonical is None:
        with pytest.raises(EncodingError):
            from_base64(text)
    else:
        assert len(from_base64(text)) == len(text) // 4 * 3 - text.count("=")


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_an_hmac_is_the_one_of_the_standard_library(key: bytes, message: bytes) -> None:
    assert hmac_sha256(key, message) == hmac.digest(key, message, "sha256")


def test_what_has_no_whole_blocks_is_not_encrypted_without_padding() -> None:
    for work in (aes.encrypt, aes.decrypt):
        with pytest.raises(ValueError, match="whole blocks"):
            work(bytes(16), bytes(16), bytes(17))
