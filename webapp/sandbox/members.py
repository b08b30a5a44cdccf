"""Reading JSON: every reader names a member and the type it must have; what does not fit is refused.

The server half reads the published shapes on its own and shares no reader with the client, so that a
mistake in one half does not hide in the other.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from webapp.sandbox.errors import ProtocolError, RefusedError

MAX_INTEGER: Final = 2**53 - 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MOMENT_MS: Final = 253_402_300_799_999  # of the year 9999

# Amounts are exact decimals and must arrive as JSON numbers, not as texts and never as binary floats.
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def write_json(value: object) -> bytes:
    """JSON, UTF-8; a Decimal becomes a number literal."""
    return _ENCODER.encode(value)


def read_json(raw: bytes) -> object:
    """Any JSON value.

    Raises:
        ProtocolError: not JSON, not UTF-8, or nested beyond reason.
    """
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProtocolError("not JSON") from error


@dataclass(frozen=True, slots=True)
class Members:
    """The members of one JSON object. A member that is null counts as missing."""

    values: Mapping[str, object] = field(repr=False)
    refusal: Callable[[str], RefusedError] = ProtocolError

    @classmethod
    def read(cls, raw: bytes, refusal: Callable[[str], RefusedError] = ProtocolError) -> "Members":
        """The object in a whole body."""
        try:
            value = read_json(raw)
        except ProtocolError as error:
            raise refusal(str(error)) from error
        return cls.of(value, refusal)

    @classmethod
    def of(cls, value: object, refusal: Callable[[str], RefusedError] = ProtocolError) -> "Members":
        """The value as an object, or a refusal."""
        if not isinstance(value, dict):
            raise refusal("not a JSON object")
        return cls(value, refusal)

    def only(self, *names: str) -> None:
        """Refuse members that nobody published."""
        unknown = self.values.keys() - set(names)
        if unknown:
            raise self.refusal(f"{len(unknown)} unknown member(s)")

    def text(self, name: str, *, longest: int = 255) -> str:
        """A text that is there and not empty."""
        found = self.optional_text(name, longest=longest)
        if not found:
            raise self.refusal(f"{name} is missing")
        return found

    def optional_text(self, name: str, *, longest: int = 255) -> str | None:
        found = self.values.get(name)
        if found is None:
            return None
        if not isinstance(found, str) or len(found) > longest:
            raise self.refusal(f"{name} is not a text of at most {longest} characters")
        return found

    def optional_word(self, name: str, *, longest: int = 255) -> str | None:
        """A text on one line, or nothing."""
        found = self.optional_text(name, longest=longest)
        if found is not None and (not found or _CONTROL.search(found)):
            raise self.refusal(f"{name} is empty or has control characters")
        return found

    def optional_integer(self, name: str, *, least: int = 0, most: int = MAX_INTEGER) -> int | None:
        found = self.values.get(name)
        if found is None:
            return None
        if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
            raise self.refusal(f"{name} is not an integer from {least} to {most}")
        return found

    def integer(self, name: str, *, least: int = 0, most: int = MAX_INTEGER) -> int:
        found = self.optional_integer(name, least=least, most=most)
        if found is None:
            raise self.refusal(f"{name} is missing")
        return found

    def flag(self, name: str, *, default: bool) -> bool:
        found = self.values.get(name)
        if found is None:
            return default
        if not isinstance(found, bool):
            raise self.refusal(f"{name} is neither true nor false")
        return found

    def members(self, name: str) -> "Members":
        found = self.optional_members(name)
        if found is None:
            raise self.refusal(f"{name} is missing")
        return found

    def optional_members(self, name: str) -> "Members | None":
        found = self.values.get(name)
        return None if found is None else Members.of(found, self.refusal)

    def texts(self, name: str) -> tuple[str, ...]:
        """An array of texts; a missing one is empty."""
        found = self.values.get(name)
        if found is None:
            return ()
        if not isinstance(found, list) or not all(isinstance(item, str) and item for item in found):
            raise self.refusal(f"{name} is not an array of texts")
        return tuple(found)

    def text_map(self, name: str) -> dict[str, str]:
        """An object of texts; a missing one is empty."""
        found = self.optional_members(name)
        texts = {} if found is None else found.values
        if not all(isinstance(value, str) for value in texts.values()):
            raise self.refusal(f"{name} holds something that is not a text")
        return {key: str(value) for key, value in texts.items()}

    def moment_ms(self, name: str) -> int | None:
        """A moment as ISO 8601 text with offset → milliseconds since the Unix epoch."""
        found = self.optional_text(name, longest=64)
        if found is None:
            return None
        try:
            moment = datetime.fromisoformat(found)
        except ValueError as error:
            raise self.refusal(f"{name} is not a moment") from error
        if moment.tzinfo is None:
            raise self.refusal(f"{name} has no offset")
        moment_ms = (moment - _EPOCH) // timedelta(milliseconds=1)
        if not 0 <= moment_ms <= _LAST_MOMENT_MS:
            raise self.refusal(f"{name} is out of range")
        return moment_ms
