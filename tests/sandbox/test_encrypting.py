"""Temporary keys and envelopes: fresh, for the right scope, and never twice."""

import json

import pytest

from tests.sandbox.device import Device, P
from webapp.powerauth.encoding import to_base64, to_base64url
from webapp.powerauth.errors import TemporaryKeyInvalid
from webapp.powerauth.protocol import Version
from webapp.powerauth.temporary_key import sign_hs256

UNAUTHENTICATED = (401, "ERR_AUTHENTICATION")
NO_KEY = (400, "ERR_TEMPORARY_KEY")
ENVELOPE = (400, "ERR_ENCRYPTION")
MINUTE_MS = 60_000


def replayed(device, *, envelope=None):
    """User info with one envelope sent as often as the test likes."""
    key = device.temporary_key(activation_scope=True)
    sealed, _ = device.close("/pa/generic/activation", {}, key, activation_scope=True)
    header = device.encryption(activation_scope=True)
    return lambda: device.send("/pa/v3/user/info", (envelope or dict)(sealed), header)


def test_a_temporary_key_comes_in_both_scopes(alice):
    application, activation = alice.temporary_key(), alice.temporary_key(activation_scope=True)
    assert application[1] != activation[1]


def test_the_answer_is_signed_by_the_key_of_the_scope(alice):
    alice.server_public = alice.master_public
    with pytest.raises(TemporaryKeyInvalid):
        alice.temporary_key(activation_scope=True)


@pytest.mark.parametrize("activation_scope", [False, True])
def test_a_request_signed_with_another_secret_gets_no_key(alice, activation_scope):
    assert alice.ask_for_key(activation_scope=activation_scope, secret=bytes(16)).refusal == NO_KEY


def test_who_may_ask_for_a_key_of_activation_scope(backend, clock, bank):
    device = Device(backend, clock)
    device.activate(bank.invites()["activationCode"])
    assert device.ask_for_key(activation_scope=True).refusal == NO_KEY  # PENDING_COMMIT
    bank.commits(device)
    assert device.ask_for_key(activation_scope=True).status == 200
    bank("/activation/block", activationId=device.activation_id)
    assert device.ask_for_key(activation_scope=True).status == 200
    bank("/activation/remove", activationId=device.activation_id)
    assert device.ask_for_key(activation_scope=True).refusal == NO_KEY


@pytest.mark.parametrize(
    "jwt",
    [
        "",
        "a.b",
        "a.b.c",
        "....",
        f"{to_base64url(b'{}')}.{to_base64url(b'[1]')}.AA",
        "e30.e30.e30",
        7,
        "x" * 9000,
    ],
)
def test_what_is_no_jwt_gets_no_key(alice, jwt):
    assert alice.send("/pa/v3/keystore/create", {"requestObject": {"jwt": jwt}}).refusal == NO_KEY


def test_another_algorithm_gets_no_key(alice):
    claims = {"applicationKey": alice.configuration.application_key, "challenge": "AAAA"}
    _, payload, _ = sign_hs256(alice.configuration.application_secret_bytes, claims).split(".")
    jwt = f"{to_base64url(json.dumps({'alg': 'none'}).encode())}.{payload}."
    assert alice.send("/pa/v3/keystore/create", {"requestObject": {"jwt": jwt}}).refusal == NO_KEY


def test_a_key_expires_exactly_when_it_said(alice, clock):
    key = alice.temporary_key(activation_scope=True)
    clock.advance(299.999)
    assert alice.user_info(key=key)[0].status == 200
    clock.advance(0.001)
    assert alice.user_info(key=key)[0].refusal == ENVELOPE


def test_a_key_serves_its_scope_and_its_activation_only(alice, enrol):
    charlie = enrol("charlie")
    assert alice.user_info(key=alice.temporary_key())[0].refusal == ENVELOPE
    assert alice.user_info(key=charlie.temporary_key(activation_scope=True))[0].refusal == ENVELOPE


def test_an_unknown_key_is_refused(alice):
    public, _ = alice.temporary_key(activation_scope=True)
    assert alice.user_info(key=(public, "nobody's"))[0].refusal == ENVELOPE


def test_every_version_encrypts_both_ways(enrol, version):
    answer, claims = enrol("alice", version).user_info()
    assert (answer.status, claims) == (200, {"sub": "alice"})


def test_an_envelope_comes_once(enrol, version):
    send = replayed(enrol("alice", version))
    assert send().status == 200
    again = send()
    if version.sends_timestamp:
        assert again.refusal == ENVELOPE
    else:
        assert again.status == 200  # 3.0 and 3.1 have nothing to tell a replay by


def test_an_envelope_comes_once_as_long_as_it_is_fresh(alice, clock):
    send = replayed(alice)
    clock.jump(-59)
    assert send().status == 200
    clock.jump(118)
    assert send().refusal == ENVELOPE


