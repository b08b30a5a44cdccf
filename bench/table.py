"""What was measured, as rows of one table."""

import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One line: ours beside what it is held against, their ratio, and what that is to reach."""

    part: str
    name: str
    ours: float | None
    unit: str
    beside: float | None = None
    ratio: float | None = None
    spread: str = ""
    """The smallest and the largest ratio of the rounds."""
    reach: str = ""
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def paired(
    part: str, name: str, rounds: Iterable[tuple[float, float]], unit: str, reach: str = "", note: str = ""
) -> Row:
    """The row for rounds in which both sides took turns: medians, and the median of the ratios."""
    ours, beside = zip(*rounds, strict=True)
    ratios = sorted(one / other for one, other in zip(ours, beside, strict=True))
    return Row(
        part,
        name,
        statistics.median(ours),
        unit,
        statistics.median(beside),
        statistics.median(ratios),
        f"{ratios[0]:.2f}–{ratios[-1]:.2f}",
        reach,
        note,
    )


def printed(rows: Iterable[Row]) -> str:
    """The rows as a table of Markdown, which is how docs/performance.md has it."""
    lines = [
        "| part | measured | ours | beside it | ratio | spread | reach | |",
        "| --- | --- | ---: | ---: | ---: | --- | --- | --- |",
    ]
    for row in rows:
        cells = (
            row.part,
            row.name,
            _number(row.ours, row.unit),
            _number(row.beside, row.unit),
            "" if row.ratio is None else f"{row.ratio:.2f}",
            row.spread,
            row.reach,
            row.note,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _number(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:,.{2 if abs(value) < 100 else 0}f} {unit}".strip()  # noqa: PLR2004
