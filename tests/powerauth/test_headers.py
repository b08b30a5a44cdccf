"""The three headers: what the client writes, a server reads; whatever else comes is refused."""

from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.powerauth import known
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.errors import HeaderInvalid
from webapp.powerauth.headers import authorization_header, encryption_header, token_header
from webapp.powerauth.protocol import SignatureType, Version
from webapp.powerauth.received_headers import (
    Authorization,
    parse_header,
    read_authorization,
    read_encryption,
    read_token,
)

versions = st.sampled_from(Version)
uuids = st.uuids(version=4).map(str)
application_keys = nonces = st.binary(min_size=16, max_size=16).map(to_base64)
authorizations = st.builds(
    lambda version, activation_id, key, nonce, kind: Authorization(
        version, activation_id, key, nonce, kind, signature(version, kind)
    ),
    versions,
    uuids,
    application_keys,
    nonces,
    st.sampled_from(SignatureType),
)


def signature(version: Version, kind: SignatureType) -> str:
    count = len(kind.factors)
    return "-".join(["01234567"] * count) if version.decimal_signatures else to_base64(bytes(16 * count))


@given(authorizations)
def test_an_authorization_comes_back(authorization: Authorization) -> None:
    assert read_authorization(authorization_header(*astuple(authorization))) == authorization


@given(versions, application_keys, uuids)
def test_an_encryption_header_belongs_to_one_scope(version: Version, key: str, activation_id: str) -> None:
    application, activation = encryption_header(version, key), encryption_header(version, key, activation_id)
    read = read_encryption(application, activation_scope=False)
    assert (read.version, read.application_key, read.activation_id) == (version, key, None)
    assert read_encryption(activation, activation_scope=True).activation_id == activation_id
    with pytest.raises(HeaderInvalid):
        read_encryption(application, activation_scope=True)
    with pytest.raises(HeaderInvalid):
        read_encryption(activation, activation_scope=False)


@given(versions, uuids, st.binary(min_size=32, max_size=32), st.integers(10**8, 10**15 - 1))
def test_a_token_header_comes_back(version: Version, token_id: str, digest: bytes, moment: int) -> None:
    read = read_token(token_header(version, token_id, digest, known.NONCE, moment))
    assert (read.version, read.token_id, read.digest) == (version, token_id, digest)
    assert (read.nonce, read.timestamp_ms) == (known.NONCE, moment)


AUTHORIZATION = authorization_header(
    Version.V3_3,
    known.ACTIVATION_ID,
    known.APPLICATION_KEY,
    to_base64(known.NONCE),
    SignatureType.POSSESSION,
    to_base64(bytes(16)),
)
anything = st.one_of(
    st.text(),
    st.text('PowerAuth pa_="\n,', max_size=60).map("PowerAuth ".__add__),
    st.tuples(st.integers(0, len(AUTHORIZATION)), st.text(max_size=3)).map(
        lambda change: AUTHORIZATION[: change[0]] + change[1] + AUTHORIZATION[change[0] + 1 :]
    ),
)


@given(anything)
def test_any_text_is_a_header_or_refused(text: str) -> None:
    assert all(isinstance(value, str) for value in parse_header(text).values())
    readers = (
        read_authorization,
        read_token,
        lambda value: read_encryption(value, activation_scope=True),
        lambda value: read_encryption(value, activation_scope=False),
    )
    for read in readers:
        try:
            read(text)
        except HeaderInvalid:
            continue


@pytest.mark.parametrize("name", parse_header(AUTHORIZATION))
def test_every_attribute_of_an_authorization_is_needed(name: str) -> None:
    with pytest.raises(HeaderInvalid):
        read_authorization(AUTHORIZATION.replace(f"{name}=", "other="))


def test_the_signature_type_is_read_in_any_case_and_attributes_in_any_order() -> None:
    attributes = AUTHORIZATION.removeprefix("PowerAuth ").split(", ")
    turned = "PowerAuth " + ",".join(reversed(attributes)).replace('"possession"', '"Possession"')
    assert read_authorization(turned) == read_authorization(AUTHORIZATION)


def test_signature_and_digest_stay_out_of_repr() -> None:
    assert to_base64(bytes(16)) not in repr(read_authorization(AUTHORIZATION))
    header = token_header(Version.V3_3, known.ACTIVATION_ID, known.run(0, 31), known.NONCE, known.NOW_MS)
    assert repr(known.run(0, 31)) not in repr(read_token(header))
