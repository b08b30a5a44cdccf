"""Randomness as something that can be passed in: `random(n)` returns n bytes nobody can predict."""

import os
from collections.abc import Callable

Random = Callable[[int], bytes]

system_random: Random = os.urandom
