"""What the vault key opens: biometry set up later, the application's own keys, the device key."""

import json
from dataclasses import replace

import pytest

from tests.mtoken.token_world import PIN, WRONG_PIN, make_world
from tests.support.wire import answer_lost, html_page, refused, silence
from webapp.mtoken.errors import AnswerLost, NotSent, RefusedByServer
from webapp.mtoken.keeper import MemoryKeeper
from webapp.mtoken.power_auth import PowerAuth
from webapp.powerauth.activation_code import parse_activation_code
from webapp.powerauth.ecc import read_public
from webapp.powerauth.encoding import from_base64url, to_base64
from webapp.powerauth.errors import EnvelopeInvalid, FactorMissing
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.protocol import SignatureType
from webapp.powerauth.status import ActivationStatus
from webapp.powerauth.temporary_key import read_es256
from webapp.sandbox.settings import SandboxSettings

UNLOCK = "/vault/unlock"
BY_PIN = PowerAuthAuthentication.password(PIN)
POSSESSION = PowerAuthAuthentication.possession()
BIOMETRY_KEY = bytes(range(16))
BY_BIOMETRY = PowerAuthAuthentication.biometry(BIOMETRY_KEY)
USES = {
    "biometry": lambda alice, by: alice.add_biometry_factor(by.secret, BIOMETRY_KEY),
    "encryption key": lambda alice, by: alice.fetch_encryption_key(by, 7),
    "signature": lambda alice, by: alice.sign_with_device_private_key(by, b"a contract"),
    "JWT": lambda alice, by: alice.sign_jwt_with_device_private_key(by, {"a": 1}),
}


@pytest.fixture(params=USES.values(), ids=USES.keys())
def use(request):
    return request.param


def enrolled_again(world, **how):
    """A second activation of Alice's."""
    alice = world.newcomer()
    alice.create_activation(parse_activation_code(world.bank.gives_code("Alice").scanned), "x")
    alice.commit_activation(PIN, **how)
    world.bank.commits(alice.state.activation_id)
    return alice


def is_signed_by_device(world, content, signature):
    asked = {"activationId": world.alice.state.activation_id, "signature": signature}
    return world.sandbox.admin("/signature/ecdsa/verify", {**asked, "data": to_base64(content)})[
        "signatureValid"
    ]


# -- biometry


def test_biometry_is_added_with_the_pin_and_then_signs(world, alice):
    assert not alice.has_biometry_factor()
    assert alice.add_biometry_factor(PIN, BIOMETRY_KEY) == BIOMETRY_KEY
    assert alice.has_biometry_factor()
    payment = world.bank.offers("Alice", "payment")
    (operation,) = world.token.operations.pending_list().response_object
    assert world.token.operations.authorize(operation, BY_BIOMETRY).status == "OK"
    assert world.bank.status(payment) == "APPROVED"
    assert alice.fetch_activation_status().is_in_step


def test_every_version_adds_biometry(any_version):
    alice = any_version.alice
    by = PowerAuthAuthentication.biometry(alice.add_biometry_factor(PIN))
    alice.remove_activation(by)
    assert alice.peek_activation_status().status is ActivationStatus.REMOVED


def test_a_random_key_is_made_where_none_is_brought(alice):
    first, second = alice.add_biometry_factor(PIN), alice.add_biometry_factor(PIN)
    assert first != second
    assert len(first) == 16
    assert to_base64(second).encode() not in alice.state.to_bytes()


def test_the_key_is_the_one_of_the_enrolment(world):
    alice = enrolled_again(world, biometry_key=BIOMETRY_KEY)
    at_enrolment = alice.state.biometry
    alice.remove_biometry_factor()
    alice.add_biometry_factor(PIN, BIOMETRY_KEY)
    assert alice.state.biometry == at_enrolment


