"""Signing in at the sandbox's own OpenID provider, and everything that is no sign-in."""

import hashlib
import html
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask

from tests.sandbox.device import Device
from webapp.powerauth.encoding import to_base64url
from webapp.powerauth.status import ActivationStatus
from webapp.sandbox.errors import AdminError, ProtocolError
from webapp.sandbox.oidc_pages import provider_pages

REFUSED = (400, "ERR_ACTIVATION")
BACK = "https://assent.example/activation/signed-in?from=bank"
PROVIDER = {
    "providerId": "sandbox",
    "clientId": "assent",
    "clientSecret": "not so secret",
    "scopes": "openid profile",
    "issuerUri": "https://sandbox.example/oidc",
    "authorizeUri": "https://sandbox.example/oidc/authorize",
    "redirectUri": BACK,
    "pkceEnabled": True,
}
VERIFIER = "a-verifier-of-at-least-forty-three-characters"
CHALLENGE = to_base64url(hashlib.sha256(VERIFIER.encode()).digest())
QUERY = {
    "response_type": "code",
    "client_id": "assent",
    "redirect_uri": BACK,
    "scope": "openid profile",
    "state": "a state",
    "nonce": "a nonce",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


@pytest.fixture
def phone(backend, clock):
    return Device(backend, clock)


@pytest.fixture
def provider(bank):
    bank.configures("oauth2_providers", PROVIDER)


def answered(url):
    """The query of the redirect."""
    assert url.startswith(f"{BACK}&")
    return {name: value[0] for name, value in parse_qs(urlsplit(url).query).items()}


def signs_in(backend, user="alice", **changes):
    query = {name: value for name, value in (QUERY | changes).items() if value is not None}
    return answered(backend.authorize(query, user))


def activates(phone, code, **changes):
    attributes = {
        "method": "oidc",
        "providerId": "sandbox",
        "code": code,
        "nonce": "a nonce",
        "codeVerifier": VERIFIER,
    } | changes
    given = {name: value for name, value in attributes.items() if value is not None}
    return phone.introduces_itself("DIRECT", **given)


def test_whoever_signs_in_gets_an_active_activation(backend, phone, bank, provider):
    answer = signs_in(backend)
    assert answer["state"] == "a state"
    assert activates(phone, answer["code"]).status == 200
    assert phone.status().status is ActivationStatus.ACTIVE
    assert bank.sees(phone)["userId"] == "alice"
    assert phone.validate().status == 200


def test_nothing_of_it_exists_unless_it_is_configured(backend, phone):
    with pytest.raises(ProtocolError):
        backend.authorize(QUERY, "alice")
    assert activates(phone, "some code").refusal == REFUSED


def test_a_code_works_once(backend, clock, phone, provider):
    code = signs_in(backend)["code"]
    assert activates(phone, code).status == 200
    assert activates(Device(backend, clock), code).refusal == REFUSED


def test_a_code_is_good_for_a_minute(backend, clock, phone, provider):
    code = signs_in(backend)["code"]
    clock.advance(60)
    assert activates(phone, code).refusal == REFUSED


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"codeVerifier": "another"},
        {"codeVerifier": None},
        {"providerId": "another"},
        {"code": "another"},
        {"more": "x"},
    ],
    ids=str,
)
def test_one_wrong_attribute_and_nobody_has_signed_in(backend, phone, bank, provider, changes):
    code = signs_in(backend)["code"]
    assert activates(phone, **({"code": code} | changes)).refusal == REFUSED
    assert bank("/activation/list", userId="alice")["activations"] == []


def test_without_pkce_a_verifier_is_neither_needed_nor_taken(backend, phone, clock, bank):
    bank.configures("oauth2_providers", PROVIDER | {"pkceEnabled": False})
    plain = {"code_challenge": None, "code_challenge_method": None}
    assert activates(phone, signs_in(backend, **plain)["code"]).refusal == REFUSED
    assert activates(phone, signs_in(backend, **plain)["code"], codeVerifier=None).status == 200


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"nonce": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"user": ""}, "access_denied"),
        ({"user": "x" * 256}, "access_denied"),
    ],
    ids=str,
)
def test_a_request_that_is_not_by_the_book_comes_back_with_an_error(backend, provider, changes, error):
    assert signs_in(backend, **changes) == {"from": "bank", "error": error, "state": "a state"}


@pytest.mark.parametrize(
    "changes", [{"client_id": "another"}, {"redirect_uri": "https://evil.example/"}], ids=str
)
@pytest.mark.parametrize("user", ["alice", None])
def test_nobody_is_sent_to_an_address_that_is_not_the_clients(backend, provider, changes, user):
    with pytest.raises(ProtocolError):
        backend.authorize(QUERY | changes, user)


def test_the_client_is_told_where_people_sign_in(phone, provider):
    envelope, exchange = phone.close(
        "/pa/generic/application", {"providerId": "sandbox"}, phone.temporary_key()
    )
    answer, content = phone.opened(phone.send("/api/config/oidc", envelope, phone.encryption()), exchange)
    public = {name: value for name, value in PROVIDER.items() if name not in ("clientSecret", "issuerUri")}
    assert content == {"status": "OK", "responseObject": public}
    assert b"secret" not in answer.raw


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"providerId": "another"}, (400, "APPLICATION_CONFIGURATION_ERROR")),
        ({}, (400, "ERR_ENCRYPTION")),
        ({"providerId": "sandbox", "more": 1}, (400, "ERR_ENCRYPTION")),
    ],
    ids=str,
)
def test_other_questions_about_providers(phone, provider, asked, refusal):
    envelope, _ = phone.close("/pa/generic/application", asked, phone.temporary_key())
    assert phone.send("/api/config/oidc", envelope, phone.encryption()).refusal == refusal


@pytest.mark.parametrize("missing", ["providerId", "clientId", "clientSecret", "redirectUri", "issuerUri"])
def test_a_provider_that_lacks_something_is_not_configured(bank, missing):
    with pytest.raises(AdminError) as refused:
        bank.configures(
            "oauth2_providers", {name: value for name, value in PROVIDER.items() if name != missing}
        )
    assert refused.value.code == "ERR0024"


@pytest.fixture
def browser(backend, provider):
    app = Flask("test")
    app.register_blueprint(provider_pages(backend), url_prefix="/oidc")
    return app.test_client()


def test_the_page_asks_who_signs_in_and_carries_the_request_along(browser):
    hostile = QUERY | {"state": '"><script>alert(1)</script>'}
    page = browser.get("/oidc/authorize?" + urlencode(hostile))
    assert page.status_code == 200
    assert "<script>" not in page.text
    fields = {
        name: html.unescape(value)
        for name, value in re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page.text)
    }
    assert fields == hostile
    answer = browser.get("/oidc/authorize?" + urlencode(fields | {"login_hint": "alice"}))
    assert answer.status_code == 303
    assert answered(answer.location)["state"] == hostile["state"]


def test_the_page_sends_nobody_to_a_stranger(browser):
    stranger = QUERY | {"redirect_uri": "https://evil.example/", "login_hint": "alice"}
    answer = browser.get("/oidc/authorize?" + urlencode(stranger))
    assert (answer.status_code, answer.location) == (400, None)
