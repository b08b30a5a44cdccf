"""`{% once %} … {% endonce %}`: a part of a page that is the same for everybody in one language is made once.

    {% once kind, level %} … {% endonce %}

The expressions are all that may vary; they are few words, numbers or nothing, and never what somebody typed.
A part that looks at anything else, such as who asks or what an operation says, is refused when the template
is compiled: nothing of one visitor can get into the page of another.
"""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, Final

from flask import Flask, request
from jinja2 import TemplateSyntaxError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.runtime import Undefined

from webapp.web import texts

SAME_FOR_ALL: Final = frozenset(
    {
        *("_", "ngettext", "url_for", "static_url", "style_url", "logo"),
        *("application_name", "has_worker", "knowledge", "languages", "pin_or_password"),
        *("icon", "notice", "pin_field", "pin_hint", "state", "symbols"),
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
_KEEPS: Final = "keeps_parts"
_serial = count()


class Once(Extension):
    """The tag. What was made lies with the texts of its language."""

    tags = {"once"}  # noqa: RUF012 - as Jinja wants it

    def parse(self, parser: Parser) -> nodes.Node:
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
        made = self.call_method("_made", [nodes.Const(next(_serial)), nodes.List(keys)])
        return nodes.CallBlock(made, [], [], body).set_lineno(lineno)

    def _made(self, place: int, keys: list[Any], caller: Callable[[], str]) -> str:
        if not all(one is None or isinstance(one, str | int | Undefined) for one in keys):
            return caller()
        known = texts.of_request().parts
        # A word and markup may read the same, and only one of them is escaped.
        key = place, request.script_root, *((type(one), str(one)) for one in keys)
        made = known.get(key)
        if made is None:
            made = caller()
            if self.environment.globals[_KEEPS]:
                known[key] = made
        return made


def configure(app: Flask, *, keeps: bool) -> None:
    """Before the first template is used.

    Args:
        keeps: False where files change while the site runs.
    """
    app.jinja_env.add_extension(Once)
    app.jinja_env.globals[_KEEPS] = keeps


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
