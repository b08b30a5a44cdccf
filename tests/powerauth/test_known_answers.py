"""Every value of Appendix A, as a literal: a mistake that client and server share shows here."""

import pytest

from tests.powerauth import known
from tests.powerauth.known import run
from tests.support.randomness import making, scripted
from webapp.powerauth import aes
from webapp.powerauth.activation import KeyTree, fingerprint, master_secret
from webapp.powerauth.activation_code import make_activation_code
from webapp.powerauth.counter import next_counter
from webapp.powerauth.ecc import PrivateKey, point_compressed
from webapp.powerauth.ecies import Scope, encrypt_request
from webapp.powerauth.encoding import from_base64, to_base64
from webapp.powerauth.factors import ProtectedKnowledgeKey
from webapp.powerauth.kdf import derive, pin_key
from webapp.powerauth.protocol import Version
from webapp.powerauth.signature import offline_signature, online_signature, signature_data
from webapp.powerauth.status import (
    ActivationStatus,
    StatusBlob,
    counter_hash,
    counter_key,
    encrypt_status,
    read_status,
    status_iv,
)
from webapp.powerauth.temporary_key import activation_scope_key, request_jwt
from webapp.powerauth.token import token_digest
from webapp.powerauth.vault import unwrap_vault_key, wrap_vault_key

POSSESSION = bytes.fromhex("49dc1ba5bafdd2b08f90b7ddc4dca35e")
KNOWLEDGE = bytes.fromhex("9ebf64ed967d4734bfe174e5b34829ed")
BIOMETRY = bytes.fromhex("d35fe426c5bb61eb11566b020bf849be")
VAULT = bytes.fromhex("68e7acc963ccfb4e3bec1e83108661b9")
KEYS = {"P": POSSESSION, "K": KNOWLEDGE, "B": BIOMETRY}


@pytest.mark.parametrize(
    ("private", "public"),
    [
        (known.MASTER, "02ed21adb5d83674ccf44df856c95db40ece1577bb7909adf58acac49a1dffbcf8"),
        (known.SERVER, "039030f3fc186fb5cc968e9ca241e9b47f92b0e9f29f03303b8c4eb5c0c28537de"),
        (known.DEVICE, "0211d6bf7f71e9b445e41d1c4c44a0fb730a39f3bd23464d2f40388abe95220eac"),
        (known.TEMPORARY, "0249cca7c060144fb4654e94403483ade7bf1fef2bc995fef65e82b1d18b19fd91"),
        (known.EPHEMERAL, "039a781ca6d055a7f30d0c9ff87936c739f6816ef5f5e72b4b946404b0a1a83b2a"),
    ],
    ids=["master", "server", "device", "temporary", "ephemeral"],
)
def test_public_keys(private: PrivateKey, public: str) -> None:
    assert point_compressed(private.public_key()).hex() == public


def test_the_key_tree_grows_from_the_master_secret_of_both_sides() -> None:
    secret = master_secret(known.DEVICE, known.SERVER.public_key())
    assert secret == master_secret(known.SERVER, known.DEVICE.public_key())
    assert secret.hex() == "fb6c7ed476816136031897abb975eff2"
    assert KeyTree.derive(secret) == KeyTree(POSSESSION, KNOWLEDGE, BIOMETRY, known.TRANSPORT_KEY, VAULT)
    assert derive(known.TRANSPORT_KEY, 3000).hex() == "b6337a973c93ab519e07f075347e8e4c"
    assert counter_key(known.TRANSPORT_KEY).hex() == "f55e82da3efdbcc4f4ecf07a7aad5437"


def test_fingerprint() -> None:
    digits = fingerprint(known.DEVICE.public_key(), known.ACTIVATION_ID, known.SERVER.public_key())
    assert digits == "64768553"


def test_activation_code() -> None:
    assert make_activation_code(run(0xA0, 0xA9)) == "UCQ2F-I5EUW-TKPKF-JK2JA"


def test_counter() -> None:
    assert next_counter(known.COUNTER).hex() == "28ce51080d8b0eed54970f2d02ec5eec"
    assert counter_hash(known.TRANSPORT_KEY, known.COUNTER).hex() == "5afabbf0eaa32e43c1f5d2fec8305294"


ONLINE = {
    "P": ("rkwSTrDh4YCbWD2/r3h7dw==", "96425079"),
    "PK": ("rkwSTrDh4YCbWD2/r3h7d7AINfPALurZ5cSa0uEtUqk=", "96425079-30360233"),
    "PB": ("rkwSTrDh4YCbWD2/r3h7d3eI74QDOHygHYrlAtCIq0k=", "96425079-51134025"),
    "PKB": (
        "rkwSTrDh4YCbWD2/r3h7d7AINfPALurZ5cSa0uEtUqmFG53chlMfjsswch+teF3A",
        "96425079-30360233-62863040",
    ),
}


