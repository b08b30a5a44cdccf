"""A folder of vector files as a list of vectors. Whatever is wrong with the folder is a vector that fails."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.vectors.checks.registry import CHECKS, Case


@dataclass(frozen=True, slots=True)
class Vector:
    """One thing to check; `name` is `family/case-id`."""

    name: str
    run: Callable[[], None]


def vectors_in(folder: Path) -> list[Vector]:
    """All vectors of a folder's *.json files, in the order of their names."""
    files = sorted(folder.glob("*.json"))
    if not files:
        return [_broken("folder", f"{folder} holds no vector files")]
    return [vector for file in files for vector in _vectors_of(file)]


def _vectors_of(file: Path) -> Iterator[Vector]:
    family = file.stem
    if family not in CHECKS:
        yield _broken(family, f"no check knows the family of {file}")
        return
    try:
        cases = json.loads(file.read_text(encoding="utf-8"))["cases"]
        ids = Counter(case["id"] for case in cases)
    except (ValueError, TypeError, KeyError) as error:
        yield _broken(family, f"{file} does not have the shape of a vector file: {error!r}")
        return
    if not cases or ids.most_common(1)[0][1] > 1:
        yield _broken(family, f"{file} has no cases, or two with one id")
    for case in cases:
        yield Vector(f"{family}/{case['id']}", _checked(family, case))


def _checked(family: str, fields: dict[str, Any]) -> Callable[[], None]:
    def run() -> None:
        case = Case(fields)
        CHECKS[family](case)
        assert not case.unread(), f"fields that the check of {family} does not know: {case.unread()}"

    return run


def _broken(name: str, why: str) -> Vector:
    def run() -> None:
        raise AssertionError(why)

    return Vector(name, run)
