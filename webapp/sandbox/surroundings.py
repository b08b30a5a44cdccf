"""What every part of the sandbox works with, and the shape in which a request reaches it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from webapp.clock import Clock
from webapp.mtoken.transport import Headers
from webapp.randomness import Random
from webapp.sandbox.errors import EndpointError
from webapp.sandbox.members import Members
from webapp.sandbox.settings import SandboxSettings
from webapp.sandbox.store import Store

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Memory, time, chance and limits: one of each, so that a test can move any of them."""

    store: Store
    clock: Clock
    random: Random
    settings: SandboxSettings

    def new_id(self) -> str:
        """A random UUID, version 4."""
        return str(uuid.UUID(bytes=self.random(16), version=4))


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an endpoint. `path` begins after the base URL, `query` is as it was sent."""

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes = field(repr=False)
    address: str = ""

    def request_object(self, refusal: Callable[[str], EndpointError]) -> Members:
        """The members of `requestObject`."""
        return Members.read(self.body, refusal).members("requestObject")


Json = dict[str, Any]
"""The body of an answer, before it is written."""

Endpoint = Callable[[Surroundings, Call], Json]


def ok(response_object: object = None) -> Json:
    """`{"status":"OK"}`, with an object if there is one."""
    return (
        {"status": "OK"} if response_object is None else {"status": "OK", "responseObject": response_object}
    )


def iso_moment(moment_ms: int) -> str:
    """The back office's form: ISO 8601 with milliseconds and offset."""
    return (_EPOCH + timedelta(milliseconds=moment_ms)).isoformat(timespec="milliseconds")


def mobile_moment(moment_ms: int) -> str:
    """The Mobile Token API's form: whole seconds and an offset without colon."""
    return (_EPOCH + timedelta(milliseconds=moment_ms)).strftime("%Y-%m-%dT%H:%M:%S+0000")