def test_removing_it_is_a_matter_of_this_side_alone(world, alice):
    alice.add_biometry_factor(PIN, BIOMETRY_KEY)
    sent = len(world.wire.requests)
    alice.remove_biometry_factor()
    assert not alice.has_biometry_factor()
    assert len(world.wire.requests) == sent
    with pytest.raises(FactorMissing):
        alice.request_signature(BY_BIOMETRY, "POST", "/x", b"")
    alice.add_biometry_factor(PIN, BIOMETRY_KEY)
    assert alice.has_biometry_factor()


def test_what_is_remembered_about_the_key_comes_and_goes_with_it(alice):
    alice.add_biometry_factor(PIN, BIOMETRY_KEY, context=b"a passkey")
    assert alice.state.biometry_context == b"a passkey"
    alice.remove_biometry_factor()
    assert alice.state.biometry_context is None


def test_adding_keeps_what_was_there_until_it_worked(alice):
    alice.add_biometry_factor(PIN, BIOMETRY_KEY)
    before = alice.state.biometry
    with pytest.raises(RefusedByServer):
        alice.add_biometry_factor(WRONG_PIN, bytes(15) + b"\1")
    assert alice.state.biometry == before


@pytest.mark.parametrize("key", [b"", bytes(16), bytes(15), bytes(range(17))], ids=len)
def test_a_key_that_cannot_be_one_is_refused_before_anything_is_sent(world, alice, key):
    before = alice.state
    with pytest.raises(ValueError, match="16 bytes"):
        alice.add_biometry_factor(PIN, key)
    assert alice.state == before
    assert not world.wire.sent(UNLOCK)


# -- the application's own keys, and the device key


def test_an_encryption_key_is_the_same_every_time_and_differs_by_index(alice):
    keys = [alice.fetch_encryption_key(BY_PIN, index) for index in (0, 1, 2**64 - 1, 1)]
    assert [len(key) for key in keys] == [16] * 4
    assert keys[1] == keys[3]
    assert len(set(keys)) == 3


@pytest.mark.parametrize("index", [-1, 2**64])
def test_an_index_that_no_key_has(world, alice, index):
    with pytest.raises(ValueError, match="index"):
        alice.fetch_encryption_key(BY_PIN, index)
    assert not world.wire.sent(UNLOCK)


def test_the_bank_verifies_what_the_device_key_has_signed(world, alice):
    signature = alice.sign_with_device_private_key(BY_PIN, b"a contract")
    assert is_signed_by_device(world, b"a contract", signature)
    assert not is_signed_by_device(world, b"another contract", signature)


def test_a_jwt_of_the_device_key(alice):
    claims = {"contract": 7, "by": "Alice"}
    jwt = alice.sign_jwt_with_device_private_key(BY_PIN, claims)
    assert json.loads(from_base64url(jwt.split(".")[0])) == {"alg": "ES256", "typ": "JWT"}
    assert read_es256(read_public(alice.state.device_public_key), jwt) == claims


def test_every_version_opens_the_vault(any_version):
    signature = any_version.alice.sign_with_device_private_key(BY_PIN, b"x")
    assert is_signed_by_device(any_version, b"x", signature)
    assert any_version.alice.fetch_activation_status().remaining_attempts == 5


# -- what may happen on the way


def test_a_wrong_pin_costs_an_attempt_and_changes_nothing(alice, use):
    before = alice.state
    with pytest.raises(RefusedByServer) as refusal:
        use(alice, PowerAuthAuthentication.password(WRONG_PIN))
    assert refusal.value.http_status == 401
    assert alice.fetch_activation_status().remaining_attempts == 4
    assert (alice.state.knowledge, alice.state.biometry) == (before.knowledge, None)
    use(alice, BY_PIN)
    assert alice.fetch_activation_status().remaining_attempts == 5


