"""An activation by signing in at the bank's OpenID provider: authorization code, with PKCE.

    configuration = power_auth.fetch_oidc_configuration("provider")
    sign_in = OidcSignIn.begin(configuration, random=os.urandom)
    …send the browser to sign_in.authorization_url, keep sign_in for this browser alone…
    identity = sign_in.identity(query_parameters_of_the_redirect)
    power_auth.create_activation(identity, "Alice's browser")

Source: powerauth.md, section 3.4; RFC 6749, section 4.1; RFC 7636 (PKCE); OpenID Connect Core, section 3.1.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import urlencode, urlsplit

from webapp.mtoken import standard_api
from webapp.mtoken.client import Client
from webapp.mtoken.errors import AnswerLost
from webapp.mtoken.standard_api import decrypted_object, json_bytes, text_of
from webapp.powerauth.ecies import SH1_APPLICATION
from webapp.powerauth.encoding import to_base64url
from webapp.powerauth.errors import ActivationInvalid
from webapp.powerauth.identity import Identity
from webapp.randomness import Random

_RANDOM_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class OidcConfiguration:
    """Where people sign in, and as whose client."""

    provider_id: str
    client_id: str
    scopes: str
    authorize_uri: str
    redirect_uri: str
    pkce_enabled: bool


@dataclass(frozen=True, slots=True)
class OidcSignIn:
    """One sign-in under way. The three secrets belong to the browser that began it and to no other.

    `code_verifier` is None where the provider does not use PKCE.
    """

    configuration: OidcConfiguration
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    code_verifier: str | None = field(default=None, repr=False)

    @classmethod
    def begin(cls, configuration: OidcConfiguration, *, random: Random) -> Self:
        """With fresh secrets of 256 bits each, 43 characters."""
        state, nonce, verifier = (to_base64url(random(_RANDOM_BYTES)) for _ in range(3))
        return cls(configuration, state, nonce, verifier if configuration.pkce_enabled else None)

    @property
    def authorization_url(self) -> str:
        """Where the browser goes to sign in."""
        configuration = self.configuration
        asked = {
            "response_type": "code",
            "client_id": configuration.client_id,
            "redirect_uri": configuration.redirect_uri,
            "scope": configuration.scopes,
            "state": self.state,
            "nonce": self.nonce,
        }
        if self.code_verifier is not None:
            asked |= {
                "code_challenge": code_challenge(self.code_verifier),
                "code_challenge_method": "S256",
            }
        mark = "&" if urlsplit(configuration.authorize_uri).query else "?"
        return f"{configuration.authorize_uri}{mark}{urlencode(asked)}"

    def identity(self, answer: Mapping[str, str]) -> Identity:
        """Who signed in, from the query with which the provider sent the browser back.

        Raises:
            ActivationInvalid: an answer to another sign-in, a refusal (`error`), or no code.
        """
        if not hmac.compare_digest(answer.get("state", "").encode(), self.state.encode()):
            raise ActivationInvalid("an answer to another sign-in")
        if "error" in answer:
            raise ActivationInvalid("the provider refused")
        if not answer.get("code"):
            raise ActivationInvalid("no authorization code")
        return Identity.of_oidc(
            self.configuration.provider_id, answer["code"], self.nonce, self.code_verifier
        )


def code_challenge(code_verifier: str) -> str:
    """The S256 challenge of a verifier, 43 characters."""
    return to_base64url(hashlib.sha256(code_verifier.encode("ascii")).digest())


class OidcConfigurations(Client):
    """Asks the server for its OpenID providers."""

    def fetch_oidc_configuration(self, provider_id: str) -> OidcConfiguration:
        """The provider of this name.

        Raises:
            RefusedByServer: the server knows no such provider.
            AnswerLost: it could not be read; ask again.
        """
        question = json_bytes({"providerId": provider_id})
        envelope, exchange = self._keys.encrypt_for_application(SH1_APPLICATION, question)
        try:
            answer = self._api.post(
                standard_api.CONFIGURATION_OIDC, json_bytes(envelope), dict([self._keys.header()])
            )
        except Exception:
            self._keys.drop_application()
            raise
        return _read(decrypted_object(exchange, answer).get("responseObject"))


def _read(found: Any) -> OidcConfiguration:
    if not isinstance(found, dict):
        raise AnswerLost("no responseObject")
    authorize_uri = text_of(found, "authorizeUri")
    if urlsplit(authorize_uri).scheme not in ("https", "http"):
        raise AnswerLost("authorizeUri is no address of a page")
    return OidcConfiguration(
        provider_id=text_of(found, "providerId"),
        client_id=text_of(found, "clientId"),
        scopes=text_of(found, "scopes"),
        authorize_uri=authorize_uri,
        redirect_uri=text_of(found, "redirectUri"),
        pkce_enabled=found.get("pkceEnabled") is True,
    )
