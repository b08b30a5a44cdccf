"""Push registration: where the bank's push server reaches the application of this activation.

A browser has no such address. This is for integrators whose application has one.

Source: mobile-token-api.md, section 3.3.
"""

import re
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from webapp.mtoken import standard_api, wire
from webapp.mtoken.errors import MobileTokenError
from webapp.mtoken.response import Response
from webapp.mtoken.server_status import read_server_status
from webapp.mtoken.service import RequestProcessor, Service
from webapp.mtoken.standard_api import StandardApi

PATH: Final = "/api/push/device/register/token"

_FIRST_WITH_SERVICES: Final = (1, 10)
_VERSION: Final = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})(?![0-9])")


class PushPlatform(StrEnum):
    """Whose push service the token is from, under the names of servers up to 1.9."""

    IOS = "ios"
    ANDROID = "android"
    HUAWEI = "huawei"


class PushEnvironment(StrEnum):
    """Which of Apple's two push services the token is from."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


_SERVICES: Final = MappingProxyType(
    {PushPlatform.IOS: "apns", PushPlatform.ANDROID: "fcm", PushPlatform.HUAWEI: "hms"}
)
"""The names of servers from 1.10, which still know the old ones."""


class Push:
    """Registers one activation.

    Args:
        server: the server that `service` speaks to; its status endpoint tells its version.
    """

    def __init__(self, service: Service, server: StandardApi) -> None:
        self._service = service
        self._server = server

    def register(
        self,
        token: str,
        platform: PushPlatform,
        environment: PushEnvironment | None = None,
        request_processor: RequestProcessor | None = None,
    ) -> Response[None]:
        """Register the text given by the push service; it replaces the activation's former one.

        The server is asked for its version first, without credentials. One that does not tell gets the old
        names, which every server knows.

        Args:
            environment: for iOS only; servers up to 1.9 have one of their own and are not told.

        Raises:
            NotSent, AnswerLost, InvalidActivationError, RefusedByServer: there is no answer.
            ValueError: no token, an unknown platform or environment, or one beside another platform than iOS.
        """
        if not token:
            raise ValueError("a push token is a text that is not empty")
        known = PushPlatform(platform)
        wanted = None if environment is None else PushEnvironment(environment)
        if wanted is not None and known is not PushPlatform.IOS:
            raise ValueError("only iOS has environments")
        arguments: dict[str, Any] = {"platform": known.value, "token": token}
        if self._knows_services():
            arguments["platform"] = _SERVICES[known]
            arguments |= {} if wanted is None else {"environment": wanted.value}
        return self._service.call_with_token(PATH, arguments, wire.read_nothing, request_processor)

    def _knows_services(self) -> bool:
        try:
            answer = self._server.post_for_object(standard_api.STATUS, standard_api.EMPTY_BODY)
            version = read_server_status(answer).application_version
        except MobileTokenError:
            return False
        found = _VERSION.match(version or "")
        return found is not None and (int(found[1]), int(found[2])) >= _FIRST_WITH_SERVICES
