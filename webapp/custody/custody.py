"""Activations at rest. What lies in the database opens only with the browser's half and the server's.

Custody knows nothing of PINs: what a PIN protects lies inside the state and is never touched here.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic

import structlog

from webapp.clock import Clock
from webapp.custody.activation import HeldActivation, OpenActivation, S
from webapp.custody.errors import HalfMissing, HalfWrong, NotEnrolled, RecordDamaged, StoreUnavailable
from webapp.custody.lease import Leases, Sleep, Waited
from webapp.custody.lookup import lookup_tag
from webapp.custody.receipts import Receipts
from webapp.custody.record import (
    SECRET_BYTES,
    BrowserKeys,
    SealedBrowser,
    SealedRecord,
    generation_of,
    hash_sid,
    read_secret,
    to_text,
)
from webapp.custody.sealing import DataKey
from webapp.custody.server_keys import ServerKeys
from webapp.custody.store import ActivationStore
from webapp.custody.wrapping import Wrapped, server_key_id, unwrap, wrap
from webapp.errors import AssentError
from webapp.randomness import Random

LEASE_S = 35.0  # the upstream timeout of 30 s plus 5
WAIT_S = 40.0  # longer than a lease, so that whoever waits outlives a dead holder
LIFETIME_S = 400 * 86_400.0  # browsers keep no cookie for longer
_RECORD_ID_BYTES = 16
_RENEW_AFTER_MS = 86_400_000
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Opened:
    """A record, its keys, and the sid and half through which we came."""

    record: SealedRecord
    wrapped: Wrapped
    sid: bytes = field(repr=False)
    half: bytes = field(repr=False)


class Custody(Generic[S]):
    """The only door to activations at rest; threads may share it.

    Args:
        store: where sealed values lie.
        server_keys: the server's half.
        read_state: turns the bytes of `state.to_bytes()` back into a state.
        name_of: what operators know an activation by; they find its record by a tag of it. None: not at all.
        clock, random, sleep: the seams.
        lease_s: how long a holder that died may block the others, in seconds.
        wait_s: how long `hold` waits for the others.
        waited: told how long each waited for a lease, in seconds.
        lifetime_s: a browser that stays away longer is forgotten; every visit starts this time anew.
    """

    def __init__(
        self,
        store: ActivationStore,
        server_keys: ServerKeys,
        *,
        read_state: Callable[[bytes], S],
        name_of: Callable[[S], str] | None = None,
        clock: Clock,
        random: Random,
        lease_s: float = LEASE_S,
        wait_s: float = WAIT_S,
        lifetime_s: float = LIFETIME_S,
        sleep: Sleep = time.sleep,
        waited: Waited = lambda _seconds: None,
    ) -> None:
        self._store = store
        self._server_keys = server_keys
        self._read_state = read_state
        self._name_of = name_of
        self._clock = clock
        self._random = random
        self._lifetime_ms = round(lifetime_s * 1000)
        self._leases = Leases(store, clock, random, sleep, lease_s, wait_s, waited)

    def close(self) -> None:
        """Close the idle connections to the database; the next use opens others."""
        self._store.close()

    def admit(self, state: S, *, proof_key: bytes | None = None) -> BrowserKeys:
        """Seal a new activation for a new browser. Its keys are made here and kept nowhere.

        Args:
            proof_key: the public key by which it proves its requests, 65 bytes; None: it has none.
        """
        data_key = DataKey.generate(to_text(self._random(_RECORD_ID_BYTES)), self._random)
        sealed = data_key.seal_state(state.to_bytes(), 1, random=self._random)
        sid, half = self._random(SECRET_BYTES), self._random(SECRET_BYTES)
        record = SealedRecord(data_key.record_id, 1, sealed)
        browser = self._wrap(Wrapped(data_key, proof_key), sid, half)
        self._store.add(record, browser, lookup=self._lookup(state))
        return BrowserKeys(to_text(sid), to_text(half))

    def open(self, sid: str | None, half: str | None) -> OpenActivation[S]:
        """Read the activation without a lease; a wrap that is old or under an old server key is renewed.

        Args:
            sid, half: what the browser brought, unchecked.

        Raises:
            NotEnrolled: no sid, an unknown one, or one that stayed away too long.
            HalfMissing: the sid is known but no half came along.
            HalfWrong: the half does not open the wrap.
            RecordDamaged: a sealed value is not as we wrote it.
            ServerKeyUnknown: the wrap needs a server key that is not configured, or past its last day.
        """
        opened = self._open(sid, half)
        return OpenActivation(
            opened.record.id,
            generation_of(opened.sid),
            self._state(opened),
            self._receipts(opened),
            opened.wrapped.proof_key,
        )

    @contextmanager
    def hold(self, sid: str | None, half: str | None) -> Iterator[HeldActivation[S]]:
        """Wait for the lease, then read the fresh state; nobody else advances it within the block.

        Raises:
            ActivationBusy: others held it for as long as we waited.
            Everything that `open` raises; whoever cannot open the activation cannot block it either.
        """
        record_id = self._open(sid, half).record.id
        with self._leases.hold(record_id) as lease:
            opened = self._open(sid, half)
            yield HeldActivation(
                generation_of(opened.sid),
                self._state(opened),
                record=opened.record,
                lease=lease,
                leases=self._leases,
                receipts=self._receipts(opened),
                proof_key=opened.wrapped.proof_key,
            )

    def readmit(self, sid: str | None, half: str | None) -> str:
        """Give this browser a new sid for the same half; the old one opens until `end_others`.

        The two steps are apart because an answer may get lost: a browser that never learns its new sid
        comes back with the old one.

        Raises:
            Everything that `open` raises.
        """
        opened = self._open(sid, half)
        renewed = self._random(SECRET_BYTES)
        self._store.add_browser(self._wrap(opened.wrapped, renewed, opened.half))
        return to_text(renewed)

    def end_others(self, sid: str | None, half: str | None) -> int:
        """Erase every wrap of this record but the one of this sid. Returns how many.

        Raises:
            Everything that `open` raises.
        """
        opened = self._open(sid, half)
        return self._store.forget_others(opened.record.id, hash_sid(opened.sid))

    def forget_browser(self, sid: str | None) -> None:
        """Erase this browser's wrap; with the record's last wrap go state, receipts and lease."""
        if (secret := read_secret(sid or "")) is not None:
            self._store.forget_browser(hash_sid(secret))

    def _open(self, sid: str | None, half: str | None) -> _Opened:
        sid_secret = read_secret(sid or "")
        found = None if sid_secret is None else self._store.find(hash_sid(sid_secret))
        if sid_secret is None or found is None:
            raise NotEnrolled("no record for this sid")
        record, browser = found
        if browser.expires_at_ms <= self._clock.now_ms():
            raise NotEnrolled("this browser stayed away too long")
        if not half:
            raise HalfMissing("the sid came without the half")
        half_secret = read_secret(half)
        if half_secret is None:
            raise HalfWrong("the half is not of the right shape")
        now_ms = self._clock.now_ms()
        wrapped = unwrap(browser, half=half_secret, server_keys=self._server_keys, now_ms=now_ms)
        opened = _Opened(record, wrapped, sid_secret, half_secret)
        self._renew(browser, opened)
        return opened

    def _state(self, opened: _Opened) -> S:
        content = opened.wrapped.data_key.unseal_state(opened.record.sealed_state, opened.record.revision)
        try:
            return self._read_state(content)
        except AssentError as error:
            raise RecordDamaged("the state is of a form that cannot be read") from error

    def _receipts(self, opened: _Opened) -> Receipts:
        return Receipts(self._store, opened.wrapped.data_key, self._clock, self._random)

    def _wrap(self, wrapped: Wrapped, sid: bytes, half: bytes) -> SealedBrowser:
        return wrap(
            wrapped,
            sid=sid,
            half=half,
            server_key=self._server_keys.current,
            expires_at_ms=self._clock.now_ms() + self._lifetime_ms,
            random=self._random,
        )

    def _lookup(self, state: S) -> bytes | None:
        return None if self._name_of is None else lookup_tag(self._name_of(state), self._server_keys.current)

    def _renew(self, browser: SealedBrowser, opened: _Opened) -> None:
        age_ms = self._clock.now_ms() + self._lifetime_ms - browser.expires_at_ms
        if age_ms < _RENEW_AFTER_MS and server_key_id(browser) == self._server_keys.current.id:
            return
        renewed = self._wrap(opened.wrapped, opened.sid, opened.half)
        try:
            self._store.renew_browser(browser, renewed, lookup=self._lookup(self._state(opened)))
        except (StoreUnavailable, RecordDamaged) as error:
            # The old wrap still opens and the next visit tries again: no reason to turn this one away.
            _log.warning("wrap_not_renewed", record_id=browser.record_id, reason=str(error))
