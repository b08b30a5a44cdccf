"""Time-based one-time passwords of the proximity check.

Source: formats.md, section 2.8; RFC 6238.
"""

import hmac
from typing import Final

DIGITS: Final = 8
STEP_S: Final = 30


def totp(
    seed: bytes, seconds: int, *, digits: int = DIGITS, step_s: int = STEP_S, algorithm: str = "sha256"
) -> str:
    """The code of the moment `seconds` (Unix time): `digits` decimal digits, zero-padded."""
    return _code(seed, seconds // step_s, digits, algorithm)


def totp_matches(
    seed: bytes,
    seconds: int,
    code: str,
    *,
    digits: int = DIGITS,
    step_s: int = STEP_S,
    back_steps: int = 1,
    algorithm: str = "sha256",
) -> bool:
    """Whether `code` is that of the current step or of one of the `back_steps` before, never a later one."""
    if not code.isascii():
        return False
    current = seconds // step_s
    steps = range(max(0, current - back_steps), current + 1)
    # Every step is computed and compared: how long it takes tells nothing about which one fits.
    matches = [hmac.compare_digest(_code(seed, step, digits, algorithm), code) for step in steps]
    return any(matches)


def _code(seed: bytes, step: int, digits: int, algorithm: str) -> str:
    digest = hmac.digest(seed, step.to_bytes(8, "big"), algorithm)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)
