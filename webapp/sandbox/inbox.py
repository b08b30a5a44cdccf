"""Messages of the bank to its customers: what is kept of them, and who has read which.

A message belongs to a user, whichever activation asks for it. Everything that changes one runs inside
`Store.write`.

Source: mobile-token-api.md, section 3.2.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from webapp.sandbox.store import Transaction, save

TYPES: Final = ("text", "html")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Letter:
    """What the bank writes; `type` is one of `TYPES` and describes the body."""

    type: str
    subject: str = field(repr=False)
    summary: str = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """One row of `inbox_message`. `read_ms` is when its reader marked it; None: it is unread."""

    id: str
    user_id: str
    type: str
    subject: str = field(repr=False)
    summary: str = field(repr=False)
    body: str = field(repr=False)
    created_ms: int
    read_ms: int | None = None

    @property
    def created(self) -> datetime:
        return _moment(self.created_ms)

    @property
    def read(self) -> datetime | None:
        return None if self.read_ms is None else _moment(self.read_ms)


def deliver(transaction: Transaction, message_id: str, user_id: str, letter: Letter, now_ms: int) -> None:
    """Put a letter into a user's inbox."""
    message = Message(message_id, user_id, letter.type, letter.subject, letter.summary, letter.body, now_ms)
    save(transaction, "inbox_message", message)


def find(transaction: Transaction, user_id: str, message_id: str) -> Message | None:
    """The user's message of this id; nobody else's."""
    row = transaction.execute(
        "SELECT * FROM inbox_message WHERE user_id = ? AND id = ?", (user_id, message_id)
    ).fetchone()
    return None if row is None else Message(**dict(row))


def of_user(
    transaction: Transaction, user_id: str, *, only_unread: bool = False, skip: int = 0, most: int
) -> list[Message]:
    """The messages of a user, newest first."""
    rows = transaction.execute(
        "SELECT * FROM inbox_message WHERE user_id = ? AND (read_ms IS NULL OR NOT ?)"
        " ORDER BY created_ms DESC, rowid DESC LIMIT ? OFFSET ?",
        (user_id, only_unread, most, skip),
    )
    return [Message(**dict(row)) for row in rows]


def count_unread(transaction: Transaction, user_id: str) -> int:
    row = transaction.execute(
        "SELECT count(*) FROM inbox_message WHERE user_id = ? AND read_ms IS NULL", (user_id,)
    ).fetchone()
    return int(row[0])


def mark_read(transaction: Transaction, user_id: str, message_id: str | None, now_ms: int) -> None:
    """Mark one message of the user, or every one for None; the moment of the first time stays."""
    transaction.execute(
        "UPDATE inbox_message SET read_ms = ? WHERE user_id = ? AND id = coalesce(?, id) AND read_ms IS NULL",
        (now_ms, user_id, message_id),
    )


def _moment(moment_ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=moment_ms)
