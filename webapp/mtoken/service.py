"""How every call of the Mobile Token API travels: as JSON, authenticated by a token or a signature.

Source: mobile-token-api.md, sections 1 and 2.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final, TypeVar

from webapp.errors import AssentError
from webapp.mtoken import wire
from webapp.mtoken.members import Json
from webapp.mtoken.power_auth import PowerAuth
from webapp.mtoken.response import KnownRestApiError, Response
from webapp.mtoken.transport import Headers, Request
from webapp.powerauth.factors import PowerAuthAuthentication

T = TypeVar("T")
Read = Callable[[Json], T]
RequestProcessor = Callable[[Request], Request | None]
"""Gets a request just before it leaves and may change its headers; None means: send it as it is."""

TOKEN_NAME: Final = "possession_universal"  # noqa: S105 - the name of a token
_AUTHENTICATION_FAILED = (KnownRestApiError.POWERAUTH_AUTH_FAIL, KnownRestApiError.ERR_AUTHENTICATION)


class Service:
    """Sends calls for one activation to one base URL."""

    def __init__(self, power_auth: PowerAuth, base_url: str) -> None:
        self.power_auth = power_auth
        self.accept_language = "en"
        self._base_url = base_url.rstrip("/")

    def call_with_token(
        self,
        path: str,
        arguments: Mapping[str, Any] | None,
        read: Read[T],
        request_processor: RequestProcessor | None,
    ) -> Response[T]:
        """A call that reads, or changes nothing of weight.

        It is repeated once, with a new token, when the server does not know the token any more although
        the activation is active.
        """
        with suppress(AssentError):
            # For its own sake, not for this call's, which tells by itself if nobody can be reached.
            self.power_auth.meet_server()
        body = wire.write_request(arguments)

        def send(token_header: tuple[str, str]) -> Response[T]:
            return self._send(path, body, token_header, read, request_processor)

        possession = PowerAuthAuthentication.possession()
        return self.power_auth.call_with_token(TOKEN_NAME, possession, send, _is_refused)

    def call_with_signature(
        self,
        path: str,
        uri_id: str,
        arguments: Mapping[str, Any] | None,
        authentication: PowerAuthAuthentication,
        read: Read[T],
        request_processor: RequestProcessor | None,
    ) -> Response[T]:
        """A signed call: one at a time, and never repeated by itself."""
        body = wire.write_request(arguments)
        with self.power_auth.exclusive():
            self.power_auth.meet_server()
            header = self.power_auth.request_signature(authentication, "POST", uri_id, body)
            with self.power_auth.signature_under_way():
                response = self._send(path, body, header, read, request_processor)
            if response.response_error is None:
                self.power_auth.note_accepted()
            return response

    def _send(
        self,
        path: str,
        body: bytes,
        security_header: tuple[str, str],
        read: Read[T],
        request_processor: RequestProcessor | None,
    ) -> Response[T]:
        name, value = security_header
        headers = Headers(
            {
                "Content-Type": "application/json",
                "Accept": "application/json",
                "Accept-Language": self.accept_language,
                name: value,
            }
        )
        request = Request("POST", self._base_url + path, headers, body)
        if request_processor is not None:
            request = request_processor(request) or request
        answer = self.power_auth.transport.send(request)
        return wire.read_response(answer.status, answer.body, read, answer.headers.get("Content-Type", ""))


def _is_refused(response: Response[Any]) -> bool:
    return response.response_error is not None and response.response_error.code in _AUTHENTICATION_FAILED
