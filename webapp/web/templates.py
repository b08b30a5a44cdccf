"""How templates are compiled and run: as Jinja does it, less what ours do not need."""

from collections.abc import MutableMapping
from keyword import iskeyword
from typing import Any, Final

from flask import Flask
from jinja2 import Environment, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from markupsafe import Markup, escape

_WANTS_MORE: Final = "jinja_pass_arg"
"""What Jinja writes on a function that is to be told of the template that calls it."""


def configure(app: Flask) -> None:
    """Before the first template is used."""
    app.jinja_env.template_class = _Ours
    app.jinja_env.code_generator_class = _Plain


class _Ours(Template):
    """A file of macros is run when it is first imported, and is then the same for everybody.

    Jinja would compare the names that each page knows, and run the file again for a page that knows more.
    Our macros are told what they print: they use their arguments and what the app gives to all templates.
    """

    def _get_default_module(self, ctx: Any = None) -> TemplateModule:
        del ctx
        return super()._get_default_module()

    @classmethod
    def _from_namespace(
        cls,
        environment: Environment,
        namespace: MutableMapping[str, Any],
        globals: MutableMapping[str, Any],  # noqa: A002 - as Jinja calls it
    ) -> Template:
        namespace["escape"] = _printed
        return super()._from_namespace(environment, namespace, globals)


class _Plain(CodeGenerator):
    """Writes a call as a call: Jinja would ask each function, each time, whether to tell it of the template.

    Of what we call, only what the app gives to all templates could want that, and is asked here. Macros do
    without: all of them escape.
    """

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        called = node.node
        known = self.environment.globals.get(called.name) if isinstance(called, nodes.Name) else None
        is_simple = not (node.dyn_args or node.dyn_kwargs or any(iskeyword(one.key) for one in node.kwargs))
        if forward_caller or not is_simple or hasattr(known, _WANTS_MORE):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(called, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")


def _printed(value: object) -> str:
    """What is markup already needs no second look; everything else is escaped."""
    return value if type(value) is Markup else escape(value)
