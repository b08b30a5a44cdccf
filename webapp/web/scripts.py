"""One script for each page: small modules of `static/js`, joined and minified when they are first asked for.

The modules are what is read and changed. A page loads one file, for each further request costs a round trip;
templates say what they need with `wants_script`, and the frame of all pages loads it with `page_script`.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import rjsmin

ENTRIES: Final = (
    ("page", "unread", "local", "wait", "slider", "redirect", "prove", "bind", "near", "make"),
    ("fresh",),
    ("scan",),
    ("code",),
    ("sign",),
)
"""What goes together in one script, in this order; each may be left out. Without a limit, whoever asks for
all that could be put together would fill the memory."""

_IMPORT: Final = re.compile(r'^import (?:\{[^}]*\} from )?"\./([a-z]+)\.js";\n', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export ", re.MULTILINE)
_DECLARED: Final = re.compile(r"^(?:async )?(?:const|let|function) (\w+)", re.MULTILINE)
_LEFT: Final = re.compile(r"^(?:import|export)\b", re.MULTILINE)


class ModulesInvalid(ValueError):
    """These modules cannot be one script."""


def name_of(modules: Iterable[str]) -> str:
    """The name of the script with these modules: "page-unread-prove".

    Raises:
        ModulesInvalid: they do not belong together.
    """
    wanted = set(modules)
    for entries in ENTRIES:
        if wanted and wanted <= set(entries):
            return "-".join(one for one in entries if one in wanted)
    raise ModulesInvalid(", ".join(sorted(wanted)))


def modules_of(name: str) -> tuple[str, ...]:
    """The modules of a script; the other direction.

    Raises:
        ModulesInvalid: no page has such a script.
    """
    modules = tuple(name.split("-"))
    if name_of(modules) != name:
        raise ModulesInvalid(name)
    return modules


def joined(folder: Path, modules: Iterable[str]) -> str:
    """What these modules are together, each after those that it imports, in one scope.

    Raises:
        ModulesInvalid: two of them declare the same name, or one takes in what it cannot.
    """
    texts: dict[str, str] = {}
    for module in modules:
        _add(texts, folder, module)
    script = "".join(texts.values())
    names = _DECLARED.findall(script)
    twice = {name for name in names if names.count(name) > 1}
    if twice or _LEFT.search(script):
        raise ModulesInvalid(f"{', '.join(texts)}: {', '.join(sorted(twice)) or 'another kind of import'}")
    return script


def minified(script: str) -> str:
    """Without comments and space that nobody needs; names stay as they are."""
    return str(rjsmin.jsmin(script))


def _add(texts: dict[str, str], folder: Path, module: str) -> None:
    if module in texts:
        return
    text = (folder / f"{module}.js").read_text(encoding="utf-8")
    for needed in _IMPORT.findall(text):
        _add(texts, folder, needed)
    texts[module] = _EXPORT.sub("", _IMPORT.sub("", text))
