"""Operations of the past → what the page of the history prints."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from babel.dates import format_datetime
from flask_babel import get_locale
from flask_babel.speaklater import LazyString

from webapp.mtoken.operation import OperationStatus, UserOperation
from webapp.web import present
from webapp.web.history_words import STATUSES


@dataclass(frozen=True, slots=True)
class Moment:
    """`iso` is for programs, `text` for people; both in UTC, for the site does not know the reader's zone."""

    iso: str
    text: str

    @classmethod
    def of(cls, moment: datetime) -> Self:
        utc = moment.astimezone(UTC)
        text = format_datetime(utc, format="medium", tzinfo=UTC, locale=get_locale() or "en")
        return cls(utc.isoformat(timespec="seconds"), text)


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation of the history. `reason` is the bank's own text; `ended` is known where time ended it."""

    line: present.Line
    status: OperationStatus
    word: LazyString
    reason: str | None
    began: Moment
    ended: Moment | None

    @property
    def is_waiting(self) -> bool:
        return self.status is OperationStatus.PENDING


@dataclass(frozen=True, slots=True)
class Choice:
    """One button of the filter: a status, its word, and how many operations have it."""

    status: OperationStatus
    word: LazyString
    count: int


def entry(operation: UserOperation, now_ms: int) -> Entry:
    status = operation.status
    return Entry(
        line=present.line(operation, now_ms),
        status=status,
        word=STATUSES[status],
        reason=operation.status_reason,
        began=Moment.of(operation.operation_created),
        ended=Moment.of(operation.operation_expires) if status is OperationStatus.EXPIRED else None,
    )


def choices(entries: Sequence[Entry]) -> tuple[Choice, ...]:
    """What the filter offers besides everything: the statuses that are there."""
    counts = Counter(one.status for one in entries)
    return tuple(Choice(status, word, counts[status]) for status, word in STATUSES.items() if counts[status])
