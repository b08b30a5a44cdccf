"""How every call of the Mobile Token API travels: as JSON, authenticated by a token or a signature.

Source: mobile-token-api.md, sections 1 and 2.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from webapp.mtoken import wire
from webapp.mtoken.errors import RefusedByServer
from webapp.mtoken.members import Json
from webapp.mtoken.power_auth import PowerAuth
from webapp.mtoken.response import KnownRestApiError, Response
from webapp.mtoken.transport import Headers, Request
from webapp.powerauth.errors import StatusUnreadable
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.status import ActivationStatus

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
        possession = PowerAuthAuthentication.possession()
        token = self.power_auth.request_access_token(TOKEN_NAME, possession)
        body = wire.write_request(arguments)
        response = self._send(
            path, body, self.power_auth.generate_header_for_token(token), read, request_processor
        )
        if not _is_refused(response) or not self._is_active():
            return response
        self.power_auth.remove_local_token(token)
        token = self.power_auth.request_access_token(TOKEN_NAME, possession)
        header = self.power_auth.generate_header_for_token(token)
        return self._send(path, body, header, read, request_processor)

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
            header = self.power_auth.request_signature(authentication, "POST", uri_id, body)
            return self._send(path, body, header, read, request_processor)

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

    def _is_active(self) -> bool:
        try:
            report = self.power_auth.fetch_activation_status()
        except (RefusedByServer, StatusUnreadable):
            return False
        return report.status is ActivationStatus.ACTIVE and report.synchronisation is not None


def _is_refused(response: Response[Any]) -> bool:
    return response.response_error is not None and response.response_error.code in _AUTHENTICATION_FAILED
