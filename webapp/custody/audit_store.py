"""What the audit trail asks of a database. There is no verb that changes or erases an entry.

Every verb is one transaction, durable when it returns, and raises StoreUnavailable when the database fails.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """One entry as it lies in the database."""

    chain: str
    ordinal: int  # 1, 2, 3 … within the chain
    sealed_content: bytes = field(repr=False)
    link: bytes  # 32 bytes, over this entry and the link of the one before


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends; with ordinal 0 it has not begun, and nobody vouches for that."""

    chain: str
    ordinal: int = 0
    link: bytes = b""
    key_id: str = ""
    mark: bytes = b""  # 32 bytes: we wrote this head


class AuditStore(Protocol):
    """A handful of verbs about chains."""

    def append(self, chains: Sequence[str], make: Callable[[Head], tuple[SealedEntry, Head]]) -> SealedEntry:
        """Ask for the entry behind the head of the one of these chains that exists, and keep both.

        Nobody else appends to that chain meanwhile. If none exists, the first begins.
        """
        ...

    def find_chain(self, chains: Sequence[str]) -> str | None:
        """The one of these that exists."""
        ...

    def entries(self, chain: str) -> list[SealedEntry]:
        """All of a chain, in their order."""
        ...

    def find(self, chain: str, ordinal: int) -> SealedEntry | None:
        """One entry."""
        ...

    def head(self, chain: str) -> Head | None:
        """Where the chain is said to end."""
        ...

    def chains(self) -> list[str]:
        """Every chain of which there is an entry or a head, in some order that stays."""
        ...
