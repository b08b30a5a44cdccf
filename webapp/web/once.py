"""`{% once %} … {% endonce %}`: a part of a page that is the same for everybody in one language is made once.

    {% once kind, level %} … {% endonce %}

The expressions are all that may vary; they are few words, numbers or nothing, and never what somebody typed.
A part that looks at anything else, such as who asks or what an operation says, is refused when the template
is compiled: nothing of one visitor can get into the page of another.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any, Final

from flask import Flask
from jinja2 import TemplateSyntaxError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.runtime import Undefined
from markupsafe import Markup

from webapp.web import texts

SAME_FOR_ALL: Final = frozenset(
    {
        *("_", "ngettext", "url_for", "static_url", "style_url", "logo"),
        *("application_name", "has_worker", "knowledge", "languages", "pin_or_password"),
        *("enrol_fields", "icon", "notice", "pin_field", "pin_hint", "state", "symbols"),
    }
)
"""What such a part may use without saying so: the site's own, and macros that use no more than that.

No macro that wants a script: the page would not learn of it (static_files.py).
"""

_UNKNOWN: Final = (
    nodes.Block,
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.Assign,
    nodes.AssignBlock,
)
"""What brings along who knows what."""
_WORDS: Final = (str, int, type(None), Undefined)
_KEEPS: Final = "keeps_parts"
_serial = count()


class Once(Extension):
    """The tag. What was made lies with the texts of its language."""

    tags = {"once"}  # noqa: RUF012 - as Jinja wants it

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """Read the tag up to its end."""
        lineno = next(parser.stream).lineno
        keys: list[nodes.Expr] = []
        while parser.stream.current.type != "block_end":
            if keys:
                parser.stream.expect("comma")
            keys.append(parser.parse_expression())
        body = parser.parse_statements(("name:endonce",), drop_needle=True)
        for name in (name for node in body for name in _foreign(node, keys, SAME_FOR_ALL)):
            raise TemplateSyntaxError(f"{name} may be another one each time", lineno, parser.name)
        place = [nodes.Const(next(_serial)), *keys]
        part = parser.free_identifier(lineno)
        found = nodes.Assign(part, self.call_method("_found", place))
        made = nodes.AssignBlock(part, None, body)
        kept = nodes.ExprStmt(self.call_method("_keep", [part, *place]))
        statements = found, nodes.If(nodes.Not(part), [made, kept], [], []), nodes.Output([part])
        return [one.set_lineno(lineno) for one in statements]

    def _found(self, *place: Any) -> Markup | None:
        """The part as it was made before."""
        return texts.of_request().parts.get(_named(place))

    def _keep(self, made: Markup, *place: Any) -> None:
        key = _named(place)
        if key and self.environment.globals[_KEEPS]:
            texts.of_request().parts[key] = made


def configure(app: Flask, *, keeps: bool) -> None:
    """Before the first template is used.

    Args:
        keeps: False where files change while the site runs.
    """
    app.jinja_env.add_extension(Once)
    app.jinja_env.globals[_KEEPS] = keeps


def _named(place: tuple[Any, ...]) -> tuple[Any, ...]:
    """What a part is found by: its place and its keys. Nothing, if a key is no word: that is never found.

    A word and markup may read the same, and only one of them is escaped; so their kinds count, too.
    """
    if len(place) == 1:
        return place
    return (*place, *map(type, place)) if all(isinstance(one, _WORDS) for one in place) else ()


def _foreign(node: nodes.Node, said: list[nodes.Expr], known: frozenset[str]) -> Iterator[str]:
    """What the part uses and neither says nor makes itself."""
    if node in said:
        return
    if isinstance(node, _UNKNOWN):
        yield type(node).__name__
    if isinstance(node, nodes.Name) and node.name not in known:
        yield node.name
    sources: list[nodes.Node] = []
    if isinstance(node, nodes.For):
        sources, known_inside = [node.iter], known | {"loop", *_names(node.target)}
    elif isinstance(node, nodes.With):
        sources, known_inside = [*node.values], known.union(*map(_names, node.targets))
    else:
        known_inside = known
    for source in sources:
        yield from _foreign(source, said, known)
    for child in node.iter_child_nodes(exclude=("iter", "values")):
        yield from _foreign(child, said, known_inside)


def _names(target: nodes.Node) -> set[str]:
    return {name.name for name in (target, *target.find_all(nodes.Name)) if isinstance(name, nodes.Name)}
