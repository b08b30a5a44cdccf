"""The SDK alone, with a network in between: the vault, the PIN, removal, and the ways into an activation.

What a server has to be configured for is asked of the sandbox only.
"""

import uuid
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.integration.servers import TIMEOUT_S, Servers
from tests.support.bank import Bank
from webapp.mtoken.encryptors import EncryptorScope
from webapp.mtoken.errors import RefusedByServer
from webapp.mtoken.http import HttpTransport
from webapp.mtoken.oidc import OidcSignIn
from webapp.mtoken.power_auth import PowerAuth, PowerAuthConfiguration
from webapp.mtoken.transport import Headers, Request
from webapp.powerauth.activation_code import parse_activation_code
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.identity import Identity
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.powerauth.status import ActivationStatus
from webapp.randomness import system_random

PIN, NEW_PIN, WRONG_PIN = "2580", "8642", "1379"
BY_PIN = PowerAuthAuthentication.password(PIN)
BACK = "https://assent.example/signed-in"


@pytest.fixture
def transport():
    transport = HttpTransport(connect_timeout_s=5, read_timeout_s=TIMEOUT_S, total_timeout_s=TIMEOUT_S)
    yield transport
    transport.close()


@pytest.fixture
def make_client(servers: Servers, sdk_configuration, transport):
    configuration = PowerAuthConfiguration(servers.enrollment_url, SdkConfiguration.parse(sdk_configuration))
    return lambda: PowerAuth(configuration, transport)


@pytest.fixture
def user_id():
    return f"bob-{uuid.uuid4()}"


@pytest.fixture
def newcomer(make_client) -> PowerAuth:
    return make_client()


@pytest.fixture
def bob(newcomer: PowerAuth, bank: Bank, user_id) -> PowerAuth:
    """An activation with the PIN, committed by the bank."""
    newcomer.create_activation(parse_activation_code(bank.gives_code(user_id).scanned), "script")
    newcomer.commit_activation(PIN)
    bank.commits(newcomer.state.activation_id)
    return newcomer


@pytest.fixture
def configure(newcomer: PowerAuth, bank: Bank):
    """Configure the application; only the sandbox lets itself be configured by a test."""
    if newcomer.fetch_server_status().application_name != "sandbox":
        pytest.skip("this server has a configuration of its own")

    def configure(key, *values):
        asked = {"applicationId": bank.application, "key": key, "values": list(values)}
        bank.admin("/application/config/create", asked)

    return configure


# -- the vault


def test_biometry_is_added_used_and_removed(bob: PowerAuth):
    by_biometry = PowerAuthAuthentication.biometry(bob.add_biometry_factor(PIN))
    token = bob.request_access_token("by biometry", by_biometry)
    assert bob.has_local_token(token.name)
    bob.remove_biometry_factor()
    assert not bob.has_biometry_factor()
    bob.validate_password(PIN)


def test_keys_of_the_application_stay_the_same(bob: PowerAuth):
    first = bob.fetch_encryption_key(BY_PIN, 1)
    assert bob.fetch_encryption_key(BY_PIN, 1) == first != bob.fetch_encryption_key(BY_PIN, 2)
    assert bob.fetch_activation_status().is_in_step


def test_the_bank_verifies_the_device_key(bob: PowerAuth, bank: Bank):
    signed = {
        "activationId": bob.state.activation_id,
        "data": to_base64(b"a contract"),
        "signature": bob.sign_with_device_private_key(BY_PIN, b"a contract"),
    }
    assert bank.admin("/signature/ecdsa/verify", signed)["signatureValid"]


def test_the_vault_stays_shut_for_a_wrong_pin(bob: PowerAuth):
    with pytest.raises(RefusedByServer):
        bob.add_biometry_factor(WRONG_PIN)
    assert bob.fetch_activation_status().remaining_attempts == 4
    bob.add_biometry_factor(PIN)
    assert bob.fetch_activation_status().remaining_attempts == 5


# -- the PIN


def test_another_pin(bob: PowerAuth):
    with pytest.raises(RefusedByServer):
        bob.change_password(WRONG_PIN, NEW_PIN)
    bob.validate_password(PIN)
    bob.change_password(PIN, NEW_PIN)
    bob.validate_password(NEW_PIN)
    with pytest.raises(RefusedByServer):
        bob.validate_password(PIN)
    assert bob.fetch_activation_status().remaining_attempts == 4


# -- leaving


def test_removal_with_the_pin(bob: PowerAuth, bank: Bank):
    with pytest.raises(RefusedByServer):
        bob.remove_activation(PowerAuthAuthentication.password(WRONG_PIN))
    bob.remove_activation(BY_PIN)
    assert bank.activation(bob.state.activation_id)["activationStatus"] == "REMOVED"
    assert bob.fetch_activation_status().status is ActivationStatus.REMOVED
    bob.remove_activation_local()
    assert bob.can_start_activation()


