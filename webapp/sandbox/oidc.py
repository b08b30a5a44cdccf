"""Activations by signing in: which OpenID providers an application has, and what their answers prove.

The only provider that can be reached from here is the sandbox's own (oidc_provider.py).

Source: powerauth.md, section 3.4 (OIDC details); OpenID Connect Core, sections 3.1.3.5 to 3.1.3.8.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from webapp.powerauth import ecies
from webapp.powerauth.encoding import to_base64url
from webapp.powerauth.headers import ENCRYPTION
from webapp.powerauth.received_headers import read_encryption
from webapp.powerauth.temporary_key import read_es256
from webapp.sandbox import configuration, encryption, oidc_provider
from webapp.sandbox.encryption import correspondent
from webapp.sandbox.errors import (
    APPLICATION_CONFIGURATION,
    ENCRYPTION_FAILED,
    EndpointError,
    ProtocolError,
    answered_with,
)
from webapp.sandbox.members import Members
from webapp.sandbox.store import Transaction
from webapp.sandbox.surroundings import Call, Json, Surroundings, ok

_LONGEST_URI: Final = 2000


@dataclass(frozen=True, slots=True)
class Provider:
    """One entry of `oauth2_providers`."""

    provider_id: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: str
    issuer_uri: str
    authorize_uri: str
    redirect_uri: str
    pkce_enabled: bool


def read_provider(members: Members) -> Provider:
    """An entry, or the refusal that the members carry; members that are of no use here are left alone."""
    return Provider(
        provider_id=members.text("providerId"),
        client_id=members.text("clientId"),
        client_secret=members.text("clientSecret"),
        scopes=members.optional_text("scopes") or "openid",
        issuer_uri=members.text("issuerUri", longest=_LONGEST_URI),
        authorize_uri=members.text("authorizeUri", longest=_LONGEST_URI),
        redirect_uri=members.text("redirectUri", longest=_LONGEST_URI),
        pkce_enabled=members.flag("pkceEnabled", default=False),
    )


def oidc_configuration(surroundings: Surroundings, call: Call) -> Json:
    """What a client has to know of a provider."""
    with answered_with(ENCRYPTION_FAILED):
        header = read_encryption(call.headers.get(ENCRYPTION, ""), activation_scope=False)
        with surroundings.store.read() as transaction:
            sender = correspondent(transaction, header.version, header.application_key)
        envelope = encryption.read_envelope(header.version, Members.read(call.body))
        plaintext, exchange = encryption.open_envelope(surroundings, sender, ecies.SH1_APPLICATION, envelope)
        members = Members.read(plaintext)
        members.only("providerId")
        provider_id = members.text("providerId")
    with surroundings.store.read() as transaction:
        provider = _provider(transaction, sender.application.id, provider_id)
    if provider is None:
        raise EndpointError(*APPLICATION_CONFIGURATION, note="no such provider")
    known = {
        "providerId": provider.provider_id,
        "clientId": provider.client_id,
        "scopes": provider.scopes,
        "authorizeUri": provider.authorize_uri,
        "redirectUri": provider.redirect_uri,
        "pkceEnabled": provider.pkce_enabled,
    }
    return encryption.close_answer(surroundings, exchange, ok(known))


def sign_in(
    surroundings: Surroundings, transaction: Transaction, application_id: str, attributes: Members
) -> str:
    """The user whom the provider names for this authorization code.

    Raises:
        ProtocolError, TemporaryKeyInvalid: no such provider, or its answer proves nothing.
    """
    attributes.only("method", "providerId", "code", "nonce", "codeVerifier")
    provider = _provider(transaction, application_id, attributes.text("providerId"))
    if provider is None:
        raise ProtocolError("no such provider")
    verifier = attributes.optional_text("codeVerifier")
    if provider.pkce_enabled and verifier is None:
        raise ProtocolError("a code verifier is missing")
    answer = oidc_provider.exchange_code(
        surroundings,
        transaction,
        oidc_provider.CodeExchange(
            provider.client_id,
            provider.client_secret,
            provider.redirect_uri,
            attributes.text("code"),
            verifier,
        ),
    )
    claims = read_es256(oidc_provider.public_key(surroundings, transaction), answer.id_token)
    _check_claims(claims, provider, attributes.text("nonce"), surroundings.clock.now_ms())
    _check_access_token(claims, answer.access_token)
    return Members.of(claims).text("sub")


def _provider(transaction: Transaction, application_id: str, provider_id: str) -> Provider | None:
    configured = configuration.values(transaction, application_id, configuration.OIDC_PROVIDERS)
    providers = (read_provider(members) for members in configured)
    return next((provider for provider in providers if provider.provider_id == provider_id), None)


def _check_claims(claims: Mapping[str, Any], provider: Provider, nonce: str, now_ms: int) -> None:
    if claims.get("iss") != provider.issuer_uri or claims.get("aud") != provider.client_id:
        raise ProtocolError("an ID token of another provider, or for another client")
    expires = claims.get("exp")
    if type(expires) is not int or expires * 1000 <= now_ms:
        raise ProtocolError("the ID token is over")
    if not hmac.compare_digest(str(claims.get("nonce")).encode(), nonce.encode()):
        raise ProtocolError("an ID token for another sign-in")


def _check_access_token(claims: Mapping[str, Any], access_token: str) -> None:
    """`at_hash` is optional: the left half of the token's SHA-256."""
    expected = to_base64url(hashlib.sha256(access_token.encode()).digest()[:16])
    if claims.get("at_hash", expected) != expected:
        raise ProtocolError("an ID token for another access token")
