"""The key exchange in memory: Alice's browser on one side, a server written by hand on the other."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.powerauth import known
from tests.powerauth.activations import PIN
from webapp.powerauth.activation import (
    ActivationRequest,
    KeyTree,
    NewActivation,
    PendingActivation,
    begin_activation,
    complete_activation,
    fingerprint,
    master_secret,
)
from webapp.powerauth.activation_code import ActivationCode
from webapp.powerauth.ecc import point, point_compressed, read_public
from webapp.powerauth.ecies import Envelope, Exchange, decrypt_request
from webapp.powerauth.encoding import from_base64, to_base64
from webapp.powerauth.errors import ActivationInvalid
from webapp.powerauth.identity import Identity
from webapp.powerauth.protocol import Version
from webapp.powerauth.recovery import RecoveryData
from webapp.powerauth.temporary_key import TemporaryKey
from webapp.powerauth.vault import unwrap_device_key
from webapp.randomness import system_random

CODE = "UCQ2F-I5EUW-TKPKF-JK2JA"
REQUEST = ActivationRequest(
    Identity.of_code(ActivationCode(CODE)), "Alice's browser", "web", "Firefox", otp="98765"
)
TEMPORARY_KEY = TemporaryKey(
    known.TEMPORARY_KEY_ID, known.TEMPORARY.public_key(), known.NOW_MS, known.NOW_MS + 300_000
)
ANSWER = {
    "activationId": known.ACTIVATION_ID,
    "serverPublicKey": to_base64(point(known.SERVER.public_key())),
    "ctrData": to_base64(known.COUNTER),
    "activationRecovery": None,
}
RECOVERY = {"recoveryCode": CODE, "puk": "0123456789"}


def begin(version: Version = Version.V3_3) -> tuple[Envelope, PendingActivation]:
    return begin_activation(
        known.CONFIGURATION,
        REQUEST,
        version=version,
        temporary_key=TEMPORARY_KEY if version.uses_temporary_keys else None,
        random=system_random,
        now_ms=known.NOW_MS,
    )


class Server:
    """Opens both layers; `answer` closes them again, in this order: inner, then outer."""

    def __init__(self, version: Version, envelope: Envelope) -> None:
        private = known.TEMPORARY if version.uses_temporary_keys else known.MASTER
        scope = known.application_scope(version)
        plain, self.layer_1 = decrypt_request(scope, "/pa/generic/application", private, envelope)
        self.outer = json.loads(plain)
        plain, self.layer_2 = decrypt_request(scope, "/pa/activation", private, self.outer["activationData"])
        self.inner = json.loads(plain)

    def answer(self, inner: Any = ANSWER, *, outer: dict[str, Any] | None = None) -> Envelope:
        content = {"activationData": closed(self.layer_2, inner), "customAttributes": None} | (outer or {})
        return closed(self.layer_1, content)


def closed(exchange: Exchange, content: Any) -> Envelope:
    plain = content if isinstance(content, bytes) else json.dumps(content).encode()
    return exchange.encrypt_response(plain, random=system_random, now_ms=known.NOW_MS)


@pytest.mark.parametrize("version", Version)
def test_both_sides_end_with_the_same_keys_and_fingerprint(version: Version) -> None:
    envelope, pending = begin(version)
    server = Server(version, envelope)
    new = complete_activation(pending, server.answer())
    device_public = read_public(from_base64(server.inner["devicePublicKey"]))
    keys = KeyTree.derive(master_secret(known.SERVER, device_public))
    state = new.protect(PIN, random=system_random)
    assert (state.possession_key, state.transport_key) == (keys.possession, keys.transport)
    assert state.knowledge.unlock(PIN) == keys.knowledge
    device_private = unwrap_device_key(keys.vault, state.device_private_key)
    assert device_private.public_key() == device_public
    assert new.fingerprint == fingerprint(device_public, known.ACTIVATION_ID, known.SERVER.public_key())
    assert (state.counter.value, state.counter.byte) == (known.COUNTER, 0)


def test_the_request_has_the_published_members_and_no_others() -> None:
    envelope, _ = begin()
    server = Server(Version.V3_3, envelope)
    assert server.outer.keys() == {"type", "identityAttributes", "activationData"}
    assert (server.outer["type"], server.outer["identityAttributes"]) == ("CODE", {"code": CODE})
    assert server.inner.keys() == {
        "devicePublicKey",
        "activationName",
        "activationOtp",
        "platform",
        "deviceInfo",
    }
    assert server.inner["activationOtp"] == "98765"


def test_the_server_may_send_its_key_compressed_and_add_what_it_likes() -> None:
    envelope, pending = begin()
    compressed = to_base64(point_compressed(known.SERVER.public_key()))
    answer = ANSWER | {"serverPublicKey": compressed, "activationRecovery": RECOVERY, "more": 1}
    outer = {"customAttributes": {"a": [1]}, "userInfo": {"sub": "alice"}}
    new = complete_activation(pending, Server(Version.V3_3, envelope).answer(answer, outer=outer))
    assert new.server_public == known.SERVER.public_key()
    assert (new.custom, new.user_info) == ({"a": [1]}, {"sub": "alice"})
    assert new.recovery == RecoveryData(CODE, "0123456789")


@pytest.mark.parametrize(
    "wrong",
    [
        {"activationId": None},
        {"activationId": ""},
        {"activationId": 1},
        {"activationId": "\ud800"},
        {"serverPublicKey": None},
        {"serverPublicKey": "AAAA"},
        {"serverPublicKey": "not Base64"},
        {"serverPublicKey": to_base64(b"\4" + bytes(64))},
        {"ctrData": None},
        {"ctrData": to_base64(known.COUNTER[:15])},
        {"ctrData": to_base64(known.COUNTER + b"\0")},
        {"activationRecovery": {"recoveryCode": CODE, "puk": "123"}},
        {"activationRecovery": {"recoveryCode": CODE[:-1] + "Q", "puk": "0123456789"}},
        {"activationRecovery": {"recoveryCode": CODE}},
        {"activationRecovery": {"recoveryCode": 1, "puk": 2}},
        {"activationRecovery": [CODE]},
    ],
    ids=str,
)
def test_an_answer_with_one_wrong_member_is_refused_as_a_whole(wrong: dict[str, Any]) -> None:
    envelope, pending = begin()
    with pytest.raises(ActivationInvalid):
        complete_activation(pending, Server(Version.V3_3, envelope).answer(ANSWER | wrong))


@pytest.mark.parametrize(
    "make",
    [
        lambda server: server.answer(b"{"),
        lambda server: server.answer(b"[" * 100_000),
        lambda server: server.answer([]),
        lambda server: server.answer(outer={"activationData": None}),
        lambda server: server.answer(outer={"activationData": {"encryptedData": "AA==", "mac": "AA=="}}),
        lambda server: server.answer(outer={"activationData": closed(server.layer_1, ANSWER)}),
        lambda server: closed(server.layer_2, {"activationData": closed(server.layer_1, ANSWER)}),
        lambda server: closed(server.layer_1, ANSWER),
        lambda server: {},
    ],
)
def test_an_answer_of_another_shape_is_refused(make: Callable[[Server], Envelope]) -> None:
    envelope, pending = begin()
    with pytest.raises(ActivationInvalid):
        complete_activation(pending, make(Server(Version.V3_3, envelope)))


def test_an_answer_to_another_request_is_refused() -> None:
    _, pending = begin()
    envelope, _ = begin()
    with pytest.raises(ActivationInvalid):
        complete_activation(pending, Server(Version.V3_3, envelope).answer())


def test_code_otp_recovery_and_keys_stay_out_of_repr() -> None:
    envelope, pending = begin()
    server = Server(Version.V3_3, envelope)
    new = complete_activation(pending, server.answer(ANSWER | {"activationRecovery": RECOVERY}))
    shown = repr((REQUEST, pending, new))
    for secret in (CODE, "98765", "0123456789", repr(known.COUNTER)[2:-1]):
        assert secret not in shown
    assert isinstance(new, NewActivation)
