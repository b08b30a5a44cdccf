"""The setting that says how often something may be tried; docs/limits.md lists the names."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from webapp.custody.tries import Rate
from webapp.flows import guard
from webapp.web import rate_limits

DEFAULTS: Final[Mapping[str, Rate]] = MappingProxyType({**guard.RATES, **rate_limits.RATES})

_PERIODS_S: Final = MappingProxyType({"minute": 60, "hour": 3600, "day": 86_400})
_ENTRY: Final = re.compile(r"([a-z_.]+):(?:(off)|([1-9][0-9]{0,5})/(minute|hour|day))")


def read(value: str) -> Mapping[str, Rate]:
    """`pin.activation:10/day,scan.browser:off` → every rate there is, with these instead of the defaults."""
    rates = dict(DEFAULTS)
    for part in filter(None, (part.strip() for part in value.split(","))):
        match = _ENTRY.fullmatch(part)
        if match is None:
            raise ValueError("name:count/minute, /hour or /day, or name:off, several separated by commas")
        name, is_off, count, period = match.groups()
        if name not in DEFAULTS:
            raise ValueError(f"{name} is not a limit; these are: {', '.join(sorted(DEFAULTS))}")
        if is_off:
            rates.pop(name, None)
        else:
            rates[name] = Rate(int(count), _PERIODS_S[period])
    return MappingProxyType(rates)
