"""The mobile SDK's configuration string: which application this is, and its master key.

Source: powerauth.md, section 1.1.
"""

from dataclasses import dataclass, field
from typing import Final, Self

from webapp.powerauth.encoding import from_base64, to_base64
from webapp.powerauth.errors import EncodingError, SdkConfigurationInvalid

_VERSION: Final = 1
_P256_KEY: Final = 1
_SECRET_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class SdkConfiguration:
    """What every client of one application shares.

    `application_key` and `application_secret` are Base64 texts of 16 bytes each, because the protocol
    uses the text in some places and the bytes in others. `master_public_key` has 65 bytes; whether they are
    a point of the curve is for `read_public` to say: published configurations carry any bytes there.
    """

    application_key: str
    application_secret: str = field(repr=False)
    master_public_key: bytes

    @property
    def application_secret_bytes(self) -> bytes:
        """The 16 raw bytes: the form that keys the request for a temporary key."""
        return from_base64(self.application_secret)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the Base64 string that the PowerAuth Server shows as `mobileSdkConfig`.

        Raises:
            SdkConfigurationInvalid: not Base64, another version, cut off, no P-256 key.
        """
        try:
            raw = from_base64(text)
        except EncodingError as error:
            raise SdkConfigurationInvalid("not Base64") from error
        if not raw or raw[0] != _VERSION:
            raise SdkConfigurationInvalid("unknown version")
        key, at = _read_sized(raw, 1)
        secret, at = _read_sized(raw, at)
        if len(key) != _SECRET_BYTES or len(secret) != _SECRET_BYTES:
            raise SdkConfigurationInvalid("application key and secret have 16 bytes each")
        return cls(to_base64(key), to_base64(secret), _master_key(raw, at))

    def serialise(self) -> str:
        """Write the string."""
        return to_base64(
            bytes((_VERSION,))
            + _sized(from_base64(self.application_key))
            + _sized(self.application_secret_bytes)
            + encode_count(1)
            + bytes((_P256_KEY,))
            + _sized(self.master_public_key)
        )


def encode_count(count: int) -> bytes:
    """One byte up to 127, two up to 2¹⁴−1, four up to 2³⁰−1; the first bits tell which."""
    if count < 1 << 7:
        return bytes((count,))
    if count < 1 << 14:
        return (count | 0x8000).to_bytes(2, "big")
    if count < 1 << 30:
        return (count | 0xC000_0000).to_bytes(4, "big")
    raise SdkConfigurationInvalid("a count has at most 30 bits")


def read_count(raw: bytes, at: int) -> tuple[int, int]:
    """The count that begins at `at`, and where the next thing begins.

    Raises:
        SdkConfigurationInvalid: cut off.
    """
    if at >= len(raw):
        raise SdkConfigurationInvalid("cut off")
    prefix = raw[at] >> 6
    size, mask = (1, 0x7F) if prefix < 2 else (2, 0x3FFF) if prefix == 2 else (4, 0x3FFF_FFFF)  # noqa: PLR2004
    if at + size > len(raw):
        raise SdkConfigurationInvalid("cut off")
    return int.from_bytes(raw[at : at + size], "big") & mask, at + size


def _sized(item: bytes) -> bytes:
    return encode_count(len(item)) + item


def _read_sized(raw: bytes, at: int) -> tuple[bytes, int]:
    size, start = read_count(raw, at)
    if start + size > len(raw):
        raise SdkConfigurationInvalid("cut off")
    return raw[start : start + size], start + size


def _master_key(raw: bytes, at: int) -> bytes:
    """The first P-256 key of the list; keys of kinds we do not know are passed over."""
    count, at = read_count(raw, at)
    found: bytes | None = None
    for _ in range(count):
        if at >= len(raw):
            raise SdkConfigurationInvalid("cut off")
        kind = raw[at]
        key, at = _read_sized(raw, at + 1)
        if kind == _P256_KEY and found is None:
            found = key
    if found is None:
        raise SdkConfigurationInvalid("no P-256 key")
    return found
