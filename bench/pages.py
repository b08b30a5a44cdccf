"""Pages under gunicorn, beside a bare Flask page of as many bytes under the same gunicorn.

Both run all the time and take turns. The bank answers at once; each page is asked for once more with a bank
that takes 50 ms.
"""

import html
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import segno
from PIL import Image

from bench.documents import operation, operations
from bench.load import Answered, drive
from bench.scene import Scene, Visitor
from bench.served import Served, gunicorn
from bench.table import Row, paired
from webapp.mtoken.http import HttpTransport
from webapp.mtoken.transport import Headers, Request
from webapp.powerauth.kdf import pin_key
from webapp.randomness import system_random

PART = "pages"
LATENCY_S = 0.05
_APPROVERS = 16
# So many signatures of one person the bank's server looks ahead, and here it sees none of them.
_APPROVALS_EACH = 15
_FIELD = re.compile(r'name="(snapshot|csrf_token)" value="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Page:
    """What is asked for, and how often in a round."""

    name: str
    requests: Callable[[int], list[bytes]]
    times: int
    reach: str = ""
    status: int = 200


@dataclass(slots=True)
class Stage:
    """The site, the bare page, and whoever asks for both."""

    scene: Scene
    site: Served
    bare: Served
    rounds: int
    scale: float
    """How much of the usual number of requests there is time for."""

    def measured(self, page: Page) -> list[Row]:
        """Processor for each request, and requests a second."""
        times = max(8, round(page.times * self.scale))
        self.ask(self.site, page.requests(8), page.status)
        cpu, speed = [], []
        for _ in range(self.rounds):
            ours, ours_s = self.ask(self.site, page.requests(times), page.status)
            request = Visitor().get(f"/{ours.size}")
            other, other_s = self.ask(self.bare, [request] * times)
            cpu.append((ours_s * 1000, other_s * 1000))
            speed.append((times / ours.seconds, times / other.seconds))
        return [
            paired(PART, page.name, cpu, "ms", page.reach, f"{ours.size:,} bytes"),
            paired(PART, f"{page.name}, a second", speed, "/s"),
        ]

    def ask(self, served: Served, requests: list[bytes], status: int = 200) -> tuple[Answered, float]:
        """The answers, and the seconds of processor for each."""
        before = served.cpu_s()
        answered = drive(served.port, requests, status=status)
        return answered, (served.cpu_s() - before) / len(requests)


@contextmanager
def stage(scene: Scene, *, rounds: int, scale: float, workers: int = 2) -> Iterator[Stage]:
    """Both sides, in as many workers each."""
    with (
        gunicorn(scene.environ, scene.folder, workers=workers) as site,
        gunicorn(scene.environ, scene.folder, "bench.bare:app", workers=workers) as bare,
    ):
        yield Stage(scene, site, bare, rounds, scale)


def measure(scene: Scene, *, rounds: int, scale: float) -> list[Row]:
    """All pages; the approvals last, for they take people who have signed nothing."""
    rows: list[Row] = []
    with stage(scene, rounds=rounds, scale=scale) as on:
        visitor, *approvers = scene.enrols(1 + _APPROVERS)
        for late_s in (0.0, LATENCY_S):
            scene.bank.is_late(late_s)
            on.scale = scale if not late_s else scale / 4
            suffix = ", bank 50 ms" if late_s else ""
            for prepare in (_enrol, _list_5, _list_100, _detail_6, _detail_300, _frame):
                page = prepare(on, visitor)
                reach = "" if late_s else page.reach
                rows += on.measured(Page(page.name + suffix, page.requests, page.times, reach))
        scene.bank.is_late(0)
        rows += _approvals(on, approvers)
    return rows


def _enrol(_on: Stage, _visitor: Visitor) -> Page:
    return Page("enrol form", lambda times: [Visitor().get("/activation/new")] * times, 320, "≤ 1.5")


def _list_5(on: Stage, visitor: Visitor) -> Page:
    return list_of(on, visitor, 5, "≤ 2.5")


def _list_100(on: Stage, visitor: Visitor) -> Page:
    return list_of(on, visitor, 100)


def list_of(on: Stage, visitor: Visitor, count: int, reach: str = "") -> Page:
    """The list, of so many."""
    on.scene.bank.lists(operations(count))
    visitor.visits(on.site.port, "/operations")
    return Page(
        f"list of {count}",
        lambda times: [visitor.get("/operations")] * times,
        max(64, 240 - 2 * count),
        reach,
    )


def _detail_6(on: Stage, visitor: Visitor) -> Page:
    return detail_of(on, visitor, 6, "≤ 2.5")


def _detail_300(on: Stage, visitor: Visitor) -> Page:
    return detail_of(on, visitor, 300)


def detail_of(on: Stage, visitor: Visitor, attributes: int, reach: str = "") -> Page:
    """The page of an operation with so many attributes."""
    shown = operation(1, attributes)
    on.scene.bank.lists([shown])
    path = f"/operations/{shown['id']}"
    visitor.visits(on.site.port, path)
    return Page(
        f"detail of {attributes}",
        lambda times: [visitor.get(path)] * times,
        max(40, 240 - attributes),
        reach,
    )


def _frame(on: Stage, visitor: Visitor) -> Page:
    """A frame of the camera with the code of a proximity check in it."""
    page = visitor.visits(on.site.port, "/scan").decode("utf-8", "replace")
    token = _fields(page)["csrf_token"]
    shown = segno.make("mobile://operation?oid=5eff1b1e-ba10-4b5c-9fd7-0c1ffb9b0c19&potp=40516273")
    rows = [bytes(0 if dark else 255 for dark in row) for row in shown.matrix_iter(scale=8, border=8)]
    picture = Image.frombytes("L", (len(rows[0]), len(rows)), b"".join(rows)).resize((640, 480))
    request = visitor.posts_bytes(
        "/scan/frame?width=640&height=480", picture.tobytes(), "application/octet-stream", X_CSRFToken=token
    )
    return Page("scan decode (frame of 640 × 480)", lambda times: [request] * times, 80)


def _approvals(on: Stage, approvers: list[Visitor]) -> list[Row]:
    """From the PIN to the page of the result: two requests, and without what has to be computed and asked."""
    shown = operations(len(approvers) * _APPROVALS_EACH + 1, first=1000)
    for approver in approvers:
        # Each worker compares the counters once.
        on.scene.bank.lists([shown[-1]])
        for _ in range(4):
            drive(on.site.port, [approver.get(f"/operations/{shown[-1]['id']}")] * 4, connections=4)
    left = iter(shown)
    each = max(1, min(2, _APPROVALS_EACH // on.rounds))
    derived_ms, asked_ms = derivation_ms(), exchange_ms(on.scene)
    cpu, rest, speed, calls = [], [], [], 0.0
    for _ in range(min(on.rounds, _APPROVALS_EACH // each)):
        posts, results = _forms(on, approvers * each, left)
        before = sum(on.scene.bank.counts().values())
        done, posted_s = on.ask(on.site, posts, 303)
        page, read_s = on.ask(on.site, results)
        if b"<h1>Approved" not in page.pages[-1]:
            raise AssertionError(page.pages[-1].decode())
        calls = (sum(on.scene.bank.counts().values()) - before) / len(posts)
        other, bare_s = on.ask(on.bare, [Visitor().get(f"/{page.size}")] * 10 * len(posts))
        ours_ms = (posted_s + read_s) * 1000
        cpu.append((ours_ms, bare_s * 1000))
        rest.append((ours_ms - derived_ms - calls * asked_ms, bare_s * 1000))
        speed.append((len(posts) / (done.seconds + page.seconds), 10 * len(posts) / other.seconds))
    without = f"without one derivation of {derived_ms:.2f} ms and {calls:.1f} exchanges of {asked_ms:.2f} ms"
    return [
        paired(PART, "approve, PIN to result", cpu, "ms", note=f"{page.size:,} bytes"),
        paired(PART, "approve, PIN and bank aside", rest, "ms", "≤ 3", without),
        paired(PART, "approve, a second", speed, "/s"),
    ]


def _forms(
    on: Stage, approvers: list[Visitor], left: Iterator[dict[str, object]]
) -> tuple[list[bytes], list[bytes]]:
    """The forms to send, each of another person and operation, and the pages that they lead to."""
    posts, results = [], []
    for approver in approvers:
        wanted = next(left)
        on.scene.bank.lists([wanted])
        path = f"/operations/{wanted['id']}"
        fields = _fields(approver.visits(on.site.port, path).decode())
        posts.append(approver.post(f"{path}/approve", {**fields, "pin": approver.pin}))
        results.append(approver.get(f"{path}/result"))
    return posts, results


def _fields(page: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _FIELD.findall(page)}


def derivation_ms(times: int = 15) -> float:
    """The processor that a PIN takes on its way to a key, at best: nobody can have it for less."""
    return min(_spent_ms(lambda: pin_key(b"2580", bytes(16), 10_000)) for _ in range(times))


def exchange_ms(scene: Scene, times: int = 200) -> float:
    """The processor on our side of one exchange with the bank's server, on a connection that is kept."""
    transport = HttpTransport()
    url = f"{scene.environ['ASSENT_ENROLLMENT_URL']}/api/auth/token/app/operation/list"
    request = Request(
        "POST", url, Headers({"Content-Type": "application/json"}), system_random(8).hex().encode()
    )
    transport.send(request)
    spent = sorted(_spent_ms(lambda: transport.send(request)) for _ in range(times))
    transport.close()
    return spent[len(spent) // 2]


def _spent_ms(work: Callable[[], object]) -> float:
    before = time.thread_time()
    work()
    return (time.thread_time() - before) * 1000
