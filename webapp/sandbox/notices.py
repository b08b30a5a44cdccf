"""The endpoints beside operations: inbox and push registration.

The sandbox's bank writes no messages, so the inbox is empty; what it has to answer about an empty inbox
it answers as the real server does.

Source: mobile-token-api.md, sections 3.2 and 3.3.
"""

from typing import Final

from webapp.sandbox.errors import EndpointError, invalid_request
from webapp.sandbox.mobile_token import token_owner
from webapp.sandbox.signatures import PB, PK, P
from webapp.sandbox.surroundings import Call, Json, Surroundings, ok

INBOX_FAILED: Final = (400, "INBOX_FAILED", "Inbox request failed")
_PLATFORMS: Final = ("ios", "android", "huawei", "apns", "fcm", "hms")
_LONGEST_TOKEN: Final = 4096


def inbox_count(surroundings: Surroundings, call: Call) -> Json:
    token_owner(surroundings, call)
    return ok({"countUnread": 0})


def inbox_list(surroundings: Surroundings, call: Call) -> Json:
    token_owner(surroundings, call)
    asked = call.request_object(invalid_request)
    page, size = asked.integer("page"), asked.integer("size", least=1, most=1000)
    asked.flag("onlyUnread", default=False)
    return ok([]) | {"page": page, "size": size}


def inbox_message(surroundings: Surroundings, call: Call) -> Json:
    """Detail and read: there is no message that one could ask for."""
    token_owner(surroundings, call)
    call.request_object(invalid_request).text("id")
    raise EndpointError(*INBOX_FAILED)


def inbox_read_all(surroundings: Surroundings, call: Call) -> Json:
    token_owner(surroundings, call)
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
