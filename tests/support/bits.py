"""The smallest possible damage."""


def flipped(raw: bytes, bit: int) -> bytes:
    """With one bit changed; `bit` counts from the front and wraps around."""
    at, mask = divmod(bit % (8 * len(raw)), 8)
    return raw[:at] + bytes((raw[at] ^ (0x80 >> mask),)) + raw[at + 1 :]
