"""Randomness that tests decide."""

import hashlib
import itertools

from webapp.powerauth.ecc import PrivateKey
from webapp.randomness import Random


def scripted(*answers: bytes) -> Random:
    """Gives these answers, one a call and in this order; another length or one call too many is an error."""
    left = list(answers)

    def random(size: int) -> bytes:
        answer = left.pop(0)
        if len(answer) != size:
            raise ValueError(f"asked for {size} bytes, the script says {len(answer)}")
        return answer

    return random


def making(key: PrivateKey) -> bytes:
    """The 40 random bytes from which `ecc.generate` makes this key."""
    return (key.private_numbers().private_value - 1).to_bytes(40, "big")


def repeatable(seed: str) -> Random:
    """As good as random, and the same on every run."""
    numbers = itertools.count()

    def random(size: int) -> bytes:
        return hashlib.shake_256(f"{seed}/{next(numbers)}".encode()).digest(size)

    return random
