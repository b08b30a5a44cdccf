"""A state small enough for tests of the store: custody may not care what it keeps."""

import base64
import json
from dataclasses import dataclass, field
from typing import Self

from webapp.powerauth.errors import StateInvalid


@dataclass(frozen=True, slots=True)
class Count:
    """A counter and a secret beside it."""

    value: int
    secret: bytes = field(default=b"", repr=False)

    def next(self) -> "Count":
        return Count(self.value + 1, self.secret)

    def to_bytes(self) -> bytes:
        return json.dumps({"value": self.value, "secret": base64.b64encode(self.secret).decode()}).encode()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        try:
            content = json.loads(stored)
        except ValueError:
            raise StateInvalid("not JSON") from None
        return cls(content["value"], base64.b64decode(content["secret"]))
