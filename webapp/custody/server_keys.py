"""The server's half of every wrap: a few keys by id, the first of which seals what is new.

The others only open what is old, each until its last day, if it has one; a day ends at midnight UTC.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Self

from webapp.custody.errors import ServerKeysInvalid, ServerKeyUnknown

KEY_BYTES = 32
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


@dataclass(frozen=True, slots=True)
class ServerKey:
    """One key and the id under which sealed values remember it."""

    id: str
    secret: bytes = field(repr=False)  # 32 bytes
    last_day: date | None = None  # it opens until the end of this day; None: for as long as it is configured


@dataclass(frozen=True, slots=True)
class ServerKeys:
    """All keys that may still open something. Put a new one first, and give the old one its last day."""

    current: ServerKey
    _by_id: Mapping[str, ServerKey] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `id:base64,id2:base64:2027-01-31`; spaces around an entry are forgiven.

        Args:
            text: ids are 1 to 32 of A-Z a-z 0-9 . _ - and unique; keys are 32 bytes in standard Base64
                with padding; the last day is one of ISO 8601, and the first key has none.

        Raises:
            ServerKeysInvalid: named by id, or by place where the id itself cannot be trusted to be one.
        """
        keys = [_read_entry(entry.strip(), place) for place, entry in enumerate(text.split(","), start=1)]
        by_id = {key.id: key for key in keys}
        if len(by_id) < len(keys):
            twice = next(key.id for place, key in enumerate(keys) if key.id in {k.id for k in keys[:place]})
            raise ServerKeysInvalid(f"server key {twice!r} is given twice")
        if keys[0].last_day is not None:
            raise ServerKeysInvalid(f"server key {keys[0].id!r} seals what is new, so it has no last day")
        return cls(keys[0], by_id)

    @property
    def every(self) -> tuple[ServerKey, ...]:
        """The current one first, the others in the order of the setting."""
        return tuple(self._by_id.values())

    def get(self, key_id: str, *, now_ms: int) -> ServerKey:
        """Raises ServerKeyUnknown if no key has this id, or its last day is over."""
        try:
            key = self._by_id[key_id]
        except KeyError:
            raise ServerKeyUnknown(f"no server key {key_id!r} is configured") from None
        if key.last_day is not None and datetime.fromtimestamp(now_ms / 1000, UTC).date() > key.last_day:
            raise ServerKeyUnknown(f"server key {key_id!r} was good until {key.last_day}")
        return key


def _read_entry(entry: str, place: int) -> ServerKey:
    key_id, colon, rest = entry.partition(":")
    encoded, has_end, last_day = rest.partition(":")
    # Without a proper id the text before the colon may be the key itself, so the note names the place.
    if not colon or not _ID.fullmatch(key_id):
        raise ServerKeysInvalid(f"server key number {place} is not of the form id:base64")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise ServerKeysInvalid(f"server key {key_id!r} is not Base64") from None
    if len(secret) != KEY_BYTES:
        raise ServerKeysInvalid(f"server key {key_id!r} has {len(secret)} bytes instead of {KEY_BYTES}")
    return ServerKey(key_id, secret, _read_day(key_id, last_day) if has_end else None)


def _read_day(key_id: str, text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise ServerKeysInvalid(f"the last day of server key {key_id!r} is not like 2027-01-31") from None
