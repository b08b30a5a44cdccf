"""Tells the operator's own service that somebody did not ask for an operation.

It is told in the background and once. Whatever becomes of the message changes nothing for the person.
docs/alarm.md describes the message.
"""

import hashlib
import hmac
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import msgspec
import structlog

from webapp.flows.outcome import Outcome
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
        with _only_logged():
            self._run(lambda: self._send(Request("POST", self._url, headers, body)))

    def _send(self, request: Request) -> None:
        with _only_logged():
            _log.info("alarm_sent", status=self._transport.send(request).status)


@contextmanager
def _only_logged() -> Iterator[None]:
    """Whatever goes wrong, from the service's name to the thread for it, is the operator's concern alone."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the person's rejection is at the bank already
        _log.warning("alarm_failed", error=type(error).__name__)
