"""What a person waits for after the PIN, from the form to the page of the result, split into its parts.

In one process and one thread, with the bank's server in its own, so that what is measured around a part is
that part. They show at the seams that are there: the transport, the database's pool and Flask's signals.
"""

import html
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask, before_render_template, template_rendered
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.pool import Pool

from bench.documents import operations
from bench.load import NotAnswered
from bench.scene import Scene, Visitor
from bench.table import Row
from webapp.app import create_app
from webapp.mtoken.http import HttpTransport
from webapp.mtoken.transport import HttpResponse, Request
from webapp.powerauth.kdf import pin_key
from webapp.powerauth.protocol import Version
from webapp.powerauth.signature import online_signature, signature_data
from webapp.settings import Settings

PART = "waits"
_FIELD = re.compile(r'name="(snapshot|csrf_token)" value="([^"]*)"')
_APPROVALS_EACH = 15
_ORIGIN = "https://localhost"
_HEADERS = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7", "Accept-Language": "en"}


class Watch:
    """Adds up what each part takes; it only runs while somebody waits."""

    def __init__(self) -> None:
        self.spent_s: defaultdict[str, float] = defaultdict(float)
        self._began: dict[str, float] = {}

    def starts(self, part: str) -> None:
        self._began[part] = time.perf_counter()

    def stops(self, part: str) -> None:
        self.spent_s[part] += time.perf_counter() - self._began.pop(part)


class _Timed:
    """The transport between us and the bank's server, with a watch."""

    def __init__(self, inner: HttpTransport, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    def send(self, request: Request) -> HttpResponse:
        self._watch.starts("bank")
        try:
            return self._inner.send(request)
        finally:
            self._watch.stops("bank")


def measure(scene: Scene, *, times: int) -> list[Row]:
    """The median of so many approvals, and the parts of it."""
    watch = Watch()
    site = create_app(Settings.from_environ(scene.environ), transport=_Timed(HttpTransport(), watch))
    waited: list[float] = []
    parts: list[dict[str, float]] = []
    visitors = scene.enrols(1 + times // _APPROVALS_EACH)
    shown = operations(1 + times, first=5000)
    with _watched(site, watch):
        for number, operation in enumerate(shown):
            client = _client(site, visitors[number // _APPROVALS_EACH])
            scene.bank.lists([operation])
            taken_s = _approve(client, f"/operations/{operation['id']}", watch)
            if number:  # templates are compiled when they are first used
                waited.append(taken_s * 1000)
                parts.append({part: spent_s * 1000 for part, spent_s in watch.spent_s.items()})
    whole = statistics.median(waited)
    found = {part: statistics.median(one.get(part, 0.0) for one in parts) for part in parts[0]}
    found |= {"PIN derivation": _best_ms(_derive), "signing": _best_ms(_sign)}
    found["everything else"] = whole - sum(found.values())
    rows = [Row(PART, "from the PIN to the page of the result", whole, "ms")]
    return rows + [Row(PART, f"… {part}", spent, "ms", whole, spent / whole) for part, spent in found.items()]


def _client(site: Flask, visitor: Visitor) -> FlaskClient:
    client = site.test_client()
    for name, value in visitor.cookies.items():
        client.set_cookie(name, value)
    return client


def _approve(client: FlaskClient, path: str, watch: Watch) -> float:
    """The seconds from the form to the page of the result."""
    shown = client.get(path, base_url=_ORIGIN, headers=_HEADERS).get_data(as_text=True)
    fields = {name: html.unescape(value) for name, value in _FIELD.findall(shown)}
    watch.spent_s.clear()
    began = time.perf_counter()
    client.post(f"{path}/approve", data={**fields, "pin": "2580"}, base_url=_ORIGIN, headers=_HEADERS)
    page = client.get(f"{path}/result", base_url=_ORIGIN, headers=_HEADERS).get_data(as_text=True)
    taken_s = time.perf_counter() - began
    if "<h1>Approved" not in page:
        raise NotAnswered(page)
    return taken_s


@contextmanager
def _watched(site: Flask, watch: Watch) -> Iterator[None]:
    """From a connection's leaving the pool to its return, and from a template's start to its end."""

    def leaves(*_: object) -> None:
        watch.starts("store")

    def returns(*_: object) -> None:
        watch.stops("store")

    def begins(_site: Flask, **_: object) -> None:
        watch.starts("rendering")

    def ends(_site: Flask, **_: object) -> None:
        watch.stops("rendering")

    event.listen(Pool, "checkout", leaves)
    event.listen(Pool, "checkin", returns)
    with before_render_template.connected_to(begins, site), template_rendered.connected_to(ends, site):
        try:
            yield
        finally:
            event.remove(Pool, "checkout", leaves)
            event.remove(Pool, "checkin", returns)


def _best_ms(work: Callable[[], object], times: int = 30) -> float:
    return min(_taken_s(work) for _ in range(times)) * 1000


def _taken_s(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _derive() -> bytes:
    return pin_key(b"2580", bytes(16), 10_000)


def _sign() -> str:
    key = bytes(range(16))
    signed = signature_data("POST", "/operation/authorize", "n" * 24, b"x" * 300, "s" * 24)
    return online_signature(Version.V3_3, [key, key], key, signed)