# -- ways in


def test_a_code_with_a_one_time_password(newcomer: PowerAuth, bank: Bank, user_id):
    offer = bank.gives_code(user_id, commitPhase="ON_KEY_EXCHANGE", activationOtp="31415926")
    code = parse_activation_code(offer.scanned)
    with pytest.raises(RefusedByServer):
        newcomer.create_activation(code, "script", otp="27182818")
    newcomer.create_activation(code, "script", otp="31415926")
    newcomer.commit_activation(PIN)
    newcomer.validate_password(PIN)


def test_credentials_of_a_customer(newcomer: PowerAuth, bank: Bank, configure, user_id):
    credentials = {"username": user_id, "password": "correct horse"}
    configure("sandbox_customers", {"userId": user_id, "attributes": credentials})
    with pytest.raises(RefusedByServer):
        newcomer.create_activation(Identity.of_attributes(credentials | {"password": "x"}), "script")
    newcomer.create_activation(Identity.of_attributes(credentials), "script")
    newcomer.commit_activation(PIN)
    known = bank.activation(newcomer.state.activation_id)
    assert (known["userId"], known["activationStatus"]) == (user_id, "PENDING_COMMIT")
    bank.commits(newcomer.state.activation_id)
    newcomer.validate_password(PIN)


def test_a_recovery_code(make_client, bank: Bank, configure, user_id):
    asked = {"applicationId": bank.application, "activationRecoveryEnabled": True}
    bank.admin("/recovery/config/update", asked)
    lost, found = make_client(), make_client()
    code = parse_activation_code(bank.gives_code(user_id).scanned)
    given = lost.create_activation(code, "lost").recovery
    lost.commit_activation(PIN)
    bank.commits(lost.state.activation_id)
    assert lost.activation_recovery_data(BY_PIN) == given
    found.create_activation(Identity.of_recovery(given.code, given.puk), "found")
    found.commit_activation(NEW_PIN)
    found.validate_password(NEW_PIN)
    assert lost.fetch_activation_status().status is ActivationStatus.REMOVED
    bank.admin("/recovery/config/update", {"applicationId": bank.application})


def test_signing_in_at_a_provider(newcomer: PowerAuth, servers: Servers, bank: Bank, configure, user_id):
    configure(
        "oauth2_providers",
        {
            "providerId": "sandbox",
            "clientId": "assent",
            "clientSecret": "not so secret",
            "scopes": "openid",
            "issuerUri": f"{servers.enrollment_url}/oidc",
            "authorizeUri": f"{servers.enrollment_url}/oidc/authorize",
            "redirectUri": BACK,
            "pkceEnabled": True,
        },
    )
    sign_in = OidcSignIn.begin(newcomer.fetch_oidc_configuration("sandbox"), random=system_random)
    asked = requests.get(sign_in.authorization_url, timeout=TIMEOUT_S)
    assert "Who are you?" in asked.text
    answer = requests.get(
        sign_in.authorization_url,
        params={"login_hint": user_id},
        timeout=TIMEOUT_S,
        allow_redirects=False,
    )
    back = urlsplit(answer.headers["Location"])
    query = {name: value[0] for name, value in parse_qs(back.query).items()}
    newcomer.create_activation(sign_in.identity(query), "script")
    newcomer.commit_activation(PIN)
    known = bank.activation(newcomer.state.activation_id)
    assert (known["userId"], known["activationStatus"]) == (user_id, "ACTIVE")


# -- the rest


def test_the_detail_of_the_activation(bob: PowerAuth):
    assert bob.fetch_activation_detail(BY_PIN).name == "script"


def test_a_get_with_parameters(bob: PowerAuth, transport: HttpTransport):
    header = bob.request_get_signature(BY_PIN, "/pa/signature/validate", {"b": "\u010d \u00fd", "a": "1"})
    url = f"{bob.configuration.base_url}/pa/v3/signature/validate?b=%C4%8D+%C3%BD&a=1"
    assert transport.send(Request("GET", url, Headers(dict([header])))).status == 200


def test_a_token_is_removed(bob: PowerAuth):
    bob.request_access_token("mine", PowerAuthAuthentication.possession())
    bob.remove_access_token("mine", PowerAuthAuthentication.possession())
    assert bob.local_tokens() == ()


def test_an_encrypted_question(bob: PowerAuth, transport: HttpTransport, user_id, configure):
    message = bob.encryptor(EncryptorScope.ACTIVATION).encrypt_request(b"{}")
    sent = Headers({"Content-Type": "application/json", **dict([message.header])})
    url = f"{bob.configuration.base_url}/pa/v3/user/info"
    answer = transport.send(Request("POST", url, sent, message.body))
    assert user_id.encode() in message.decryptor.decrypt_response(answer.body)
    assert bob.fetch_user_info().subject == user_id