@pytest.mark.parametrize("factors", ONLINE)
def test_online_signature(factors: str) -> None:
    nonce, secret = to_base64(known.NONCE), known.APPLICATION_SECRET
    signed = signature_data("POST", "/operation/authorize", nonce, b'{"a":1}', secret)
    assert signed == (
        b"POST&L29wZXJhdGlvbi9hdXRob3JpemU=&UFFSU1RVVldYWVpbXF1eXw==&eyJhIjoxfQ==&EBESExQVFhcYGRobHB0eHw=="
    )
    keys = [KEYS[factor] for factor in factors]
    base64, decimal = ONLINE[factors]
    for version in (Version.V3_1, Version.V3_2, Version.V3_3):
        assert online_signature(version, keys, known.COUNTER, signed) == base64
    assert online_signature(Version.V3_0, keys, known.COUNTER, signed) == decimal


@pytest.mark.parametrize(
    ("digits", "expected"), [(8, "46106874-58302181"), (6, "106874-302181"), (4, "6874-2181")]
)
def test_offline_signature(digits: int, expected: str) -> None:
    body = b"5ff1b1ed-a3cc-45a3-8ab0-ed60950312b6&A1*A100CZK"
    uri_id, nonce = "/operation/authorize/offline", to_base64(known.NONCE)
    signed = signature_data("POST", uri_id, nonce, body, "offline")
    assert offline_signature([POSSESSION, KNOWLEDGE], known.COUNTER, signed, digits) == expected


@pytest.mark.parametrize(
    ("version", "digest"),
    [
        (Version.V3_0, "IwCuQ/oUfQl+5dW7qzGho/P1or2RAnb0XvzBZI2or3s="),
        (Version.V3_1, "IwCuQ/oUfQl+5dW7qzGho/P1or2RAnb0XvzBZI2or3s="),
        (Version.V3_2, "DQzUZ6NiJkTqcMR2hrRfjArZdRpetGFFmveZCtKrvc8="),
        (Version.V3_3, "AyQb2q6yPCffStAHHyFEgn39y/cyzVWkyjyOW2vfkBs="),
    ],
)
def test_token_digest(version: Version, digest: str) -> None:
    assert to_base64(token_digest(version, run(0x60, 0x6F), known.NONCE, known.NOW_MS)) == digest


def test_status_blob() -> None:
    iv = status_iv(known.TRANSPORT_KEY, run(0x70, 0x7F), run(0x80, 0x8F))
    assert iv.hex() == "a8014ea4e9398b8669ad3a8b51bb8e42"
    own = counter_hash(known.TRANSPORT_KEY, known.COUNTER)
    blob = StatusBlob(ActivationStatus.ACTIVE, 3, 3, 7, 1, 5, 20, own)
    plain = blob.pack(bytes(5))
    assert plain.hex() == "dec0ded10303030000000000070105145afabbf0eaa32e43c1f5d2fec8305294"
    encrypted = encrypt_status(known.TRANSPORT_KEY, plain, iv)
    assert to_base64(encrypted) == "YwjoG9sdk+JRwF4uII7p6f3PgparkIwhpuiSv7dwBBc="
    assert read_status(known.TRANSPORT_KEY, encrypted, iv) == blob


def test_vault_key() -> None:
    wrapped = from_base64("iTiop2gaY8djgWPoJM2mFWPC2SD04HCt+EHmCVKn5AQ=")
    assert wrap_vault_key(known.TRANSPORT_KEY, VAULT) == wrapped
    assert unwrap_vault_key(known.TRANSPORT_KEY, wrapped) == VAULT


def test_knowledge_key_under_a_pin() -> None:
    salt = run(0x90, 0x9F)
    assert pin_key(b"1234", salt, 10_000).hex() == "38469d2e87e261da312be8a7952b5ae1"
    protected = ProtectedKnowledgeKey.protect(KNOWLEDGE, b"1234", salt=salt)
    assert protected.wrapped.hex() == "77ece97fe562bc35abaae33a3a2c5911"
    assert protected.unlock(b"1234") == KNOWLEDGE
    twice = aes.encrypt(run(0xB0, 0xBF), aes.ZERO_IV, protected.wrapped)
    assert twice.hex() == "dcb3a9af868f4b1fa4685f8d52ddba04"


