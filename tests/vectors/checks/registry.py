"""Which function checks which family of vectors, and what one case is."""

import base64
from collections.abc import Callable, Mapping
from typing import Any

NOTES = frozenset({"id", "source", "licence", "reason"})


class Case:
    """One case of a vector file. It remembers what was read of it.

    A field that its check never looked at is a promise that nobody kept, so such a case fails.
    """

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields
        self._read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self._read.add(name)
        if name not in self._fields:
            raise AssertionError(f"the case has no field {name!r}")
        return self._fields[name]

    def get(self, name: str) -> Any:
        """A field that some cases of the family do without; None where it is absent."""
        return self[name] if name in self._fields else None

    def base64(self, name: str) -> bytes:
        """A field in Base64. Decoded by the standard library, not by the code under test."""
        return base64.b64decode(self[name], validate=True)

    def hex(self, name: str) -> bytes:
        """A field in hex."""
        return bytes.fromhex(self[name])

    def unread(self) -> set[str]:
        """The fields nobody looked at, notes apart."""
        return self._fields.keys() - self._read - NOTES


Check = Callable[[Case], None]
CHECKS: dict[str, Check] = {}


def family(*names: str) -> Callable[[Check], Check]:
    """Register a function as the check of the families `names`, each a file `name.json`."""

    def register(check: Check) -> Check:
        for name in names:
            if name in CHECKS:
                raise ValueError(f"two checks for {name}")
            CHECKS[name] = check
        return check

    return register
