"""What changes when there is more of something: activations, operations, attributes, workers, requests."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle, islice

from sqlalchemy import create_engine, make_url, text

from bench.documents import operations
from bench.filled import fill, state_of
from bench.load import drive
from bench.pages import detail_of, list_of, stage
from bench.scene import Scene, Visitor
from bench.served import Served, gunicorn
from bench.table import Row, paired
from tests.postgres import PostgresMissing, throw_away_cluster
from webapp.settings import Settings

PART = "growth"
KNOWN = 200
MEMORY_AT = (1_000, 20_000)


def measure(scene: Scene, *, rounds: int, scale: float) -> list[Row]:
    """Everything; `scale` takes fewer requests and activations."""
    rows = _activations(scene, "SQLite", _files(scene), rounds, scale)
    try:
        with throw_away_cluster() as url:
            rows += _activations(scene, "PostgreSQL", _databases(url), rounds, scale)
    except PostgresMissing as error:
        rows.append(Row(PART, "activations in PostgreSQL", None, "", note=str(error)))
    rows += _sizes(scene, rounds, scale)
    rows += _workers(scene, rounds, scale)
    return rows + _memory(scene, scale)


def _files(scene: Scene) -> Callable[[int], str]:
    return lambda count: f"sqlite:///{scene.folder / f'{count}.sqlite'}"


def _databases(url: str) -> Callable[[int], str]:
    """Makes one on the server for each size."""

    def make(count: int) -> str:
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE bench{count}"))
        engine.dispose()
        return make_url(url).set(database=f"bench{count}").render_as_string(hide_password=False)

    return make


def _activations(
    scene: Scene, name: str, database: Callable[[int], str], rounds: int, scale: float
) -> list[Row]:
    """The list of 5 for people spread over all, at sites with few, many and very many activations."""
    scene.bank.lists(operations(5))
    sizes = [10, *(round(count * min(1.0, scale)) for count in (1_000, 100_000))]
    times = max(100, round(600 * scale))
    with ExitStack() as open_ones:
        sites = [open_ones.enter_context(_filled(scene, database(size), size)) for size in sizes]
        spent: list[list[float]] = []
        for turn in range(rounds + 1):
            row = []
            for site, visitors in sites:
                before = site.cpu_s()
                drive(site.port, islice(cycle([one.get("/operations") for one in visitors]), times))
                row.append((site.cpu_s() - before) / times * 1000)
            if turn:
                spent.append(row)
    few, *more = zip(*spent, strict=True)
    return [
        paired(
            PART,
            f"{size:,} activations in {name}, beside {sizes[0]}",
            zip(many, few, strict=True),
            "ms",
            "≤ 1.15" if size == sizes[-1] else "",
        )
        for size, many in zip(sizes[1:], more, strict=True)
    ]


@contextmanager
def _filled(scene: Scene, url: str, count: int) -> Iterator[tuple[Served, list[Visitor]]]:
    environ = scene.environ | {"ASSENT_DATABASE_URL": url}
    state = state_of(scene.site(), scene.enrols(1)[0])
    visitors = fill(scene.site(environ), Settings.from_environ(environ), state, count, KNOWN)
    with gunicorn(environ, scene.folder) as site:
        drive(site.port, [one.get("/operations") for one in visitors])
        yield site, visitors


def _sizes(scene: Scene, rounds: int, scale: float) -> list[Row]:
    """One operation more in the list, one attribute more on the page."""
    with stage(scene, rounds=rounds, scale=scale) as on:
        (visitor,) = scene.enrols(1)
        lists: dict[int, float] = {}
        details: dict[int, float] = {}
        for count in (1, 10, 100):
            lists[count] = _cpu_ms(on.measured(list_of(on, visitor, count)))
        for count in (6, 300):
            details[count] = _cpu_ms(on.measured(detail_of(on, visitor, count)))
    rows = [
        Row(PART, f"list of {count}", spent, "ms", lists[1], spent / lists[1], note="beside one operation")
        for count, spent in lists.items()
    ]
    for name, few, many, found in (("operation", 10, 100, lists), ("attribute", 6, 300, details)):
        slope_us = (found[many] - found[few]) / (many - few) * 1000
        reach = "≤ 60 µs" if name == "attribute" else ""
        rows.append(Row(PART, f"each {name} more, from {few} to {many}", slope_us, "µs", reach=reach))
    return rows


def _cpu_ms(rows: list[Row]) -> float:
    spent = rows[0].ours
    assert spent is not None
    return spent


def _workers(scene: Scene, rounds: int, scale: float) -> list[Row]:
    """How many pages a second two workers make, and how many one."""
    (visitor,) = scene.enrols(1)
    scene.bank.lists(operations(5))
    times = max(50, round(400 * scale))
    pages = {"enrol form": Visitor().get("/activation/new"), "list of 5": visitor.get("/operations")}
    with (
        gunicorn(scene.environ, scene.folder, workers=2) as two,
        gunicorn(scene.environ, scene.folder, workers=1) as one,
    ):
        rows = []
        for name, request in pages.items():
            speeds = [
                tuple(
                    times / drive(served.port, [request] * times, connections=16).seconds
                    for served in (two, one)
                )
                for _ in range(rounds + 1)
            ][1:]
            rows.append(paired(PART, f"two workers beside one, {name}", speeds, "/s", "≥ 1.7"))
    return rows


def _memory(scene: Scene, scale: float) -> list[Row]:
    """A worker alone, so that it answers all of them."""
    (visitor,) = scene.enrols(1)
    scene.bank.lists(operations(5))
    few, many = (max(100, round(count * min(1.0, scale))) for count in MEMORY_AT)
    with gunicorn(scene.environ, scene.folder, workers=1) as site:
        requests = [visitor.get("/operations"), Visitor().get("/activation/new")]
        drive(site.port, islice(cycle(requests), few))
        early = site.memory_mb()
        drive(site.port, islice(cycle(requests), many - few))
        late = site.memory_mb()
    return [
        Row(PART, f"memory of a worker after {few:,} requests", early, "MB", reach="< 120 MB"),
        Row(
            PART,
            f"memory of a worker after {many:,} requests",
            late,
            "MB",
            early,
            late / early,
            reach="≤ 1.05",
        ),
    ]
