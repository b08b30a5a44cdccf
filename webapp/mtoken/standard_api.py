"""The exchanges of `/pa/v3/*` as bare messages: paths, JSON, errors. What they mean is for others.

Source: powerauth.md, sections 4, 6.5, 8 and 12.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from webapp.mtoken.errors import AnswerLost, NotSent, RefusedByServer
from webapp.mtoken.transport import Headers, HttpResponse, Request, Transport
from webapp.powerauth.ecies import Exchange
from webapp.powerauth.encoding import from_base64
from webapp.powerauth.errors import EncodingError, EnvelopeInvalid

STATUS: Final = "/pa/v3/status"
KEYSTORE_CREATE: Final = "/pa/v3/keystore/create"
ACTIVATION_CREATE: Final = "/pa/v3/activation/create"
ACTIVATION_STATUS: Final = "/pa/v3/activation/status"
ACTIVATION_REMOVE: Final = "/pa/v3/activation/remove"
ACTIVATION_DETAIL: Final = "/pa/v3/activation/detail"
ACTIVATION_RENAME: Final = "/pa/v3/activation/rename"
TOKEN_CREATE: Final = "/pa/v3/token/create"  # noqa: S105 - a path
TOKEN_REMOVE: Final = "/pa/v3/token/remove"  # noqa: S105 - a path
SIGNATURE_VALIDATE: Final = "/pa/v3/signature/validate"
VAULT_UNLOCK: Final = "/pa/v3/vault/unlock"
USER_INFO: Final = "/pa/v3/user/info"
RECOVERY_CONFIRM: Final = "/pa/v3/recovery/confirm"
CONFIGURATION_OIDC: Final = "/api/config/oidc"

EMPTY_BODY: Final = b"{}"
_OK = 200
_UNAUTHORIZED = 401
_MOST_PUKS = 1000


def json_bytes(content: object) -> bytes:
    """Compact JSON; the bytes that are signed are the bytes that are sent."""
    return msgspec.json.encode(content)


def request_body(request_object: Mapping[str, object]) -> bytes:
    """Arguments in their frame."""
    return json_bytes({"requestObject": request_object})


class StandardApi:
    """Sends the messages of one server's standard endpoints."""

    def __init__(self, base_url: str, transport: Transport) -> None:
        self._base_url = base_url.rstrip("/")
        self._transport = transport

    def post(self, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Send and take the whole JSON object of a successful answer.

        Raises:
            NotSent, AnswerLost: no usable answer.
            RefusedByServer: the server answered with an error.
        """
        standard = {"Content-Type": "application/json", "Accept": "application/json"}
        request = Request("POST", self._base_url + path, Headers(standard | dict(headers or {})), body)
        return _read(self._transport.send(request))

    def ask(self, path: str, body: bytes) -> dict[str, Any]:
        """Put a question that changes nothing and that nobody signed; take the `responseObject`.

        If no connection comes about it is put once more. Nothing else is ever sent twice: of what was signed
        each copy costs a counter value or an attempt, and whatever may have left may have been done.

        Raises:
            NotSent, AnswerLost, RefusedByServer: as `post`.
        """
        try:
            return self.post_for_object(path, body)
        except NotSent:
            return self.post_for_object(path, body)

    def post_for_object(
        self, path: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Send and take the `responseObject` of a successful answer."""
        content = self.post(path, body, headers).get("responseObject")
        if not isinstance(content, dict):
            raise AnswerLost("no responseObject")
        return content


def text_of(content: Mapping[str, Any], name: str) -> str:
    """A text that the answer must have."""
    value = content.get(name)
    if not isinstance(value, str):
        raise AnswerLost(f"no {name}")
    return value


def _read(response: HttpResponse) -> dict[str, Any]:
    try:
        content = msgspec.json.decode(response.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        content = None
    if response.status == _OK and isinstance(content, dict) and content.get("status") != "ERROR":
        return content
    error = _error(content)
    if error is None and response.status != _UNAUTHORIZED:
        raise AnswerLost(f"HTTP {response.status} without a usable body")
    code, puk_index = (error or {}).get("code"), (error or {}).get("currentRecoveryPukIndex")
    raise RefusedByServer(
        response.status,
        code if isinstance(code, str) else None,
        recovery_puk_index=puk_index if type(puk_index) is int and 0 < puk_index <= _MOST_PUKS else None,
    )


def _error(content: object) -> dict[str, Any] | None:
    """What stands in an ERROR envelope; None when it is none."""
    if not isinstance(content, dict) or content.get("status") != "ERROR":
        return None
    error = content.get("responseObject")
    return error if isinstance(error, dict) else {}


def bytes_of(content: Mapping[str, Any], name: str) -> bytes:
    """Base64 that the answer must have."""
    try:
        return from_base64(text_of(content, name))
    except EncodingError as error:
        raise AnswerLost(f"{name} is not Base64") from error


def decrypted_object(exchange: Exchange, envelope: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON object in an encrypted answer.

    Raises:
        AnswerLost: it does not decrypt, or holds something else.
    """
    try:
        content = msgspec.json.decode(exchange.decrypt_response(envelope))
    except (EnvelopeInvalid, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AnswerLost("the encrypted answer cannot be read") from error
    if not isinstance(content, dict):
        raise AnswerLost("the encrypted answer is not an object")
    return content
