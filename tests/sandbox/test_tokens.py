"""MAC tokens: made by a signature, used for reads."""

import json
import os

import pytest

from tests.sandbox.device import PB, PK, PKB, P
from webapp.powerauth.headers import TOKEN
from webapp.powerauth.protocol import Version

MADE = (401, "ERR_AUTHENTICATION")
REFUSED = (401, "POWERAUTH_AUTH_FAIL")
HOUR_MS = 3_600_000


def test_every_version_has_its_digest(enrol, version):
    device = enrol("alice", version)
    assert device.make_token().status == 200
    assert device.pending().object == []


def test_the_digest_of_another_version_is_refused(reader):
    digest_of_3_1 = reader.token()[TOKEN].replace('"3.3"', '"3.1"')
    assert reader.read("/api/inbox/count", headers={TOKEN: digest_of_3_1}).refusal == REFUSED


@pytest.mark.parametrize("kind", [P, PK, PB], ids=str)
def test_a_token_is_made_by_possession_or_two_factors(alice, kind):
    assert alice.make_token(kind).status == 200
    assert alice.pending().status == 200


def test_three_factors_make_no_token(alice):
    assert alice.make_token(PKB).refusal == MADE
    assert alice.status().failed_attempts == 0


def test_a_wrong_signature_makes_no_token(alice):
    alice.forget_pin()
    assert alice.make_token(PK).refusal == MADE
    assert alice.status().failed_attempts == 1


def test_an_expired_key_makes_no_token_but_moves_the_counter(alice, clock):
    key = alice.temporary_key(activation_scope=True)
    clock.advance(300)
    before = alice.status().counter_byte
    assert alice.make_token(key=key).refusal == MADE
    assert alice.status().counter_byte == before + 1


@pytest.mark.parametrize(
    ("distance_ms", "accepted"),
    [(-2 * HOUR_MS, True), (-2 * HOUR_MS - 1, False), (HOUR_MS // 2, True), (HOUR_MS // 2 + 1, False)],
)
def test_the_window_of_timestamps(reader, clock, distance_ms, accepted):
    answer = reader.pending(headers=reader.token(at_ms=clock.now_ms() + distance_ms))
    assert answer.status == 200 if accepted else answer.refusal == REFUSED


def test_a_header_comes_once(reader):
    header = reader.token()
    assert reader.pending(headers=header).status == 200
    assert reader.pending(headers=header).refusal == REFUSED


def test_a_nonce_comes_once_as_long_as_its_timestamp_would_do(reader, clock):
    header = reader.token(at_ms=clock.now_ms() + HOUR_MS // 2)
    assert reader.pending(headers=header).status == 200
    clock.advance(2.5 * 3600)
    assert reader.pending(headers=header).refusal == REFUSED


def test_a_nonce_of_another_token_does_not_matter(reader, enrol):
    charlie = enrol("charlie")
    charlie.make_token()
    nonce = os.urandom(16)
    assert reader.pending(headers=reader.token(nonce=nonce)).status == 200
    assert charlie.pending(headers=charlie.token(nonce=nonce)).status == 200


def test_a_wrong_digest_is_refused_and_remembers_nothing(reader):
    nonce = os.urandom(16)
    assert reader.pending(headers=reader.token(secret=bytes(16), nonce=nonce)).refusal == REFUSED
    assert reader.pending(headers=reader.token(nonce=nonce)).status == 200


def test_wrong_tokens_block_nobody(reader):
    for _ in range(10):
        reader.pending(headers=reader.token(secret=bytes(16)))
    assert reader.validate().status == 200


def test_an_unknown_token_is_refused(reader):
    reader.token_id = "3eec1d5b-5c2b-4a5e-9e2b-0c3d5f6a7b8c"
    assert reader.pending().refusal == REFUSED


@pytest.mark.parametrize("action", ["block", "remove"])
def test_the_activation_has_to_be_active(reader, bank, action):
    bank(f"/activation/{action}", activationId=reader.activation_id)
    assert reader.pending().refusal == REFUSED


def test_unblocking_brings_the_token_back(reader, bank):
    bank("/activation/block", activationId=reader.activation_id)
    bank("/activation/unblock", activationId=reader.activation_id)
    assert reader.pending().status == 200


def remove_token(device, token_id, kind=P):
    body = json.dumps({"requestObject": {"tokenId": token_id}}).encode()
    return device.signed("/pa/v3/token/remove", "/pa/token/remove", body, kind)


def test_a_removed_token_is_refused(reader):
    assert remove_token(reader, reader.token_id).object == {"tokenId": reader.token_id}
    assert reader.pending().refusal == REFUSED


def test_removing_somebody_elses_token_succeeds_quietly_and_does_nothing(reader, enrol):
    charlie = enrol("charlie")
    assert remove_token(charlie, reader.token_id).object == {"tokenId": reader.token_id}
    assert reader.pending().status == 200


@pytest.mark.parametrize(
    "value",
    ["", "PowerAuth ", 'PowerAuth version="3.3"', 'Bearer token_id="x"'],
)
def test_a_malformed_header_is_refused(reader, value):
    assert reader.pending(headers={TOKEN: value}).refusal == REFUSED


def test_all_failures_look_the_same(reader):
    answers = [
        reader.pending(headers=headers)
        for headers in ({TOKEN: ""}, reader.token(secret=bytes(16)), reader.token(at_ms=1_000_000_000))
    ]
    assert len({answer.raw for answer in answers}) == 1
    assert answers[0].body["responseObject"]["message"] == "Authentication failed"


def test_a_client_may_change_its_version(reader):
    reader.version = Version.V3_1
    assert reader.pending().status == 200
