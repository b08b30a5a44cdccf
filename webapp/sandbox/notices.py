"""The endpoints beside operations: inbox and push registration.

Source: mobile-token-api.md, sections 3.2 and 3.3.
"""

from typing import Final

from webapp.sandbox import inbox
from webapp.sandbox.errors import EndpointError, invalid_request
from webapp.sandbox.inbox import Message
from webapp.sandbox.mobile_token import token_owner
from webapp.sandbox.signatures import PB, PK, P
from webapp.sandbox.surroundings import Call, Json, Surroundings, mobile_moment, ok

INBOX_FAILED: Final = (400, "INBOX_FAILED", "Inbox request failed")
_PLATFORMS: Final = ("ios", "android", "huawei", "apns", "fcm", "hms")
_LONGEST_TOKEN: Final = 4096
_LARGEST_PAGE: Final = 1_000_000


def inbox_count(surroundings: Surroundings, call: Call) -> Json:
    user_id = token_owner(surroundings, call).user_id
    with surroundings.store.read() as transaction:
        return ok({"countUnread": inbox.count_unread(transaction, user_id)})


def inbox_list(surroundings: Surroundings, call: Call) -> Json:
    """One page of the user's messages, newest first."""
    user_id = token_owner(surroundings, call).user_id
    asked = call.request_object(invalid_request)
    page, size = asked.integer("page", most=_LARGEST_PAGE), asked.integer("size", least=1, most=1000)
    only_unread = asked.flag("onlyUnread", default=False)
    with surroundings.store.read() as transaction:
        found = inbox.of_user(transaction, user_id, only_unread=only_unread, skip=page * size, most=size)
    return ok([_head(one) for one in found]) | {"page": page, "size": size}


def inbox_message(surroundings: Surroundings, call: Call) -> Json:
    """One message with its body. It stays unread."""
    user_id = token_owner(surroundings, call).user_id
    message_id = call.request_object(invalid_request).text("id")
    with surroundings.store.read() as transaction:
        message = inbox.find(transaction, user_id, message_id)
    if message is None:
        raise EndpointError(*INBOX_FAILED)
    return ok(_head(message) | {"body": message.body})


def inbox_read(surroundings: Surroundings, call: Call) -> Json:
    """One message is read from now on; twice is no error."""
    user_id = token_owner(surroundings, call).user_id
    message_id = call.request_object(invalid_request).text("id")
    with surroundings.store.write() as transaction:
        if inbox.find(transaction, user_id, message_id) is None:
            raise EndpointError(*INBOX_FAILED)
        inbox.mark_read(transaction, user_id, message_id, surroundings.clock.now_ms())
    return ok()


def inbox_read_all(surroundings: Surroundings, call: Call) -> Json:
    user_id = token_owner(surroundings, call).user_id
    with surroundings.store.write() as transaction:
        inbox.mark_read(transaction, user_id, None, surroundings.clock.now_ms())
    return ok()


def push_register(surroundings: Surroundings, call: Call) -> Json:
    """Keep where to send push messages; a new one replaces the old one of the activation."""
    activation = token_owner(surroundings, call, (P, PB, PK))
    asked = call.request_object(invalid_request)
    platform, token = asked.text("platform"), asked.text("token", longest=_LONGEST_TOKEN)
    environment = asked.optional_text("environment")
    if platform not in _PLATFORMS:
        raise invalid_request("unknown platform")
    if environment is not None and (platform != "apns" or environment not in ("development", "production")):
        raise invalid_request("an environment goes with apns only")
    with surroundings.store.write() as transaction:
        transaction.execute(
            "INSERT INTO push_registration (activation_id, platform, token, environment) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (activation_id) DO UPDATE SET platform = excluded.platform, token = excluded.token,"
            " environment = excluded.environment",
            (activation.id, platform, token, environment),
        )
    return ok()


def _head(message: Message) -> Json:
    """A message as lists show it."""
    return {
        "id": message.id,
        "type": message.type,
        "subject": message.subject,
        "summary": message.summary,
        "read": message.read_ms is not None,
        "timestampCreated": mobile_moment(message.created_ms),
    }
