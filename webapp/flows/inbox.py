"""The bank's messages: count, list, read, mark as read.

Nothing here signs a request of its own, decides anything, or reads an operation; and no page about operations
asks the inbox. Whatever goes wrong with it ends in `InboxUnavailable`, which has a page of its own.

Source: mobile-token-api.md, sections 2, 3.2 and 5.1.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeVar

from webapp.flows.errors import BackendUnavailable, FlowError
from webapp.flows.keepers import Reading
from webapp.flows.refusals import AUTHENTICATION
from webapp.flows.services import Services
from webapp.flows.standing import raise_unless_active
from webapp.flows.visitor import Visitor
from webapp.mtoken.errors import NetworkError, RefusedByServer
from webapp.mtoken.inbox import InboxMessage, InboxMessageDetail
from webapp.mtoken.mobile_token import WultraMobileToken
from webapp.mtoken.response import KnownRestApiError, Response

T = TypeVar("T")

MESSAGES_ON_A_PAGE: Final = 20

_NOT_THIS_ONE: Final = (KnownRestApiError.INBOX_FAILED, KnownRestApiError.INVALID_REQUEST)
"""Codes by which a server also says that a message does not exist, or is somebody else's."""


class InboxError(FlowError):
    """The family of what can go wrong with messages. None of it has anything to do with an operation."""


class InboxUnavailable(InboxError):
    """The bank's messages cannot be had now."""

    message_key = "inbox.unavailable"


class MessageGone(InboxError):
    """The inbox works, but has no such message for this person."""

    message_key = "inbox.message_gone"


@dataclass(frozen=True, slots=True)
class InboxView:
    """One page of the messages, newest first. `unreadable` ones are there too, but not understood."""

    messages: tuple[InboxMessage, ...]
    unreadable: int
    is_last: bool
    unread: int | None
    """How many there are on all pages; None if the bank did not say."""


def inbox(services: Services, visitor: Visitor, *, page: int, only_unread: bool) -> InboxView:
    """One page of the messages; `page` counts from 0.

    Raises:
        InboxUnavailable: the messages cannot be had.
        StandingError: the activation is not active.
    """
    mobile_token = _mobile_token(services, visitor)
    found = _told(
        mobile_token, lambda: mobile_token.inbox.list(page, MESSAGES_ON_A_PAGE, only_unread)
    ).response_object
    if found is None:
        raise InboxUnavailable("no list")
    unread = None
    with suppress(InboxUnavailable):
        unread = _count(mobile_token)
    return InboxView(found.messages, found.unreadable, found.is_last(MESSAGES_ON_A_PAGE), unread)


def unread_count(services: Services, visitor: Visitor) -> int:
    """How many messages are unread.

    Raises:
        InboxUnavailable, StandingError: as `inbox`.
    """
    return _count(_mobile_token(services, visitor))


def message(services: Services, visitor: Visitor, message_id: str) -> InboxMessageDetail:
    """One message; it stays unread.

    Raises:
        MessageGone: there is no such message for this person.
        InboxUnavailable, StandingError: as `inbox`.
    """
    mobile_token = _mobile_token(services, visitor)
    found = _about_one(mobile_token, lambda: mobile_token.inbox.detail(message_id)).response_object
    if found is None:
        raise InboxUnavailable("no message")
    return found


def mark_read(services: Services, visitor: Visitor, message_id: str) -> None:
    """Tell the bank that the person has read it; twice is no error.

    Raises:
        MessageGone, InboxUnavailable, StandingError: as `message`. After a lost answer it may be marked.
    """
    mobile_token = _mobile_token(services, visitor)
    _about_one(mobile_token, lambda: mobile_token.inbox.mark_read(message_id))


def mark_all_read(services: Services, visitor: Visitor) -> None:
    """Tell the bank that the person has read every message.

    Raises:
        InboxUnavailable, StandingError: as `inbox`. After a lost answer they may be marked.
    """
    mobile_token = _mobile_token(services, visitor)
    _told(mobile_token, mobile_token.inbox.mark_all_read)


def _mobile_token(services: Services, visitor: Visitor) -> WultraMobileToken:
    return services.upstream.mobile_token(Reading(services.custody, visitor), visitor.languages)


def _count(mobile_token: WultraMobileToken) -> int:
    found = _told(mobile_token, mobile_token.inbox.unread_count).response_object
    if found is None:
        raise InboxUnavailable("no count")
    return found.count_unread


def _about_one(mobile_token: WultraMobileToken, ask: Callable[[], Response[T]]) -> Response[T]:
    """Ask about one message. "No such message" and "no inbox" are one code of the server: the count tells."""
    try:
        return _told(mobile_token, ask)
    except InboxUnavailable as error:
        if str(error) not in _NOT_THIS_ONE:
            raise
        _count(mobile_token)
        raise MessageGone from error


def _told(mobile_token: WultraMobileToken, ask: Callable[[], Response[T]]) -> Response[T]:
    """What the inbox answers, if it is no error.

    Raises:
        InboxUnavailable: its note is the server's code where there is one.
        StandingError: the activation is not active, which explains a refusal.
    """
    try:
        response = ask()
    except NetworkError as error:
        raise InboxUnavailable(type(error).__name__) from error
    except RefusedByServer as error:
        _explain(mobile_token)
        raise InboxUnavailable(error.code) from error
    if response.response_error is None:
        return response
    if response.response_error.code in AUTHENTICATION:
        _explain(mobile_token)
    raise InboxUnavailable(response.response_error.code)


def _explain(mobile_token: WultraMobileToken) -> None:
    """A refused token says nothing by itself: the activation's status may."""
    with suppress(NetworkError, BackendUnavailable):
        raise_unless_active(mobile_token.power_auth)
