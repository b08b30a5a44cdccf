"""A tiny OpenID provider for the demo and for tests: whoever says who they are is believed.

It knows the clients that applications are configured with (`oauth2_providers`) and answers them by the
book otherwise: exact redirect URI, one use per authorization code, a minute's time, PKCE S256.

Source: RFC 6749, section 4.1; RFC 7636; OpenID Connect Core, section 3.1.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode, urlsplit

from webapp.powerauth import ecc
from webapp.powerauth.encoding import from_base64, to_base64, to_base64url
from webapp.powerauth.temporary_key import sign_es256
from webapp.sandbox import configuration
from webapp.sandbox.errors import ProtocolError
from webapp.sandbox.members import Members
from webapp.sandbox.store import Transaction, find_note, keep_note
from webapp.sandbox.surroundings import Surroundings

_KEY_NOTE: Final = "oidc-provider-key"
_SECRET_BYTES: Final = 32
_CODE_VALIDITY_MS: Final = 60_000
_TOKEN_VALIDITY_S: Final = 300
_LONGEST_USER_ID: Final = 255


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an authorization code is exchanged for."""

    id_token: str = field(repr=False)
    access_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CodeExchange:
    """A client's request for tokens."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    code: str = field(repr=False)
    code_verifier: str | None = field(repr=False)


def check_client(transaction: Transaction, query: Mapping[str, str]) -> None:
    """Whether a client that we know asks, and its own address is to get the answer.

    Raises:
        ProtocolError: it is not, so nobody may be sent there.
    """
    client = _client(transaction, query.get("client_id", ""))
    if client is None or client.text("redirectUri", longest=2000) != query.get("redirect_uri"):
        raise ProtocolError("unknown client, or another redirect URI")


def authorize(
    surroundings: Surroundings, transaction: Transaction, query: Mapping[str, str], user_id: str
) -> str:
    """Where to send the browser of somebody who has signed in: with a code, or with an error.

    Raises:
        ProtocolError: not to be sent anywhere (`check_client`).
    """
    check_client(transaction, query)
    error = _error(transaction, query, user_id)
    if error is not None:
        return _answer(query, error=error)
    code = to_base64url(surroundings.random(_SECRET_BYTES))
    transaction.execute(
        "INSERT INTO oidc_grant (code, client_id, redirect_uri, user_id, nonce, code_challenge, expires_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            code,
            query["client_id"],
            query["redirect_uri"],
            user_id,
            query["nonce"],
            query.get("code_challenge"),
            surroundings.clock.now_ms() + _CODE_VALIDITY_MS,
        ),
    )
    return _answer(query, code=code)


def exchange_code(surroundings: Surroundings, transaction: Transaction, asked: CodeExchange) -> Tokens:
    """Tokens for an authorization code, once.

    Raises:
        ProtocolError: unknown client, code unknown, used or over, or not this client's; wrong verifier.
    """
    client = _client(transaction, asked.client_id)
    if client is None or not hmac.compare_digest(
        client.text("clientSecret").encode(), asked.client_secret.encode()
    ):
        raise ProtocolError("unknown client")
    # Whatever is wrong with the rest of the request, the code is gone.
    grant = transaction.execute("DELETE FROM oidc_grant WHERE code = ? RETURNING *", (asked.code,)).fetchone()
    now_ms = surroundings.clock.now_ms()
    if grant is None or grant["expires_ms"] <= now_ms:
        raise ProtocolError("authorization code unknown, used or over")
    if (grant["client_id"], grant["redirect_uri"]) != (asked.client_id, asked.redirect_uri):
        raise ProtocolError("authorization code of another client")
    if grant["code_challenge"] != _challenge(asked.code_verifier):
        raise ProtocolError("code verifier missing, wrong, or not expected")
    access_token = to_base64url(surroundings.random(_SECRET_BYTES))
    claims = {
        "iss": client.text("issuerUri", longest=2000),
        "sub": grant["user_id"],
        "aud": asked.client_id,
        "iat": now_ms // 1000,
        "exp": now_ms // 1000 + _TOKEN_VALIDITY_S,
        "nonce": grant["nonce"],
        "at_hash": to_base64url(hashlib.sha256(access_token.encode()).digest()[:16]),
    }
    return Tokens(sign_es256(_private_key(surroundings, transaction), claims), access_token)


def public_key(surroundings: Surroundings, transaction: Transaction) -> ecc.PublicKey:
    """What the provider's ID tokens are verified with."""
    return _private_key(surroundings, transaction).public_key()


def _private_key(surroundings: Surroundings, transaction: Transaction) -> ecc.PrivateKey:
    kept = find_note(transaction, _KEY_NOTE)
    if kept is not None:
        return ecc.read_private(from_base64(kept))
    private = ecc.generate(surroundings.random)
    keep_note(transaction, _KEY_NOTE, to_base64(ecc.scalar(private)))
    return private


def _client(transaction: Transaction, client_id: str) -> Members | None:
    """The application that calls itself this, as it is configured."""
    configured = configuration.every_value(transaction, configuration.OIDC_PROVIDERS)
    return next((client for client in configured if client.text("clientId") == client_id), None)


def _error(transaction: Transaction, query: Mapping[str, str], user_id: str) -> str | None:
    """The error of RFC 6749, section 4.1.2.1, that this request deserves."""
    if not user_id or len(user_id) > _LONGEST_USER_ID:
        return "access_denied"
    if query.get("response_type") != "code":
        return "unsupported_response_type"
    if "openid" not in query.get("scope", "").split():
        return "invalid_scope"
    client = _client(transaction, query["client_id"])
    needs_challenge = client is not None and client.flag("pkceEnabled", default=False)
    if not query.get("nonce") or ("code_challenge" in query) != needs_challenge:
        return "invalid_request"
    return None if query.get("code_challenge_method", "S256") == "S256" else "invalid_request"


def _answer(query: Mapping[str, str], **members: str) -> str:
    if "state" in query:
        members["state"] = query["state"]
    redirect_uri = query["redirect_uri"]
    return f"{redirect_uri}{'&' if urlsplit(redirect_uri).query else '?'}{urlencode(members)}"


def _challenge(code_verifier: str | None) -> str | None:
    if code_verifier is None:
        return None
    return to_base64url(hashlib.sha256(code_verifier.encode()).digest())
