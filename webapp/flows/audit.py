"""What is written down about everything that a person does with their activation.

An act gets one entry before it is sent, and one with what it came to. If the first cannot be written,
nothing is signed. The second may fail: what happened at the bank has happened, and its outcome is more
important; an entry without its answer tells of it. What the history says later is one entry more.

Source: docs/audit.md.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec
import structlog

from webapp.clock import Clock
from webapp.custody.audit import AuditTrail
from webapp.custody.errors import CustodyError
from webapp.errors import AssentError
from webapp.flows.visitor import Visitor
from webapp.mtoken.server_time import ServerTime

DONE: Final = "done"
UNKNOWN: Final = "unknown"
ERROR: Final = "error"

Noted = Callable[[str, str], None]
"""Told of every act and what it came to; for counting."""

_log = structlog.get_logger()


class Act(StrEnum):
    """What a person does. Each is signed with their activation, but for the last two."""

    ENROL = "enrol"
    APPROVE = "approve"
    REJECT = "reject"
    CLAIM = "claim"
    OFFLINE_CODE = "offline_code"
    HISTORY = "history"
    CHANGE_PIN = "change_pin"
    ADD_PASSKEY = "add_passkey"
    SHOW_RECOVERY = "show_recovery"
    CONFIRM_RECOVERY = "confirm_recovery"
    REMOVE = "remove"
    REMOVE_PASSKEY = "remove_passkey"
    FORGET = "forget"


class Stage(StrEnum):
    """Which entry of an act this is."""

    BEGUN = "begun"
    ENDED = "ended"
    SETTLED = "settled"
    """The bank's history said later how the operation ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What is about to be done. Digests are SHA-256 in Base64url, as in the form's snapshot.

    `passed` counts the screens before the operation; `warnings` are the kinds of what was shown or asked.
    """

    act: Act
    operation_id: str = ""
    data_digest: str = ""
    rendering_digest: str = ""
    passed: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry. Times are Unix milliseconds, by this machine's clock and by the bank's as far as known."""

    stage: Stage
    deed: Deed
    reference: str
    activation_id: str
    at_ms: int
    server_at_ms: int
    outcome: str = ""
    begun: int | None = None
    """The place of the entry that this one answers."""


class Ending:
    """What an act comes to; whoever carries it out says so."""

    def __init__(self, activation_id: str) -> None:
        self.activation_id = activation_id
        self.outcome = UNKNOWN

    def came_to(self, outcome: str) -> None:
        self.outcome = outcome

    def belongs_to(self, activation_id: str) -> None:
        """The act has made this activation."""
        self.activation_id = activation_id


def read(trail: AuditTrail, name: str) -> list[Entry]:
    """The entries of one name, oldest first. Raises AuditDamaged."""
    return [msgspec.json.decode(content, type=Entry) for content in trail.read(name)]


class Audit:
    """Writes the trail, and reads it for those who run the site."""

    def __init__(
        self,
        trail: AuditTrail,
        *,
        clock: Clock,
        server_time: ServerTime,
        noted: Noted = lambda _act, _to: None,
    ) -> None:
        self.trail = trail
        self._clock = clock
        self._server_time = server_time
        self._noted = noted

    @contextmanager
    def deed(self, visitor: Visitor, activation_id: str, deed: Deed) -> Iterator[Ending]:
        """Write down what is about to be done; then the block does it and says what came of it.

        Args:
            activation_id: empty while there is none yet.

        Raises:
            StoreUnavailable, AuditDamaged: it could not be written, and the block did not begin.
        """
        name = name_of(activation_id) if activation_id else name_of_attempt(visitor.reference)
        begun = self.trail.append(name, self._encode(Stage.BEGUN, visitor, activation_id, deed))
        ending = Ending(activation_id)
        try:
            yield ending
        except Exception as error:
            ending.came_to(error.message_key if isinstance(error, AssentError) else ERROR)
            raise
        finally:
            self._end(name, begun, visitor, deed, ending)

    def note(self, visitor: Visitor, activation_id: str, deed: Deed, outcome: str, stage: Stage) -> None:
        """Write down what has happened already and was not signed; nobody is stopped for it."""
        entry = self._encode(stage, visitor, activation_id, deed, outcome)
        self._append_or_log(name_of(activation_id), entry, deed.act)
        self._noted(deed.act, outcome)

    def read(self, name: str) -> list[Entry]:
        """The entries of one name. Raises AuditDamaged."""
        return read(self.trail, name)

    def _end(self, name: str, begun: int, visitor: Visitor, deed: Deed, ending: Ending) -> None:
        _log.info("act", act=deed.act.value, outcome=ending.outcome)
        self._noted(deed.act, ending.outcome)
        entry = self._encode(Stage.ENDED, visitor, ending.activation_id, deed, ending.outcome, begun)
        self._append_or_log(name, entry, deed.act)
        if ending.activation_id and name != name_of(ending.activation_id):
            # The trail of a new activation begins with its own beginning.
            entry = self._encode(Stage.ENDED, visitor, ending.activation_id, deed, ending.outcome)
            self._append_or_log(name_of(ending.activation_id), entry, deed.act)

    def _append_or_log(self, name: str, entry: bytes, act: Act) -> None:
        try:
            self.trail.append(name, entry)
        except CustodyError as error:
            _log.error("audit_not_written", act=act.value, error=type(error).__name__)

    def _encode(
        self,
        stage: Stage,
        visitor: Visitor,
        activation_id: str,
        deed: Deed,
        outcome: str = "",
        begun: int | None = None,
    ) -> bytes:
        return msgspec.json.encode(
            Entry(
                stage=stage,
                deed=deed,
                reference=visitor.reference,
                activation_id=activation_id,
                at_ms=self._clock.now_ms(),
                server_at_ms=self._server_time.now_ms(),
                outcome=outcome,
                begun=begun,
            )
        )


def name_of(activation_id: str) -> str:
    """The name of an activation's chain."""
    return f"activation/{activation_id}"


def name_of_attempt(reference: str) -> str:
    """The name of the chain of one try to enrol, which has no activation yet."""
    return f"attempt/{reference}"
