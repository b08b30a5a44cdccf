"""What custody hands out: an activation to read, and one to advance."""

from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from webapp.custody.errors import LeaseLost
from webapp.custody.lease import Leases
from webapp.custody.receipts import Receipts
from webapp.custody.record import Lease, SealedRecord


class State(Protocol):
    """What custody knows of the state that it keeps: it can be written down."""

    def to_bytes(self) -> bytes: ...


S = TypeVar("S", bound=State)


@dataclass(frozen=True, slots=True)
class OpenActivation(Generic[S]):
    """An activation as it was at one moment; enough for everything that does not sign."""

    record_id: str
    generation: str  # changes with every new sid; forms carry it
    state: S = field(repr=False)
    _receipts: Receipts = field(repr=False)
    proof_key: bytes | None = field(default=None, repr=False)  # by which this browser proves its requests

    def find_receipt(self, *, operation_id: str) -> bytes | None:
        """The newest receipt of this operation.

        Raises:
            RecordDamaged: the receipt is not as we wrote it.
        """
        return self._receipts.find(operation_id=operation_id)

    def last_used_at_ms(self) -> int | None:
        """When an answer was last kept for this activation, in Unix ms; None if none ever was."""
        return self._receipts.last_kept_at_ms()


class HeldActivation(Generic[S]):
    """An activation whose lease is ours for the length of `Custody.hold`; not to be shared by threads."""

    def __init__(
        self,
        generation: str,
        state: S,
        *,
        record: SealedRecord,
        lease: Lease,
        leases: Leases,
        receipts: Receipts,
        proof_key: bytes | None = None,
    ) -> None:
        self.record_id = record.id
        self.generation = generation
        self.proof_key = proof_key
        self._state = state
        self._revision = record.revision
        self._lease = lease
        self._leases = leases
        self._receipts = receipts

    def __repr__(self) -> str:
        return f"HeldActivation(record_id={self.record_id!r}, generation={self.generation!r})"

    @property
    def state(self) -> S:
        """The latest stored state."""
        return self._state

    def store(self, state: S) -> None:
        """Make this the record's state, on the disk before we return; the lease starts anew.

        Raises:
            LeaseLost: the lease ended, or the record was advanced or erased; nothing was stored.
        """
        revision = self._revision + 1
        data_key = self._receipts.data_key
        sealed = data_key.seal_state(state.to_bytes(), revision, random=self._receipts.random)
        record = SealedRecord(self.record_id, revision, sealed)
        lease = self._leases.new(self.record_id, self._lease.holder)
        if not self._leases.store.advance(record, lease, now_ms=self._leases.clock.now_ms()):
            raise LeaseLost(f"revision {revision} was not stored")
        self._state, self._revision = state, revision

    def keep_receipt(self, *, form_id: str, operation_id: str, content: bytes) -> None:
        """Remember what became of a form; needs no lease, for an answer may come after its end."""
        self._receipts.keep(form_id=form_id, operation_id=operation_id, content=content)

    def find_receipt(self, *, form_id: str | None = None, operation_id: str | None = None) -> bytes | None:
        """The newest receipt of this form, of this operation, or of both.

        Raises:
            RecordDamaged: the receipt is not as we wrote it.
        """
        return self._receipts.find(form_id=form_id, operation_id=operation_id)