def test_each_layer_of_an_activation_comes_once(backend, clock, bank):
    """A used inner layer in a new outer one is a replay, too."""
    device = Device(backend, clock)
    code = bank.invites()["activationCode"]
    envelope, _, _ = device.layers(code, kind="CUSTOM")
    key = device.temporary_key()
    inner, _ = device.close("/pa/activation", {"devicePublicKey": "AAAA"}, key)
    for _ in range(2):
        outer = {"type": "CODE", "identityAttributes": {"code": code}, "activationData": inner}
        envelope, _ = device.close("/pa/generic/application", outer, key)
        answer = device.send("/pa/v3/activation/create", envelope, device.encryption())
        assert answer.refusal == (400, "ERR_ACTIVATION")
        # The first one reached the device key, which is none, and cost the activation its life …
        code = bank.invites()["activationCode"]
    # … the second one did not get so far: the new code still works.
    assert device.activate(code).status == 200


@pytest.mark.parametrize(
    ("distance_ms", "accepted"),
    [(0, True), (MINUTE_MS, True), (-MINUTE_MS, True), (MINUTE_MS + 1, False), (-MINUTE_MS - 1, False)],
)
@pytest.mark.parametrize("of", [Version.V3_2, Version.V3_3], ids=str)
def test_the_window_of_timestamps_is_a_minute_both_ways(enrol, clock, of, distance_ms, accepted):
    answer, _ = enrol("alice", of).user_info(now_ms=clock.now_ms() + distance_ms)
    assert answer.status == 200 if accepted else answer.refusal == ENVELOPE


def without(name):
    return lambda envelope: {member: value for member, value in envelope.items() if member != name}


def altered(name):
    return lambda envelope: envelope | {name: to_base64(bytes(32))}


BENT = {
    "unknown member": lambda envelope: envelope | {"extra": 1},
    "member that is null": lambda envelope: envelope | {"nonce": None},
    "text for a number": lambda envelope: envelope | {"timestamp": str(envelope["timestamp"])},
    "fraction": lambda envelope: envelope | {"timestamp": 0.5},
    "boolean": lambda envelope: envelope | {"timestamp": True},
    "too large": lambda envelope: envelope | {"timestamp": 2**70},
    **{f"without {name}": without(name) for name in ("nonce", "timestamp", "temporaryKeyId", "mac")},
    **{f"altered {name}": altered(name) for name in ("mac", "encryptedData", "ephemeralPublicKey", "nonce")},
}


@pytest.mark.parametrize("bend", BENT.values(), ids=BENT.keys())
def test_an_envelope_with_other_members_than_published_is_refused(alice, bend):
    send = replayed(alice, envelope=bend)
    assert send().refusal == ENVELOPE


@pytest.mark.parametrize("bend", BENT.values(), ids=BENT.keys())
def test_a_signed_endpoint_says_only_that_authentication_failed(alice, bend):
    key = alice.temporary_key(activation_scope=True)
    sealed, _ = alice.close("/pa/token/create", {}, key, activation_scope=True)
    raw = json.dumps(bend(sealed)).encode()
    headers = alice.sign("/pa/token/create", raw, P)
    assert alice.send("/pa/v3/token/create", raw, headers).refusal == UNAUTHENTICATED


@pytest.mark.parametrize("of", [Version.V3_0, Version.V3_1, Version.V3_2], ids=str)
@pytest.mark.parametrize(
    "member", [{"temporaryKeyId": "x"}, {"timestamp": 1}, {"nonce": to_base64(bytes(16))}]
)
def test_members_of_newer_versions_are_forbidden_in_older_ones(enrol, of, member):
    device = enrol("alice", of)
    send = replayed(device, envelope=lambda envelope: {**member, **envelope})
    assert send().status == 200 if member.keys() <= allowed(of) else send().refusal == ENVELOPE


def allowed(version):
    names = {"nonce"} if version.sends_nonce else set()
    return names | ({"timestamp"} if version.sends_timestamp else set())


def test_what_does_not_decrypt_is_not_remembered(alice):
    """Otherwise a stranger who copies the public members could burn a request before it arrives."""
    key = alice.temporary_key(activation_scope=True)
    sealed, _ = alice.close("/pa/generic/activation", {}, key, activation_scope=True)
    header = alice.encryption(activation_scope=True)
    assert alice.send("/pa/v3/user/info", altered("mac")(sealed), header).refusal == ENVELOPE
    assert alice.send("/pa/v3/user/info", sealed, header).status == 200


def test_another_purpose_does_not_decrypt(alice):
    answer, _ = alice.encrypted("/pa/v3/user/info", "/pa/vault/unlock", {})
    assert answer.refusal == ENVELOPE


def test_user_info_needs_an_active_activation(alice, bank):
    key = alice.temporary_key(activation_scope=True)
    bank("/activation/block", activationId=alice.activation_id)
    assert alice.user_info(key=key)[0].refusal == (400, "ERR_USER_INFO")


def test_user_info_takes_an_empty_object_only(alice):
    answer, _ = alice.encrypted("/pa/v3/user/info", "/pa/generic/activation", {"name": "x"})
    assert answer.refusal == ENVELOPE


def test_nothing_can_be_upgraded(alice):
    answer, _ = alice.encrypted("/pa/v3/upgrade/start", "/pa/upgrade", {})
    assert answer.refusal == (400, "ERR_UPGRADE")
