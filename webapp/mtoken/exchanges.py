"""What came of each exchange with the server, for those who count and watch; never what was said.

Source: docs/monitoring.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from webapp.clock import Clock
from webapp.mtoken import inbox, operations, push, standard_api
from webapp.mtoken.errors import NetworkError, NotSent
from webapp.mtoken.transport import HttpResponse, Request, Transport

OTHER: Final = "other"
_OPERATION: Final = ("/list", "/detail", "/detail/claim", "/history", "/authorize", "/cancel")
_INBOX: Final = ("/count", "/message/list", "/message/detail", "/message/read", "/message/read-all")
ENDPOINTS: Final = frozenset(
    {
        standard_api.STATUS,
        standard_api.KEYSTORE_CREATE,
        standard_api.ACTIVATION_CREATE,
        standard_api.ACTIVATION_STATUS,
        standard_api.ACTIVATION_REMOVE,
        standard_api.ACTIVATION_DETAIL,
        standard_api.ACTIVATION_RENAME,
        standard_api.TOKEN_CREATE,
        standard_api.TOKEN_REMOVE,
        standard_api.SIGNATURE_VALIDATE,
        standard_api.VAULT_UNLOCK,
        standard_api.USER_INFO,
        standard_api.RECOVERY_CONFIRM,
        standard_api.CONFIGURATION_OIDC,
        push.PATH,
        *(operations.PATH + path for path in _OPERATION),
        *(inbox.PATH + path for path in _INBOX),
    }
)
"""The paths by which exchanges are told apart; all others are one."""


class Result(StrEnum):
    """What came of an exchange, as far as the wire can tell."""

    ANSWERED = "answered"
    REFUSED = "refused"
    """An answer with a status from 400 to 499: a wrong PIN is one of these."""
    BROKEN = "broken"
    """An answer with any other status: the server, or somebody in between, is not well."""
    NOT_SENT = "not_sent"
    ANSWER_LOST = "answer_lost"

    @property
    def is_sound(self) -> bool:
        """Whether the server is there and does its work."""
        return self in (Result.ANSWERED, Result.REFUSED)


@dataclass(frozen=True, slots=True)
class ExchangeNote:
    """One exchange: with which endpoint, what came of it, and how long it took in seconds."""

    endpoint: str
    result: Result
    seconds: float
    error: str | None = None
    """What kind of trouble the network had, such as `SSLError`, or the status of an answer that is none."""


class WatchedTransport:
    """Carries what another carries, and tells what came of it."""

    def __init__(
        self, transport: Transport, base_url: str, *, clock: Clock, told: Callable[[ExchangeNote], None]
    ) -> None:
        self._transport = transport
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._told = told

    def send(self, request: Request) -> HttpResponse:
        """As the other."""
        began = self._clock.monotonic()
        result, trouble = Result.ANSWER_LOST, None
        try:
            answer = self._transport.send(request)
            result = _result_of(answer)
            trouble = None if result.is_sound else f"HTTP {answer.status}"
        except NetworkError as error:
            result = Result.NOT_SENT if isinstance(error, NotSent) else Result.ANSWER_LOST
            # The cause's text may hold an address; its kind does not.
            trouble = type(error.__cause__ or error).__name__
            raise
        else:
            return answer
        finally:
            path = request.url.removeprefix(self._base_url).partition("?")[0]
            endpoint = path if path in ENDPOINTS else OTHER
            self._told(ExchangeNote(endpoint, result, self._clock.monotonic() - began, trouble))


def _result_of(answer: HttpResponse) -> Result:
    if answer.status == HTTPStatus.OK:
        return Result.ANSWERED
    is_refusal = HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
    return Result.REFUSED if is_refusal else Result.BROKEN
