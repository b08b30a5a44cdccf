"""The audit trail at rest: chains of sealed entries, each bound to the one before it.

A chain goes by a keyed hash of its name, and what an entry says is sealed, so the database alone tells how
many chains there are and how long. The keys follow from keys that the settings hold; docs/audit.md lists
what is bound to what, and who could change what without being noticed.
"""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Self

import structlog
from cryptography.exceptions import InvalidTag

from webapp.custody.audit_store import AuditStore, Head, SealedEntry
from webapp.custody.errors import AuditDamaged, RecordDamaged, ServerKeyUnknown
from webapp.custody.record import to_text
from webapp.custody.sealing import Envelope, derive, number, seal, sized
from webapp.custody.server_keys import ServerKey, ServerKeys
from webapp.randomness import Random

CHAIN_BYTES: Final = 16
ANCHOR: Final = "audit_anchor"
"""The event in the log that names each entry as it was written."""

_START: Final = b""
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class AuditKey:
    """What one key of the settings is for the audit trail: three keys, each for one purpose."""

    id: str
    _sealing: bytes = field(repr=False)
    _linking: bytes = field(repr=False)
    _naming: bytes = field(repr=False)

    @classmethod
    def of(cls, key: ServerKey) -> Self:
        made = (
            derive(key.secret, f"assent/custody/audit/{use}/1".encode()) for use in ("seal", "link", "name")
        )
        return cls(key.id, *made)

    def chain(self, name: str) -> str:
        """Stands for the name of a chain in the database: 22 letters."""
        return to_text(hmac.digest(self._naming, name.encode(), "sha256")[:CHAIN_BYTES])

    def entry(self, head: Head, content: bytes, *, random: Random) -> SealedEntry:
        """The entry that follows this head."""
        ordinal = head.ordinal + 1
        bound = _bound(head.chain, ordinal, head.link)
        sealed = seal(self._sealing, self.id.encode(), content, b"audit", *bound, random=random)
        return SealedEntry(head.chain, ordinal, sealed, self.link(head.chain, ordinal, head.link, sealed))

    def link(self, chain: str, ordinal: int, previous: bytes, sealed: bytes) -> bytes:
        """What ties an entry to its place and to the one before it: 32 bytes."""
        message = sized(b"link", *_bound(chain, ordinal, previous), sealed)
        return hmac.digest(self._linking, message, "sha256")

    def open(self, entry: SealedEntry, previous: bytes) -> bytes:
        """What the entry says. Raises cryptography's InvalidTag."""
        bound = _bound(entry.chain, entry.ordinal, previous)
        return Envelope.read(entry.sealed_content).open(self._sealing, b"audit", *bound)

    def head(self, entry: SealedEntry) -> Head:
        """The head of a chain that ends with this entry."""
        return Head(
            entry.chain,
            entry.ordinal,
            entry.link,
            self.id,
            self._mark(entry.chain, entry.ordinal, entry.link),
        )

    def has_made(self, head: Head) -> bool:
        """Whether this head is as we wrote it."""
        return hmac.compare_digest(head.mark, self._mark(head.chain, head.ordinal, head.link))

    def _mark(self, chain: str, ordinal: int, link: bytes) -> bytes:
        return hmac.digest(self._linking, sized(b"head", *_bound(chain, ordinal, link)), "sha256")


