"""Encryption for the application's own endpoints, in both scopes."""

import json
from dataclasses import replace

import pytest

from tests.mtoken.token_world import PIN, URL
from tests.support.wire import refused
from webapp.mtoken.encryptors import EncryptorScope
from webapp.mtoken.errors import InvalidActivationError, NotSent, RefusedByServer
from webapp.mtoken.transport import Headers, Request
from webapp.powerauth.errors import EnvelopeInvalid
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.headers import AUTHORIZATION, ENCRYPTION

APPLICATION, ACTIVATION = EncryptorScope.APPLICATION, EncryptorScope.ACTIVATION
# Endpoints of the sandbox that know nothing but the scope: an application's own look the same.
ENDPOINTS = {APPLICATION: "/api/config/oidc", ACTIVATION: "/pa/v3/user/info"}
QUESTIONS = {APPLICATION: b'{"providerId":"sandbox"}', ACTIVATION: b"{}"}


@pytest.fixture(params=EncryptorScope, ids=lambda scope: scope.name.lower())
def scope(request):
    return request.param


@pytest.fixture(autouse=True)
def provider(world):
    uris = dict.fromkeys(("issuerUri", "authorizeUri", "redirectUri"), "https://sandbox.example/")
    world.configures(
        "oauth2_providers", {"providerId": "sandbox", "clientId": "x", "clientSecret": "y", **uris}
    )


def sends(world, path, body, *headers):
    given = Headers({"Content-Type": "application/json", **dict(headers)})
    return world.wire.send(Request("POST", URL + path, given, body))


def asks(world, scope, message):
    return sends(world, ENDPOINTS[scope], message.body, message.header)


def test_a_question_and_its_answer(world, alice, scope):
    encryptor = alice.encryptor(scope)
    assert encryptor.can_encrypt_request
    message = encryptor.encrypt_request(QUESTIONS[scope])
    answer = asks(world, scope, message)
    assert answer.status == 200
    content = json.loads(message.decryptor.decrypt_response(answer.body))
    assert content == {"sub": "Alice"} or content["responseObject"]["providerId"] == "sandbox"
    assert b"sandbox" not in message.body + answer.body


def test_one_encryptor_serves_many_requests_and_a_decryptor_one_response(world, alice, scope):
    encryptor = alice.encryptor(scope)
    first, second = (encryptor.encrypt_request(QUESTIONS[scope]) for _ in range(2))
    answers = [asks(world, scope, message).body for message in (first, second)]
    assert first.decryptor.can_decrypt_response
    assert first.decryptor.decrypt_response(answers[0])
    assert not first.decryptor.can_decrypt_response
    with pytest.raises(EnvelopeInvalid, match="one response"):
        first.decryptor.decrypt_response(answers[0])
    with pytest.raises(EnvelopeInvalid):
        second.decryptor.decrypt_response(answers[0])


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"{}", b"\xff", b"[" * 100_000, b'{"mac":1}'])
def test_an_answer_that_is_no_envelope(alice, scope, body):
    decryptor = alice.encryptor(scope).encrypt_request(b"").decryptor
    with pytest.raises(EnvelopeInvalid):
        decryptor.decrypt_response(body)


def test_the_header_names_the_scope(alice, scope):
    name, value = alice.encryptor(scope).encrypt_request().header
    assert name == ENCRYPTION
    assert (alice.state.activation_id in value) is (scope is ACTIVATION)


def test_one_scope_does_not_open_the_other(world, alice, scope):
    other = ACTIVATION if scope is APPLICATION else APPLICATION
    message = alice.encryptor(scope).encrypt_request(QUESTIONS[other])
    assert asks(world, other, message).status == 400


def test_without_an_activation_there_is_the_application_alone(world):
    newcomer = world.newcomer()
    assert newcomer.encryptor(APPLICATION).can_encrypt_request
    assert newcomer.encryptor(APPLICATION).encrypt_request().body
    encryptor = newcomer.encryptor(ACTIVATION)
    assert not encryptor.can_encrypt_request
    with pytest.raises(InvalidActivationError):
        encryptor.encrypt_request()


def test_without_a_key_from_the_server_there_is_no_message(world, alice, scope):
    world.wire.breaks("/keystore/create", refused)
    encryptor = alice.encryptor(scope)
    encryptor.forget_key()
    with pytest.raises(NotSent):
        encryptor.encrypt_request()


def test_a_removed_activation_gets_no_key(world, alice):
    world.bank.removes(alice.state.activation_id)
    with pytest.raises(RefusedByServer) as caught:
        alice.encryptor(ACTIVATION).encrypt_request()
    assert caught.value.code == "ERR_TEMPORARY_KEY"


def test_the_key_of_the_application_is_kept_until_it_is_forgotten(world, alice):
    encryptor = alice.encryptor(APPLICATION)

    def fetched(act):
        before = len(world.wire.sent("/keystore/create"))
        act()
        return len(world.wire.sent("/keystore/create")) - before

    encryptor.encrypt_request()
    assert fetched(encryptor.encrypt_request) == 0
    encryptor.forget_key()
    assert fetched(encryptor.encrypt_request) == 1
    world.clock.advance(291)
    assert fetched(encryptor.encrypt_request) == 1, "it would be over in less than ten seconds"


def test_every_version_encrypts(any_version):
    for scope in EncryptorScope:
        assert any_version.alice.encryptor(scope).encrypt_request(b"{}").body
    message = any_version.alice.encryptor(ACTIVATION).encrypt_request(b"{}")
    answer = asks(any_version, ACTIVATION, message)
    assert json.loads(message.decryptor.decrypt_response(answer.body)) == {"sub": "Alice"}


def test_signed_and_encrypted_the_signature_covers_the_plaintext(world, alice):
    """How an application's own endpoint that wants both is called; here it is the one that renames."""
    plaintext = b'{"activationName":"Kitchen"}'
    with alice.exclusive():
        message = alice.encryptor(ACTIVATION).encrypt_request(plaintext)
        header = alice.request_signature(
            PowerAuthAuthentication.password(PIN), "POST", "/pa/activation/rename", plaintext
        )
        assert header[0] == AUTHORIZATION
        answer = sends(world, "/pa/v3/activation/rename", message.body, header)
    content = json.loads(message.decryptor.decrypt_response(answer.body))
    assert content["responseObject"]["activationName"] == "Kitchen"


def test_keys_and_bodies_stay_out_of_repr(alice, scope):
    message = alice.encryptor(scope).encrypt_request(b"CANARY")
    assert "encryptedData" not in repr(message)
    assert replace(message, body=b"").header == message.header
