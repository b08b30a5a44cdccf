"""Receipts: what became of each form, so that a form sent twice gets the same answer and signs nothing.

The content is the caller's; here it is bytes. Ids of forms and operations lie in the database only as
tags under the record's data key.
"""

from dataclasses import dataclass, field

from webapp.clock import Clock
from webapp.custody.record import SealedReceipt
from webapp.custody.sealing import DataKey
from webapp.custody.store import ActivationStore
from webapp.randomness import Random


@dataclass(frozen=True, slots=True)
class Receipts:
    """The receipts of one opened record."""

    store: ActivationStore
    data_key: DataKey = field(repr=False)
    clock: Clock
    random: Random

    def keep(self, *, form_id: str, operation_id: str, content: bytes) -> None:
        """Keep one more receipt. If the record is gone, nobody is left to ask for it: nothing happens."""
        form_tag = self.data_key.tag("form", form_id)
        operation_tag = self.data_key.tag("operation", operation_id)

        def make(ordinal: int) -> SealedReceipt:
            return self.data_key.seal_receipt(
                content,
                ordinal=ordinal,
                form_tag=form_tag,
                operation_tag=operation_tag,
                kept_at_ms=self.clock.now_ms(),
                random=self.random,
            )

        self.store.append_receipt(self.data_key.record_id, make)

    def last_kept_at_ms(self) -> int | None:
        """When the newest of all receipts was kept; None if there is none."""
        receipt = self.store.newest_receipt(self.data_key.record_id, form_tag=None, operation_tag=None)
        return None if receipt is None else receipt.kept_at_ms

    def find(self, *, form_id: str | None = None, operation_id: str | None = None) -> bytes | None:
        """The newest receipt of this form, of this operation, or of both.

        Raises:
            RecordDamaged: the receipt is not as we wrote it.
        """
        if form_id is None and operation_id is None:
            raise TypeError("find needs a form, an operation, or both")
        receipt = self.store.newest_receipt(
            self.data_key.record_id,
            form_tag=None if form_id is None else self.data_key.tag("form", form_id),
            operation_tag=None if operation_id is None else self.data_key.tag("operation", operation_id),
        )
        return None if receipt is None else self.data_key.unseal_receipt(receipt)
