"""A database with many activations in it, each sealed as custody does it and opened by cookies of its own."""

from typing import Any, cast

from flask import Flask
from sqlalchemy import Table, insert

from bench.scene import COOKIES, Visitor
from webapp.clock import SystemClock
from webapp.custody.custody import Custody
from webapp.custody.engine import make_engine, transaction, writing
from webapp.custody.record import BrowserKeys, SealedBrowser, SealedRecord
from webapp.custody.schema import activations, browsers, lookups
from webapp.custody.sql import SqlStore
from webapp.powerauth.state import ActivationState
from webapp.randomness import system_random
from webapp.settings import Settings

AT_ONCE = 5000


class _Bulk(SqlStore):
    """Keeps what is added until there is enough for one transaction."""

    def __init__(self, url: str) -> None:
        engine = make_engine(url)
        super().__init__(engine)
        self._bulk = writing(engine)
        self._rows: dict[Table, list[dict[str, Any]]] = {}

    def add(self, record: SealedRecord, browser: SealedBrowser, *, lookup: bytes | None = None) -> None:
        self._keep(activations, id=record.id, revision=record.revision, sealed_state=record.sealed_state)
        self._keep(
            browsers,
            sid_hash=browser.sid_hash,
            record_id=browser.record_id,
            expires_at_ms=browser.expires_at_ms,
            wrap=browser.wrap,
        )
        self._keep(lookups, record_id=record.id, tag=lookup)
        if len(self._rows[activations]) >= AT_ONCE:
            self.flush()

    def flush(self) -> None:
        with transaction(self._bulk) as connection:
            for table in (activations, browsers, lookups):
                if rows := self._rows.get(table):
                    connection.execute(insert(table), rows)
        self._rows = {}

    def _keep(self, table: Table, **values: Any) -> None:
        self._rows.setdefault(table, []).append(values)


def state_of(site: Flask, visitor: Visitor) -> ActivationState:
    """What lies sealed for this browser."""
    sid = _signer(site).loads(visitor.cookies[COOKIES[0]])["sid"]
    return cast(
        "ActivationState", site.extensions["assent"].custody.open(sid, visitor.cookies[COOKIES[1]]).state
    )


def fill(site: Flask, settings: Settings, state: ActivationState, count: int, known: int) -> list[Visitor]:
    """Put `count` activations in this state into the database of a site.

    Returns:
        The browsers of `known` of them, spread over all.
    """
    store = _Bulk(settings.database_url)
    custody = Custody(
        store,
        settings.server_keys,
        read_state=ActivationState.from_bytes,
        name_of=lambda state: state.activation_id,
        clock=SystemClock(),
        random=system_random,
    )
    admitted = [custody.admit(state) for _ in range(count)]
    store.flush()
    store.close()
    return [_visitor(site, keys) for keys in admitted[:: max(1, count // known)][:known]]


def _visitor(site: Flask, keys: BrowserKeys) -> Visitor:
    """With the cookies that the site would have given."""
    session = {"_permanent": True, "sid": keys.sid, "name": "bench", "renewed": SystemClock().now_ms()}
    return Visitor(dict(zip(COOKIES, (_signer(site).dumps(session), keys.half), strict=True)))


def _signer(site: Flask) -> Any:
    return site.session_interface.get_signing_serializer(site)  # type: ignore[attr-defined]
