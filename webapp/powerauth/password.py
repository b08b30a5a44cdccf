"""A PIN or password that can be wiped after use.

Python cannot wipe a `str`. Whoever gets a PIN as single key presses, or wants to be rid of it at a certain
moment, keeps it here; everything that takes a PIN takes this, too.
"""

import hmac
from typing import Self

_CONTINUATION = range(0x80, 0xC0)


class Password:
    """What was typed so far, as UTF-8. Shows nothing of itself; leaving its `with` block wipes it."""

    __slots__ = ("_raw",)

    def __init__(self, typed: str | bytes = b"") -> None:
        self._raw = bytearray(typed.encode() if isinstance(typed, str) else typed)

    def __len__(self) -> int:
        """Characters, not bytes."""
        return sum(byte not in _CONTINUATION for byte in self._raw)

    def __repr__(self) -> str:
        return "Password()"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.wipe()

    def add(self, typed: str) -> None:
        """Put more behind it."""
        self._raw += typed.encode()

    def insert(self, position: int, typed: str) -> None:
        """Put more in front of the character at this position; at the length, behind all.

        Raises:
            IndexError: there is no such position.
        """
        at = self._offset(position)
        self._raw[at:at] = typed.encode()

    def remove(self, position: int) -> None:
        """Take the character at this position away.

        Raises:
            IndexError: there is none.
        """
        start, end = self._offset(position), self._offset(position + 1)
        kept = len(self._raw) - (end - start)
        with memoryview(self._raw) as view:
            # In place, for a slice would be a copy that nobody wipes.
            view[start:kept] = view[end:]
            view[kept:] = bytes(end - start)
        del self._raw[kept:]

    def remove_last(self) -> None:
        """Take the last character away, if there is one."""
        while self._raw and self._pop() in _CONTINUATION:
            pass

    def wipe(self) -> None:
        """Overwrite it and be empty."""
        self._raw[:] = bytes(len(self._raw))
        self._raw.clear()

    def matches(self, other: "Password") -> bool:
        """Whether the same was typed twice. For choosing a PIN; whether it is right only the server knows."""
        return hmac.compare_digest(self.reveal(), other.reveal())

    def reveal(self) -> bytes:
        """The bytes, in a copy that nobody wipes: for the one computation that needs them."""
        return bytes(self._raw)

    def _offset(self, position: int) -> int:
        """Where the character at this position begins; the length: where the next one would."""
        starts = [at for at, byte in enumerate(self._raw) if byte not in _CONTINUATION]
        if not 0 <= position <= len(starts):
            raise IndexError("no such position")
        return [*starts, len(self._raw)][position]

    def _pop(self) -> int:
        last = self._raw[-1]
        self._raw[-1:] = b"\0"
        del self._raw[-1:]
        return last


PasswordLike = str | bytes | Password
"""Whatever holds a PIN or password."""


def password_bytes(password: PasswordLike) -> bytes:
    """The bytes that are computed with: UTF-8."""
    if isinstance(password, Password):
        return password.reveal()
    return password.encode() if isinstance(password, str) else password
