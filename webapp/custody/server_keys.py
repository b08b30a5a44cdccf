"""The server's half of every wrap: a few keys by id, the first of which seals what is new."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from webapp.custody.errors import ServerKeysInvalid, ServerKeyUnknown

KEY_BYTES = 32
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


@dataclass(frozen=True, slots=True)
class ServerKey:
    """One key and the id under which sealed values remember it."""

    id: str
    secret: bytes = field(repr=False)  # 32 bytes


@dataclass(frozen=True, slots=True)
class ServerKeys:
    """All keys that may still open something. Put a new one first, drop an old one when nothing needs it."""

    current: ServerKey
    _by_id: Mapping[str, ServerKey] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `id:base64,id2:base64`; spaces around an entry are forgiven.

        Args:
            text: ids are 1 to 32 of A-Z a-z 0-9 . _ - and unique; keys are 32 bytes in standard Base64
                with padding.

        Raises:
            ServerKeysInvalid: named by id, or by place where the id itself cannot be trusted to be one.
        """
        keys = [_read_entry(entry.strip(), place) for place, entry in enumerate(text.split(","), start=1)]
        by_id = {key.id: key for key in keys}
        if len(by_id) < len(keys):
            twice = next(key.id for place, key in enumerate(keys) if key.id in {k.id for k in keys[:place]})
            raise ServerKeysInvalid(f"server key {twice!r} is given twice")
        return cls(keys[0], by_id)

    def get(self, key_id: str) -> ServerKey:
        """Raises ServerKeyUnknown if no key has this id."""
        try:
            return self._by_id[key_id]
        except KeyError:
            raise ServerKeyUnknown(f"no server key {key_id!r} is configured") from None


def _read_entry(entry: str, place: int) -> ServerKey:
    key_id, colon, encoded = entry.partition(":")
    # Without a proper id the text before the colon may be the key itself, so the note names the place.
    if not colon or not _ID.fullmatch(key_id):
        raise ServerKeysInvalid(f"server key number {place} is not of the form id:base64")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise ServerKeysInvalid(f"server key {key_id!r} is not Base64") from None
    if len(secret) != KEY_BYTES:
        raise ServerKeysInvalid(f"server key {key_id!r} has {len(secret)} bytes instead of {KEY_BYTES}")
    return ServerKey(key_id, secret)
