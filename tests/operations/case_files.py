"""A folder of case files as a list of cases. Whatever is wrong with the folder is a case that fails.

README.md describes the shape.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

HERE = Path(__file__).parent
OWN = HERE / "cases"
_MEMBERS = {"id", "about", "operation", "raw", "frame", "change"}
_EXPECTATIONS = {"settings", "language", "list", "page", "answers", "result"}
_encode = msgspec.json.Encoder(decimal_format="number").encode


@dataclass(frozen=True, slots=True)
class Case:
    """One operation and what a person sees of it. `document` is the operation's JSON, byte for byte."""

    name: str
    document: bytes
    fields: dict[str, Any]
    problem: str | None = None

    @property
    def operation(self) -> Any:
        """The document as plain values."""
        return json.loads(self.document, parse_float=Decimal)


def cases_in(folder: Path) -> list[Case]:
    """All cases of a folder's *.json files, in the order of their names."""
    try:
        found = [case for file in sorted(folder.glob("*.json")) for case in _cases_of(file)]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return [_broken(f"{folder} does not have the shape of case files: {error!r}")]
    twice = [name for name, count in Counter(case.fields["id"] for case in found).items() if count > 1]
    if twice:
        return [_broken(f"{folder} has more than one case with the id {twice}")]
    return found or [_broken(f"{folder} holds no cases")]


def _cases_of(file: Path) -> Iterator[Case]:
    content = json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    for fields in content["cases"] if isinstance(content, dict) else content:
        expected = {name: expanded(value) for name, value in fields.items() if name in _EXPECTATIONS}
        name = f"{file.stem}/{fields['id']}"
        yield Case(name, _document(fields), {"id": fields["id"], **expected}, _problem(fields))


def _problem(fields: dict[str, Any]) -> str | None:
    if unknown := set(fields) - _MEMBERS - _EXPECTATIONS:
        return f"members that no check knows: {unknown}"
    return None if {"list", "page"} & set(fields) else "the case promises nothing"


def _document(fields: dict[str, Any]) -> bytes:
    if "raw" in fields:
        return str(fields["raw"]).encode()
    if "operation" in fields:
        return _encode(expanded(fields["operation"]))
    frames = json.loads((HERE / "frames.json").read_text(encoding="utf-8"), parse_float=Decimal)
    # No two cases are about the same operation: the site remembers what became of it.
    frame = {**frames[fields.get("frame", "payment")], "id": fields["id"]}
    return _encode(_merged(frame, expanded(fields["change"])))


def expanded(value: Any) -> Any:
    """Long texts and arrays, written short in the files.

    `{"$repeat": "ab", "$times": 3}` is the text `ababab`; in an array, `{"$each": …, "$times": 3}` stands for
    three values, in which `{n}` is 1, 2 and 3.
    """
    if isinstance(value, dict):
        if "$repeat" in value:
            return value["$repeat"] * value["$times"]
        return {name: expanded(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [one for inner in value for one in _several(inner)]
    return value


def _several(value: Any) -> list[Any]:
    if isinstance(value, dict) and "$each" in value:
        return [_numbered(value["$each"], number + 1) for number in range(value["$times"])]
    return [expanded(value)]


def _numbered(value: Any, number: int) -> Any:
    return json.loads(_encode(value).decode().replace("{n}", str(number)), parse_float=Decimal)


def _merged(target: Any, change: Any) -> Any:
    """JSON Merge Patch (RFC 7396): objects are merged, null takes a member away, all else replaces."""
    if not isinstance(change, dict):
        return change
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in change.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _merged(merged.get(name), value)
    return merged


def _broken(why: str) -> Case:
    return Case("folder", b"{}", {"id": "folder"}, why)
