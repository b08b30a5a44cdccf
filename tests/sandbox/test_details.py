"""Name and claims: asked with a token, changed with a signature over the plaintext."""

import pytest

from tests.sandbox.device import PB, PK, PKB, P

UNAUTHENTICATED = (401, "ERR_AUTHENTICATION")
ENVELOPE = (400, "ERR_ENCRYPTION")


@pytest.mark.parametrize("kind", [PK, PB], ids=str)
def test_the_detail_against_a_token_of_two_factors(alice, kind):
    assert alice.make_token(kind).status == 200
    _, content = alice.activation_detail()
    about = {"activationId": alice.activation_id, "activationName": "Alice's phone"}
    assert content == {"status": "OK", "responseObject": about}


def test_a_token_of_possession_is_not_enough(reader):
    assert reader.activation_detail()[0].refusal == UNAUTHENTICATED


def test_a_token_of_another_activation_is_refused(alice, enrol):
    other = enrol("bob")
    for device in (alice, other):
        device.make_token(PK)
    assert alice.activation_detail(token=other.token())[0].refusal == ENVELOPE


def test_every_version_renames_itself(enrol, bank, version):
    device = enrol("alice", version)
    answer, content = device.renames_itself({"activationName": "Kitchen \u2615"})
    assert answer.status == 200
    assert content["responseObject"]["activationName"] == "Kitchen \u2615"
    assert bank.sees(device)["activationName"] == "Kitchen \u2615"


@pytest.mark.parametrize("kind", [P, PKB], ids=str)
def test_other_factors_do_not_rename(alice, kind):
    assert alice.renames_itself({"activationName": "x"}, kind)[0].refusal == UNAUTHENTICATED
    assert alice.status().failed_attempts == 0


def test_a_signature_over_something_else_is_counted(alice, bank):
    answer, _ = alice.renames_itself({"activationName": "x"}, signed=b'{"activationName":"y"}')
    assert answer.refusal == UNAUTHENTICATED
    assert alice.status().failed_attempts == 1
    assert bank.sees(alice)["activationName"] == "Alice's phone"


def test_what_does_not_decrypt_is_not_counted(alice, clock):
    key = alice.temporary_key(activation_scope=True)
    clock.advance(300)
    before = alice.status()
    assert alice.renames_itself({"activationName": "x"}, key=key)[0].refusal == ENVELOPE
    after = alice.status()
    assert (after.failed_attempts, after.counter_byte) == (0, before.counter_byte)


@pytest.mark.parametrize(
    "content", [{}, {"activationName": ""}, {"activationName": "x" * 256}, {"name": "x"}]
)
def test_a_name_that_cannot_be_is_refused_before_the_signature(alice, content):
    alice.forget_pin()
    assert alice.renames_itself(content)[0].refusal == ENVELOPE
    assert alice.status().failed_attempts == 0


def test_a_blocked_activation_neither_tells_nor_changes_anything(alice, bank):
    alice.make_token(PK)
    bank("/activation/block", activationId=alice.activation_id)
    assert alice.activation_detail()[0].refusal == UNAUTHENTICATED
    assert alice.renames_itself({"activationName": "x"})[0].refusal == UNAUTHENTICATED
    assert alice.status().failed_attempts == 0
