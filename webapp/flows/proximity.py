"""Proximity codes: taken from a link or a scan, or typed in, matched with the operation, not kept for long.

Source: formats.md, section 3.4; mobile-token-api.md, section 4.8.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from webapp.flows.errors import (
    ProximityCodeForeign,
    ProximityCodeMissing,
    ProximityCodeTooOld,
    ProximityCodeUnreadable,
)
from webapp.mtoken.errors import PacError
from webapp.mtoken.operation import ProximityCheck, ProximityCheckType
from webapp.mtoken.pac import read_qr_code

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CODE: Final = re.compile(r"[0-9]{4,20}")
_GAPS: Final = re.compile(r"[\s\-\u2010-\u2015]+")


@dataclass(frozen=True, slots=True)
class KeptCode:
    """A code that a link or a scan brought, on its way to the approval. Moments are this machine's, in ms."""

    operation_id: str
    code: str = field(repr=False)
    received_at_ms: int
    came_by: ProximityCheckType = ProximityCheckType.DEEPLINK

    def is_fresh(self, now_ms: int, lifetime_s: int) -> bool:
        """Whether it is worth sending; not if the clock was set back meanwhile."""
        return 0 <= now_ms - self.received_at_ms <= lifetime_s * 1000


def proximity_check(
    operation_id: str, *, typed: str | None, kept: KeptCode | None, now_ms: int, lifetime_s: int
) -> ProximityCheck:
    """The proof to send with an approval of this operation; what was typed goes before what was kept.

    Raises:
        ProximityCodeMissing, ProximityCodeUnreadable: nothing was typed, or no code.
        ProximityCodeForeign: a code of another operation.
        ProximityCodeTooOld: the kept code was received too long ago; it would cost an attempt.
    """
    if typed:
        return ProximityCheck(_read(typed, operation_id), ProximityCheckType.QR_CODE, _moment(now_ms))
    if kept is None:
        raise ProximityCodeMissing
    if kept.operation_id != operation_id:
        raise ProximityCodeForeign
    if not kept.is_fresh(now_ms, lifetime_s):
        raise ProximityCodeTooOld
    return ProximityCheck(kept.code, kept.came_by, _moment(kept.received_at_ms))


def _read(typed: str, operation_id: str) -> str:
    """Digits in any script, grouped or not; or the whole text of a link or QR code."""
    digits = _GAPS.sub("", "".join(str(unicodedata.decimal(one, one)) for one in typed))
    if _CODE.fullmatch(digits):
        return digits
    try:
        found = read_qr_code(typed.strip())
    except PacError as error:
        raise ProximityCodeUnreadable(error.code) from None
    if found.oid != operation_id:
        raise ProximityCodeForeign
    if found.potp is None:
        raise ProximityCodeUnreadable("no code")
    return found.potp


def _moment(at_ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=at_ms)
