"""What the page posts after a device has answered: JSON that its script wrote by hand.

Everything binary is Base64url. `key` is what grew from the passkey's secret in the page; it opens things,
and is forgotten with the request.
"""

from dataclasses import dataclass, field
from typing import Any, Final, Self, TypeVar

import msgspec

from webapp.flows.passkey import SECRET_BYTES
from webapp.flows.passkey_errors import PasskeyMalformed, PasskeyMissing
from webapp.powerauth.encoding import from_base64url
from webapp.powerauth.errors import EncodingError

MAX_ANSWER_LENGTH: Final = 24 * 1024
"""Of the whole field: a device may send certificates along, although nobody asks for them."""


class Raw(bytes):
    """Bytes that stand in JSON as Base64url."""

    __slots__ = ()

    @classmethod
    def read(cls, text: Any) -> Self:
        if not isinstance(text, str):
            raise TypeError
        return cls(from_base64url(text))


@dataclass(frozen=True, slots=True)
class Assertion:
    """The answer of a passkey that exists."""

    note: str
    id: Raw
    client_data: Raw
    authenticator_data: Raw
    signature: Raw
    key: Raw = field(repr=False)


@dataclass(frozen=True, slots=True)
class Registration:
    """The answer of a passkey that was just made."""

    note: str
    client_data: Raw
    attestation: Raw
    transports: tuple[str, ...]
    key: Raw = field(repr=False)


T = TypeVar("T", Assertion, Registration)


def read_assertion(text: str) -> Assertion:
    """Read the field of a form.

    Raises:
        PasskeyMissing: it is empty.
        PasskeyMalformed: it is not what the page sends.
    """
    return _read(text, Assertion)


def read_registration(text: str) -> Registration:
    """The same for a new passkey; raises what `read_assertion` raises."""
    return _read(text, Registration)


def _read(text: str, kind: type[T]) -> T:
    if not text:
        raise PasskeyMissing
    try:
        answer: T = msgspec.json.decode(text, type=kind, dec_hook=lambda _kind, value: Raw.read(value))
    except (msgspec.MsgspecError, EncodingError, TypeError, RecursionError, UnicodeError) as error:
        # What failed is not quoted: the key is in it.
        raise PasskeyMalformed(type(error).__name__) from None
    if len(answer.key) != SECRET_BYTES:
        raise PasskeyMalformed("a key has 32 bytes")
    return answer