def test_temporary_key_request() -> None:
    challenge, secret = to_base64(run(0x00, 0x11)), run(0x10, 0x1F)
    assert request_jwt(secret, known.APPLICATION_KEY, None, challenge) == (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
        "eyJhcHBsaWNhdGlvbktleSI6IkFBRUNBd1FGQmdjSUNRb0xEQTBPRHc9PSIsImNoYWxsZW5nZSI6IkFBRUNBd1FGQmdjSUNRb0x"
        "EQTBPRHhBUiJ9."
        "pivJ6PPO6TuUu5FNL_v1ydwJLeJrDyy2RNzLvXoDBjk"
    )
    key = activation_scope_key(known.TRANSPORT_KEY, secret)
    assert key.hex() == "b4dab910feb14a9f5e2f0394767e7aef"
    jwt = request_jwt(key, known.APPLICATION_KEY, known.ACTIVATION_ID, challenge)
    assert jwt.split(".")[2] == "hXLM7agFiaUsCEljlQowxfs_vAaobSUmfyy9rroG_9Q"


APPLICATION, ACTIVATION = "/pa/generic/application", "/pa/generic/activation"
ENVELOPES = [
    (
        known.application_scope(Version.V3_3),
        "066310d04253210902dd943a2feb7c06847f00bb4e656c0099e7d9e89f8c9f11",
        "aff9e89cbdb068660a138f617346e6c7b6364da67a405c5062415c30df46a19e9b14cf50a308874900874139f673ce5f",
        ("qZGg4LkSCvJY/rBbfN0tRw==", "1tgsKO73rtz+T60tDK8d/H+Idu6R3lawzQrWwlV9t+c="),
        ("XItRN3rrKGiESnAG9wPF6Q==", "oSFmGMN1om56RHjMQ7WZnaMpjpZXqmUr7gF1dxla4xg="),
    ),
    (
        known.activation_scope(Version.V3_3),
        "8d4ff8c2df843f9718f96e94ebedddfc0d4c614324898f718df4f608c04ae439",
        "5c07fef962aebfd48ebce0492064e97eb8462a06719149deb0732de23769e62c1fb1f03669a5469a65ad190287a474c6",
        ("ZeG7ZftnkoFnnZC7fHJTRA==", "byJMWDFy4mpQ9wTF4DMR8vmYKHsH6QxuktEIzN4C7Ak="),
        ("1RA7CxpakHOfIC89qPCHaQ==", "h7EWayqZ+WpwpN/7HnJz/Scr+p22PVtgXL0saKN+L6k="),
    ),
]


@pytest.mark.parametrize(("scope", "base", "keys", "request_", "response"), ENVELOPES, ids=["app", "act"])
def test_envelopes_of_3_3(
    scope: Scope, base: str, keys: str, request_: tuple[str, str], response: tuple[str, str]
) -> None:
    assert scope.base.hex() == base
    envelope, exchange = encrypt_request(
        scope,
        APPLICATION if scope.activation_id is None else ACTIVATION,
        known.TEMPORARY.public_key(),
        b'{"k":"v"}',
        random=scripted(making(known.EPHEMERAL), run(0xC0, 0xCF)),
        now_ms=known.NOW_MS,
        temporary_key_id=known.TEMPORARY_KEY_ID,
        compressed=True,
    )
    assert (exchange.encryption_key + exchange.mac_key + exchange.iv_key).hex() == keys
    assert (envelope["encryptedData"], envelope["mac"]) == request_
    answer = exchange.encrypt_response(b'{"r":1}', random=scripted(run(0xD0, 0xDF)), now_ms=1_700_000_001_000)
    assert (answer["encryptedData"], answer["mac"]) == response


@pytest.mark.parametrize(
    ("version", "encrypted", "mac"),
    [
        (Version.V3_2, "QsD3NVXQn0HMmlXEsg5x4A==", "VxBNXaEXGeYncTjXotsN+dv7MDqAYbSyTZS06l4r2nY="),
        (Version.V3_1, "D7JrnZJKlGenIsrFJbEwPg==", "5WaKohIqINwaLdsxyaEB7PGyDfuBDdP0wEjtb5U0qEs="),
        (Version.V3_0, "/qy4otqZsnQKZmxSU5EbOA==", "tBLaRcrzCQ/PEEDRdhpyZAaxyK9rb1jHIPAcp3lUa1g="),
    ],
)
def test_envelopes_before_3_3(version: Version, encrypted: str, mac: str) -> None:
    nonces = [run(0xC0, 0xCF)] if version.sends_nonce else []
    envelope, _ = encrypt_request(
        known.application_scope(version),
        APPLICATION,
        known.MASTER.public_key(),
        b'{"k":"v"}',
        random=scripted(making(known.EPHEMERAL), *nonces),
        now_ms=known.NOW_MS,
        compressed=True,
    )
    assert (envelope["encryptedData"], envelope["mac"]) == (encrypted, mac)
