"""Finding the records of an activation by its id, for whoever holds a server key and nobody else.

    tag = HMAC-SHA256(HKDF-SHA256(server key, info), activation id)

The tag opens nothing. Without a server key it tells nothing either, not even to somebody who knows the id.
"""

import hmac

from webapp.custody.sealing import VERSION, derive
from webapp.custody.server_keys import ServerKey, ServerKeys

_INFO = f"assent/custody/lookup/{VERSION}".encode()


def lookup_tag(name: str, server_key: ServerKey) -> bytes:
    """What lies in the database for this name under this key: 32 bytes."""
    return hmac.digest(derive(server_key.secret, _INFO), name.encode(), "sha256")


def lookup_tags(name: str, server_keys: ServerKeys) -> list[bytes]:
    """All that may lie there: a record keeps the tag of the key that was first when its browser last came."""
    return [lookup_tag(name, key) for key in server_keys.every]
