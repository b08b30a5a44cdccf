"""Templates whose macros are made once for all pages."""

from typing import Any

from flask import Flask
from jinja2 import Template
from jinja2.environment import TemplateModule


class _Shared(Template):
    """A file of macros is run when it is first imported, and is then the same for everybody.

    Jinja would compare the names that each page knows, and run the file again for a page that knows more.
    Our macros are told what they print: they use their arguments and what the app gives to all templates.
    """

    def _get_default_module(self, ctx: Any = None) -> TemplateModule:
        del ctx
        return super()._get_default_module()


def configure(app: Flask) -> None:
    """Before the first template is used."""
    app.jinja_env.template_class = _Shared
