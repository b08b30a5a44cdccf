"""What a link or a scan has brought, on its way to the approval: one short-lived cookie, sealed.

`__Host-pac` holds the operation that the last of them named, its proximity code if it brought one, and the
moment. The browser keeps it for ten minutes: so long somebody may take to enrol and still arrive at the
operation. The code is worth sending for a minute only; `KeptCode.is_fresh` tells, and afterwards the page
asks for the code that is shown now.
"""

from dataclasses import dataclass, field
from typing import Final

import msgspec
from flask import Response

from webapp.flows.proximity import KeptCode
from webapp.mtoken.operation import ProximityCheckType
from webapp.mtoken.pac import PACData
from webapp.web.sealed_cookie import SealedCookie

LIFETIME_S: Final = 600
COOKIE: Final = SealedCookie("pac", "kept code", LIFETIME_S, 2048)


@dataclass(frozen=True, slots=True)
class _Arrival:
    """One link or scan: the operation, its code, and when it came by this machine's clock, in ms."""

    operation_id: str
    code: str | None = field(repr=False)
    received_at_ms: int
    came_by: ProximityCheckType = ProximityCheckType.DEEPLINK


def keep(
    response: Response,
    found: PACData,
    *,
    now_ms: int,
    came_by: ProximityCheckType = ProximityCheckType.DEEPLINK,
) -> None:
    """Remember what a link or a scan said; what an earlier one said is forgotten."""
    COOKIE.keep(response, msgspec.json.encode(_Arrival(found.oid, found.potp, now_ms, came_by)))


def current(operation_id: str) -> KeptCode | None:
    """The code that a link or a scan has brought for exactly this operation, however old it is."""
    arrival = _arrival()
    if arrival is None or arrival.code is None or arrival.operation_id != operation_id:
        return None
    return KeptCode(operation_id, arrival.code, arrival.received_at_ms, arrival.came_by)


def awaited_operation() -> str | None:
    """The operation that the last link named, for somebody who had to enrol first."""
    arrival = _arrival()
    return None if arrival is None else arrival.operation_id


def forget(response: Response) -> None:
    """The code has done its work."""
    COOKIE.forget(response)


def _arrival() -> _Arrival | None:
    """What the cookie says; None where it says nothing that we wrote."""
    content = COOKIE.read()
    try:
        return None if content is None else msgspec.json.decode(content, type=_Arrival)
    except msgspec.DecodeError:
        return None
