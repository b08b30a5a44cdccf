"""What our templates are compiled to does what Jinja says."""

import pytest
from jinja2 import UndefinedError, pass_context
from markupsafe import Markup


class Named:
    """Prints itself as markup."""

    def __html__(self) -> str:
        return "<i>"


def rendered(app, source: str, **values) -> str:
    with app.test_request_context():
        return app.jinja_env.from_string(source).render(values)


@pytest.mark.parametrize(
    ("value", "printed"),
    [("<b>", "&lt;b&gt;"), (Markup("<b>"), "<b>"), (Named(), "<i>"), (7, "7"), (None, "None")],
)
def test_what_is_no_markup_is_escaped(app, value, printed):
    assert rendered(app, "{{ value }}", value=value) == printed
    assert rendered(app, "{% macro it(x) %}{{ x }}{% endmacro %}{{ it(value) }}", value=value) == printed


def test_a_kind_of_markup_is_asked_for_its_own(app):
    class Louder(Markup):
        def __html__(self) -> str:
            return "<em>"

    assert rendered(app, "{{ value }}", value=Louder("x")) == "<em>"


def test_arguments_arrive_in_every_form(app):
    app.jinja_env.globals["told"] = lambda *args, **kwargs: f"{args} {kwargs}"
    for call, expected in (
        ("told()", "() {}"),
        ("told(1, b=2)", "(1,) {'b': 2}"),
        ("told(1, class=2)", "(1,) {'class': 2}"),
        ("told(*[1, 2], **{'c': 3})", "(1, 2) {'c': 3}"),
    ):
        assert Markup(rendered(app, f"{{{{ {call} }}}}")).unescape() == expected


def test_a_function_that_wants_the_context_is_given_it(app):
    app.jinja_env.globals["wanting"] = pass_context(lambda context, one: f"{context['word']} {one}")
    source = "{% for one in (1, 2) %}{{ wanting(one) }} {% endfor %}"
    assert rendered(app, source, word="told") == "told 1 told 2 "


def test_a_macro_is_called_with_what_stands_inside(app):
    source = "{% macro around(x) %}[{{ x }}{{ caller() }}]{% endmacro %}"
    source += "{% call around('<') %}{{ '>' }}{% endcall %}"
    assert rendered(app, source) == "[&lt;&gt;]"


def test_what_is_not_there_cannot_be_called(app):
    with pytest.raises(UndefinedError, match="nowhere"):
        rendered(app, "{{ nowhere(1) }}")
