"""What custody asks of a database. It sees sealed values, hashes, tags and times, and no secret.

Every verb is one transaction, durable when it returns, and raises StoreUnavailable when the database
fails. All times are Unix milliseconds and come from the caller.
"""

from collections.abc import Callable
from typing import Protocol

from webapp.custody.record import Lease, SealedBrowser, SealedReceipt, SealedRecord


class ActivationStore(Protocol):
    """A handful of verbs about activations."""

    def close(self) -> None:
        """Close the idle connections; the next verb opens others."""
        ...

    def add(self, record: SealedRecord, browser: SealedBrowser, *, lookup: bytes | None = None) -> None:
        """Keep a new record with its first browser, and the tag by which it is found, if it has one."""
        ...

    def find(self, sid_hash: bytes) -> tuple[SealedRecord, SealedBrowser] | None:
        """The browser of this sid and the record it opens, as they were at one moment."""
        ...

    def renew_browser(self, old: SealedBrowser, new: SealedBrowser, *, lookup: bytes | None = None) -> None:
        """Put the new wrap in the place of the old one, unless somebody else did so already.

        The tag by which the record is found takes the place of the one before; None changes nothing there.
        """
        ...

    def add_browser(self, browser: SealedBrowser) -> None:
        """Keep one more wrap of a record.

        Raises:
            NotEnrolled: the record is gone.
        """
        ...

    def forget_others(self, record_id: str, sid_hash: bytes) -> int:
        """Erase every wrap of the record but this one, if this one is still there. Returns how many."""
        ...

    def forget_browser(self, sid_hash: bytes) -> None:
        """Erase this browser's wrap, and with the record's last wrap everything about the record."""
        ...

    def advance(self, record: SealedRecord, lease: Lease, *, now_ms: int) -> bool:
        """Replace the state of the revision before this one and extend the lease, both or neither.

        False, with nothing stored: the lease is over or another's, or the revision is not the expected one.
        """
        ...

    def take_lease(self, lease: Lease, *, now_ms: int, dead: str | None) -> bool:
        """Take the lease if it is free, over, or held by a holder known to be dead; never two at once.

        Raises:
            NotEnrolled: the record is gone.
        """
        ...

    def find_lease(self, record_id: str) -> Lease | None:
        """Who holds the record, if anybody; the lease may be over."""
        ...

    def release_lease(self, lease: Lease) -> None:
        """End this holder's lease; another's stays."""
        ...

    def append_receipt(self, record_id: str, make: Callable[[int], SealedReceipt]) -> bool:
        """Ask for the receipt with the record's next ordinal and keep it. False: the record is gone."""
        ...

    def newest_receipt(
        self, record_id: str, *, form_tag: bytes | None, operation_tag: bytes | None
    ) -> SealedReceipt | None:
        """The last receipt kept with the tags that are given; without any, the last of all."""
        ...
