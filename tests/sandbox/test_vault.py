"""The vault key against two factors, and the order in which a request is refused."""

import pytest

from tests.sandbox.device import PB, PK, PKB, P
from tests.support.clock import ManualClock
from webapp.powerauth.encoding import from_base64
from webapp.powerauth.vault import unwrap_vault_key

VAULT = (400, "ERR_SECURE_VAULT")
UNAUTHENTICATED = (401, "ERR_AUTHENTICATION")


def test_every_version_gets_the_vault_key(enrol, version):
    device = enrol("alice", version)
    _, content = device.unlock_vault({"reason": "FETCH_ENCRYPTION_KEY"})
    wrapped = from_base64(content["encryptedVaultEncryptionKey"])
    assert unwrap_vault_key(device.keys.transport, wrapped) == device.keys.vault


def test_the_reason_may_be_missing(alice):
    assert alice.unlock_vault({})[0].status == 200


@pytest.mark.parametrize("kind", [P, PB, PKB], ids=str)
def test_other_factors_are_refused(alice, kind):
    assert alice.unlock_vault({}, kind)[0].refusal == VAULT


@pytest.mark.parametrize(
    "content", [{"reason": "ab"}, {"reason": "a b c"}, {"reason": 7}, {"other": "abc"}, []]
)
def test_a_malformed_reason_is_refused_before_the_signature(alice, content):
    alice.forget_pin()
    assert alice.unlock_vault(content)[0].refusal == VAULT
    assert alice.status().failed_attempts == 0


def test_an_expired_key_is_found_before_the_signature(alice, clock: ManualClock):
    key = alice.temporary_key(activation_scope=True)
    clock.advance(300)
    before = alice.status().counter_byte
    assert alice.unlock_vault({}, key=key)[0].refusal == VAULT
    assert alice.status().counter_byte == before


def test_an_envelope_of_another_version_is_refused(alice):
    body = b'{"ephemeralPublicKey":"AAAA","encryptedData":"AAAA","mac":"AAAA"}'
    assert alice.signed("/pa/v3/vault/unlock", "/pa/vault/unlock", body).refusal == VAULT


def test_a_body_that_is_no_json_is_refused(alice):
    assert alice.signed("/pa/v3/vault/unlock", "/pa/vault/unlock", b"no").refusal == UNAUTHENTICATED


def test_a_blocked_activation_is_refused_uncounted(alice, bank):
    key = alice.temporary_key(activation_scope=True)
    bank("/activation/block", activationId=alice.activation_id)
    assert alice.unlock_vault({}, key=key)[0].refusal == UNAUTHENTICATED
    assert alice.status().failed_attempts == 0


def test_a_wrong_pin_is_refused_and_counted(alice):
    alice.forget_pin()
    assert alice.unlock_vault({}, PK)[0].refusal == UNAUTHENTICATED
    assert alice.status().failed_attempts == 1
