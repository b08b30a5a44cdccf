"""The inbox: what the bank writes to its customer, beside the operations.

Texts of messages are data. The body of an `HTML` message is foreign content: whoever shows it sanitises it
and loads nothing that it names.

Source: mobile-token-api.md, sections 3.2 and 11.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, overload

import structlog

from webapp.mtoken import wire
from webapp.mtoken.errors import AnswerLost
from webapp.mtoken.members import JsonObject, date_of, flag_of, names_of, one_of, text_of, whole_of
from webapp.mtoken.response import Response
from webapp.mtoken.service import RequestProcessor, Service

PATH: Final = "/api/inbox"
PAGE_SIZE: Final = 50

_log = structlog.get_logger()


class InboxContentType(StrEnum):
    """What the body of a message is. A type that is not known here is read as text."""

    TEXT = "text"
    HTML = "html"


_TYPES: Final = names_of(InboxContentType)


@dataclass(frozen=True, slots=True)
class InboxCount:
    """How many messages are unread."""

    count_unread: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxMessage:
    """A message in the list, without its body."""

    id: str
    type: InboxContentType = InboxContentType.TEXT
    subject: str = field(default="", repr=False)
    summary: str = field(default="", repr=False)
    read: bool = False
    timestamp_created: datetime | None = None
    """None where the server tells none that can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxMessageDetail(InboxMessage):
    """A whole message; `type` says what `body` is."""

    body: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class InboxPage(Sequence[InboxMessage]):
    """Messages, newest first, and how many more there were that could not be read."""

    messages: tuple[InboxMessage, ...] = ()
    unreadable: int = 0

    @overload
    def __getitem__(self, index: int) -> InboxMessage: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[InboxMessage, ...]: ...
    def __getitem__(self, index: int | slice) -> InboxMessage | tuple[InboxMessage, ...]:
        return self.messages[index]

    def __iter__(self) -> Iterator[InboxMessage]:
        return iter(self.messages)

    def __len__(self) -> int:
        return len(self.messages)

    def is_last(self, page_size: int) -> bool:
        """Whether no page comes after it: it is shorter than was asked for."""
        return len(self.messages) + self.unreadable < page_size


class Inbox:
    """The messages to the user of one activation.

    No call signs anything. Every method may raise what prevents an answer: `NotSent`, `AnswerLost`,
    `InvalidActivationError`, and `RefusedByServer` where a token had to be made first. What the server
    answers is a `Response`, also when it is an error; a message that does not exist, one of somebody else
    and a message service that is down are all `INBOX_FAILED`.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    def unread_count(self, request_processor: RequestProcessor | None = None) -> Response[InboxCount]:
        """How many messages are unread."""
        return self._service.call_with_token(f"{PATH}/count", None, _read_count, request_processor)

    def list(
        self,
        page_number: int = 0,
        page_size: int = PAGE_SIZE,
        only_unread: bool = False,
        request_processor: RequestProcessor | None = None,
    ) -> Response[InboxPage]:
        """One page of messages, newest first.

        Args:
            page_number: from 0.

        Raises:
            ValueError: a page below 0, or of no messages.
        """
        if page_number < 0 or page_size < 1:
            raise ValueError("pages are counted from 0 and have at least one message")
        arguments = {"page": page_number, "size": page_size, "onlyUnread": only_unread}
        return self._service.call_with_token(f"{PATH}/message/list", arguments, _read_page, request_processor)

    def detail(
        self, message_id: str, request_processor: RequestProcessor | None = None
    ) -> Response[InboxMessageDetail]:
        """One message with its body. It stays unread."""
        return self._service.call_with_token(
            f"{PATH}/message/detail", {"id": _identifier(message_id)}, _read_detail, request_processor
        )

    def mark_read(self, message_id: str, request_processor: RequestProcessor | None = None) -> Response[None]:
        """Mark a message as read; twice is no error."""
        return self._service.call_with_token(
            f"{PATH}/message/read", {"id": _identifier(message_id)}, wire.read_nothing, request_processor
        )

    def mark_all_read(self, request_processor: RequestProcessor | None = None) -> Response[None]:
        """Mark every message as read."""
        return self._service.call_with_token(
            f"{PATH}/message/read-all", None, wire.read_nothing, request_processor
        )


def _identifier(message_id: str) -> str:
    if not message_id:
        raise ValueError("a message identifier is a text that is not empty")
    return message_id


def _read_count(source: object) -> InboxCount:
    count = whole_of(_object(source), "countUnread")
    if count is None or count < 0:
        raise AnswerLost("no usable countUnread")
    return InboxCount(count)


def _read_page(source: object) -> InboxPage:
    """The messages of a page; an unusable one never spoils the others."""
    if not isinstance(source, list):
        raise AnswerLost("no array where a list of messages belongs")
    messages = []
    for item in source:
        try:
            messages.append(_read_message(item))
        except AnswerLost as error:
            _log.warning("message_unreadable", reason=str(error))
    return InboxPage(tuple(messages), len(source) - len(messages))


def _read_message(source: object) -> InboxMessage:
    """A message; without an identifier it is unusable."""
    found = _object(source)
    identifier = text_of(found, "id")
    if not identifier:
        raise AnswerLost("no usable id")
    return InboxMessage(
        id=identifier,
        type=one_of(found, "type", _TYPES) or InboxContentType.TEXT,
        subject=text_of(found, "subject") or "",
        summary=text_of(found, "summary") or "",
        read=flag_of(found, "read") or False,
        timestamp_created=date_of(found, "timestampCreated"),
    )


def _read_detail(source: object) -> InboxMessageDetail:
    head, body = _read_message(source), text_of(_object(source), "body")
    if body is None:
        raise AnswerLost("no usable body")
    return InboxMessageDetail(
        id=head.id,
        type=head.type,
        subject=head.subject,
        summary=head.summary,
        read=head.read,
        timestamp_created=head.timestamp_created,
        body=body,
    )


def _object(source: object) -> JsonObject:
    if not isinstance(source, dict):
        raise AnswerLost("no object where one belongs")
    return source