class AuditTrail:
    """Writes entries, reads them back and tells whether they are as they were written.

    Args:
        store: where sealed entries lie.
        keys: the first seals what is new; all of them open.
    """

    def __init__(self, store: AuditStore, keys: ServerKeys, *, random: Random) -> None:
        self._store = store
        self._keys = {key.id: AuditKey.of(key) for key in keys.every}
        self._current = self._keys[keys.current.id]
        self._random = random

    def append(self, name: str, content: bytes) -> int:
        """Write one more entry into the chain of this name. Returns its place, counted from 1.

        Raises:
            StoreUnavailable: it could not be written.
            AuditDamaged: the end of the chain is not as we wrote it; nothing is written behind it.
        """

        def make(head: Head) -> tuple[SealedEntry, Head]:
            if head.ordinal and not self._has_made(head):
                raise AuditDamaged(f"the head of audit chain {head.chain} was changed")
            entry = self._current.entry(head, content, random=self._random)
            return entry, self._current.head(entry)

        written = self._store.append(self._chains(name), make)
        # Whoever keeps the log elsewhere can tell later that nothing was taken off the end.
        _log.info(ANCHOR, chain=written.chain, ordinal=written.ordinal, link=to_text(written.link))
        return written.ordinal

    def read(self, name: str) -> list[bytes]:
        """What the entries of this name say, in their order.

        Raises:
            AuditDamaged: one of them is not as we wrote it.
        """
        chain = self._store.find_chain(self._chains(name))
        return [] if chain is None else [content for _, content in self.opened(chain)]

    def chains(self) -> list[str]:
        """Every chain that there is, also one that lost its head or its entries."""
        return self._store.chains()

    def opened(self, chain: str) -> Iterator[tuple[int, bytes]]:
        """Places and contents of a chain. Raises AuditDamaged."""
        previous = _START
        for entry in self._store.entries(chain):
            try:
                yield entry.ordinal, self._key_of(entry).open(entry, previous)
            except (InvalidTag, RecordDamaged, ServerKeyUnknown) as error:
                raise AuditDamaged(f"entry {entry.ordinal} of {chain} cannot be opened") from error
            previous = entry.link

    def problems(self, chain: str) -> Iterator[str]:
        """What is not as it was written, in words; nothing if all is well."""
        entries, head = self._whole(chain)
        previous, expected = _START, 1
        for entry in entries:
            if entry.ordinal != expected:
                yield f"entry {expected} is missing"
            yield from self._problems_of(entry, previous)
            previous, expected = entry.link, entry.ordinal + 1
        yield from self._problems_of_head(head, expected - 1, previous)

    def missing(self, anchors: Iterable[tuple[str, int, str]]) -> Iterator[tuple[str, int]]:
        """Of the chains, places and links that the log named, those that are not there any more."""
        for chain, ordinal, link in anchors:
            entry = self._store.find(chain, ordinal)
            if entry is None or to_text(entry.link) != link:
                yield chain, ordinal

    def _chains(self, name: str) -> tuple[str, ...]:
        """The chain that this name has, or has had under older keys; the first is for a new one."""
        others = (key for key in self._keys.values() if key is not self._current)
        return tuple(key.chain(name) for key in (self._current, *others))

    def _key_of(self, entry: SealedEntry) -> AuditKey:
        key_id = Envelope.read(entry.sealed_content).key_id.decode("ascii", "replace")
        if key_id not in self._keys:
            raise ServerKeyUnknown(f"no audit key {key_id!r} is configured")
        return self._keys[key_id]

    def _has_made(self, head: Head) -> bool:
        key = self._keys.get(head.key_id)
        return key is not None and key.has_made(head)

    def _problems_of(self, entry: SealedEntry, previous: bytes) -> Iterator[str]:
        try:
            key = self._key_of(entry)
            link = key.link(entry.chain, entry.ordinal, previous, entry.sealed_content)
            if not hmac.compare_digest(link, entry.link):
                yield f"entry {entry.ordinal} was changed, or does not follow the one before it"
                return
            key.open(entry, previous)
        except ServerKeyUnknown as error:
            yield f"entry {entry.ordinal}: {error}"
        except (InvalidTag, RecordDamaged):
            yield f"entry {entry.ordinal} cannot be opened"

    def _whole(self, chain: str) -> tuple[list[SealedEntry], Head | None]:
        """Entries and head of one moment: the site may write on while they are read, one after the other."""
        head = self._store.head(chain)
        while True:
            entries, before, head = self._store.entries(chain), head, self._store.head(chain)
            if head == before:
                return entries, head

    def _problems_of_head(self, head: Head | None, last: int, link: bytes) -> Iterator[str]:
        if head is None:
            yield "the head is missing"
        elif not self._has_made(head):
            yield "the head was changed"
        elif head.ordinal > last:
            yield f"the end is missing: {last} of {head.ordinal} entries are there"
        elif (head.ordinal, head.link) != (last, link):
            yield "the head is older than the entries"


def _bound(chain: str, ordinal: int, previous: bytes) -> tuple[bytes, ...]:
    return chain.encode(), number(ordinal), previous
