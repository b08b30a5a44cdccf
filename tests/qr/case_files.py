"""A folder of case files as a list of cases. Whatever is wrong with the folder is a case that fails.

README.md describes the shape.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.qr.expectations import check
from tests.qr.keys import Keys
from tests.vectors.checks.registry import Case

OWN = Path(__file__).parent / "cases"
NOTES = {"note"}
LINES = ("id", "title", "message", "data", "flags", "totp")
CHANGES: Mapping[str, Callable[[str], str]] = {
    "the last line is missing": lambda text: text.rpartition("\n")[0],
    "a line break at the end": lambda text: text + "\n",
    "one line break at the end": lambda text: text + "\n",
    "lines end with CR LF": lambda text: text.replace("\n", "\r\n"),
    "CR LF instead of LF": lambda text: text.replace("\n", "\r\n"),
    "a byte order mark in front, CR LF instead of LF, one line break at the end": (
        lambda text: "\ufeff" + text.replace("\n", "\r\n") + "\r\n"
    ),
    "a tab in the title": lambda text: text.replace("\n", "\n\t", 1),
    "4,096 characters": lambda text: text.replace("\n", "\n" + "x" * (4096 - len(text)), 1),
    "4,097 characters": lambda text: text.replace("\n", "\n" + "x" * (4097 - len(text)), 1),
}


@dataclass(frozen=True, slots=True)
class NamedCase:
    """One thing to check; `name` is `file/case-id`."""

    name: str
    run: Callable[[], None]


def cases_in(folder: Path) -> list[NamedCase]:
    """All cases of a folder's *.jsonl files, in the order of their names."""
    try:
        found = [(file.stem, line) for file in sorted(folder.glob("*.jsonl")) for line in _lines_of(file)]
        by_id = {line.get("id"): line for _, line in found}
        keys = Keys.of(folder if (folder / "keys.json").exists() else OWN)
    except (ValueError, TypeError, KeyError) as error:
        return [_broken("folder", f"{folder} does not have the shape of case files: {error!r}")]
    if not found:
        return [_broken("folder", f"{folder} holds no cases")]
    twice = [name for name, count in Counter(line.get("id") for _, line in found).items() if count > 1]
    if twice:
        return [_broken("folder", f"{folder} has more than one case with the id {twice}")]
    return [NamedCase(f"{stem}/{line.get('id')}", _checked(stem, line, by_id, keys)) for stem, line in found]


def _lines_of(file: Path) -> Iterator[dict[str, Any]]:
    # Not splitlines: JSON may hold other line separators of Unicode as they are.
    for line in file.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            case = json.loads(line)
            if not isinstance(case, dict):
                raise TypeError("a case is an object")
            yield case


def _checked(
    stem: str, fields: dict[str, Any], others: Mapping[Any, dict[str, Any]], keys: Keys
) -> Callable[[], None]:
    def run() -> None:
        case = Case(fields)
        assert case["id"], "the case has no id"
        check(case, _text(case, others), keys, of_links=stem.startswith("pac"))
        unread = case.unread() - NOTES
        assert not unread, f"members that no check knows: {unread}"

    return run


def _text(case: Case, others: Mapping[Any, dict[str, Any]]) -> str:
    """The text to read: as it is, or that of another case with one thing changed."""
    if case.get("of") is None:
        return str(case["input"])
    base = others[case["of"]]
    text = _text(Case(base), others)
    if case.get("line") is not None:
        return _with_line(text, case["line"], case["text"])
    if case.get("replace") is not None:
        old, new = case["replace"]
        assert text.count(old) == 1, f"{old!r} is not once in the text"
        return text.replace(old, new)
    return CHANGES[case["change"]](text) if case.get("change") is not None else text


def _with_line(text: str, name: str, instead: str) -> str:
    lines = text.split("\n")
    places = {"nonce": len(lines) - 2, "signature": len(lines) - 1}
    lines[places[name] if name in places else LINES.index(name)] = instead
    return "\n".join(lines)


def _broken(name: str, why: str) -> NamedCase:
    def run() -> None:
        raise AssertionError(why)

    return NamedCase(name, run)
