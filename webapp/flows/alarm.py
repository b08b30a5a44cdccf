"""Tells the operator's own service that somebody did not ask for an operation.

It is told in the background and once. Whatever becomes of the message changes nothing for the person.
docs/alarm.md describes the message.
"""

import hashlib
import hmac
import threading
from collections.abc import Callable
from typing import Final

import msgspec
import structlog

from webapp.flows.outcome import Outcome
from webapp.mtoken.errors import NetworkError
from webapp.mtoken.transport import Headers, Request, Transport

SIGNATURE_HEADER: Final = "X-Assent-Signature"
EVENT: Final = "unexpected_operation"

_log = structlog.get_logger()


def in_background(work: Callable[[], None]) -> None:
    """Nobody waits for the operator's service."""
    threading.Thread(target=work, name="alarm", daemon=True).start()


class Alarm:
    """The operator's service; every message is signed with the secret that it shares with this site."""

    def __init__(
        self,
        url: str,
        secret: str,
        transport: Transport,
        *,
        run: Callable[[Callable[[], None]], None] = in_background,
    ) -> None:
        self._url = url
        self._secret = secret.encode()
        self._transport = transport
        self._run = run

    def unexpected_operation(self, outcome: Outcome, *, activation_id: str) -> None:
        """Tell that the person rejected this operation because they did not start it."""
        body = msgspec.json.encode(
            {
                "event": EVENT,
                "operationId": outcome.operation_id,
                "activationId": activation_id,
                "outcome": outcome.kind,
                "timestamp": outcome.at_ms,
            }
        )
        signature = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        headers = Headers({"Content-Type": "application/json", SIGNATURE_HEADER: f"sha256={signature}"})
        self._run(lambda: self._send(Request("POST", self._url, headers, body)))

    def _send(self, request: Request) -> None:
        try:
            answer = self._transport.send(request)
        except NetworkError as error:
            _log.warning("alarm_failed", error=type(error).__name__)
            return
        _log.info("alarm_sent", status=answer.status)