@pytest.mark.parametrize(
    ("fault", "caught"),
    [(refused, NotSent), (silence, AnswerLost), (answer_lost, AnswerLost), (html_page, AnswerLost)],
    ids=["refused", "silence", "answer lost", "proxy"],
)
def test_after_a_lost_answer_nothing_has_changed_and_it_can_be_repeated(world, alice, use, fault, caught):
    world.wire.breaks(UNLOCK, fault, times=1)
    with pytest.raises(caught):
        use(alice, BY_PIN)
    assert alice.state.biometry is None
    use(alice, BY_PIN)
    report = alice.fetch_activation_status()
    assert (report.is_in_step, report.remaining_attempts) == (True, 5)


def test_without_a_key_from_the_server_nothing_is_signed(world, alice, use):
    before = alice.state
    world.wire.breaks("/keystore/create", silence)
    with pytest.raises(NotSent):
        use(alice, BY_PIN)
    assert alice.state == before


def test_a_blocked_activation_opens_nothing_and_loses_no_attempt(world, alice, use):
    world.bank.blocks(alice.state.activation_id)
    with pytest.raises(RefusedByServer):
        use(alice, BY_PIN)
    world.bank.unblocks(alice.state.activation_id)
    use(alice, BY_PIN)
    assert alice.fetch_activation_status().is_in_step


def test_an_empty_pin_sends_nothing_that_is_signed(world, alice, use):
    before = alice.state
    with pytest.raises(FactorMissing):
        use(alice, PowerAuthAuthentication(SignatureType.POSSESSION_KNOWLEDGE))
    assert alice.state == before
    assert not world.wire.sent(UNLOCK)


@pytest.mark.parametrize("name", ["encryption key", "signature", "JWT"])
def test_possession_alone_is_not_asked_for(world, alice, name):
    with pytest.raises(ValueError, match="two factors"):
        USES[name](alice, POSSESSION)
    assert not world.wire.sent(UNLOCK)


def test_biometry_that_is_not_set_up_sends_nothing_that_is_signed(world, alice):
    before = alice.state
    with pytest.raises(FactorMissing):
        alice.fetch_encryption_key(BY_BIOMETRY, 1)
    assert alice.state == before
    assert not world.wire.sent(UNLOCK)


def test_biometry_opens_the_vault_only_where_the_server_allows_it(alice, tmp_path):
    alice.add_biometry_factor(PIN, BIOMETRY_KEY)
    with pytest.raises(RefusedByServer) as refusal:
        alice.fetch_encryption_key(BY_BIOMETRY, 1)
    assert (refusal.value.http_status, refusal.value.code) == (400, "ERR_SECURE_VAULT")
    assert alice.fetch_activation_status().remaining_attempts == 5
    (tmp_path / "other").mkdir()
    other = make_world(tmp_path / "other", settings=SandboxSettings(vault_by_biometry=True)).alice
    other.add_biometry_factor(PIN, BIOMETRY_KEY)
    assert other.fetch_encryption_key(BY_BIOMETRY, 1) == other.fetch_encryption_key(BY_PIN, 1)


@pytest.mark.parametrize("name", ["biometry", "signature", "JWT"])
def test_a_state_that_was_mixed_up_is_noticed(world, alice, name):
    """Somebody restored the device key of another activation."""
    mixed = replace(alice.state, device_private_key=enrolled_again(world).state.device_private_key)
    copy = PowerAuth(alice.configuration, world.wire, MemoryKeeper(mixed), clock=world.clock)
    with pytest.raises(EnvelopeInvalid):
        USES[name](copy, BY_PIN)
    assert copy.state.biometry is None


def test_an_answer_that_is_no_vault_key_changes_nothing(world, alice, use):
    def altered(request, transport):
        answer = transport.send(request)
        envelope = json.loads(answer.body)
        envelope["mac"] = to_base64(bytes(32))
        return replace(answer, body=json.dumps(envelope).encode())

    world.wire.breaks(UNLOCK, altered)
    with pytest.raises(AnswerLost):
        use(alice, BY_PIN)
    assert alice.state.biometry is None
