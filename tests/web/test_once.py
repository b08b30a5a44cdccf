"""Parts of pages that are made once: the same for everybody, and refused where they could not be."""

import pytest
from jinja2 import TemplateSyntaxError
from markupsafe import Markup


def rendered(app, source: str, language: str = "en", **values) -> str:
    with app.test_request_context(headers={"Accept-Language": language}):
        return app.jinja_env.from_string(source).render(values)


@pytest.fixture
def made(app) -> list[str]:
    """What was made so far; `pin_hint` stands for any macro that such a part may use."""
    made: list[str] = []
    app.jinja_env.globals["pin_hint"] = lambda word="": made.append(word) or word
    return made


def test_a_part_is_made_once_for_each_language_and_key(app, made):
    template = app.jinja_env.from_string("{% once word %}{{ pin_hint(word) }}{{ _('Cancel') }}{% endonce %}")
    for language in ("en", "cs", "en"):
        for word in ("a", "b"):
            with app.test_request_context(headers={"Accept-Language": language}):
                assert template.render(word=word).startswith(word)
    assert made == ["a", "b", "a", "b"]


def test_what_changes_while_the_site_runs_is_made_each_time(app_with, made):
    del made
    app, calls = app_with(demo=True), []
    app.jinja_env.globals["pin_hint"] = lambda: calls.append(1) or ""
    template = app.jinja_env.from_string("{% once %}{{ pin_hint() }}{% endonce %}")
    for _ in range(2):
        with app.test_request_context():
            template.render()
    assert calls == [1, 1]


def test_a_word_that_reads_like_markup_is_escaped(app):
    source = "{% once word %}{{ word }}{% endonce %}"
    template = app.jinja_env.from_string(source)
    with app.test_request_context():
        assert template.render(word=Markup("<b>")) == "<b>"
        assert template.render(word="<b>") == "&lt;b&gt;"
        assert template.render(word=1) == "1"
        assert template.render(word=True) == "True"


def test_what_is_no_word_is_made_each_time(app, made):
    template = app.jinja_env.from_string("{% once thing %}{{ pin_hint('x') }}{{ thing[0] }}{% endonce %}")
    with app.test_request_context():
        assert [template.render(thing=[1]), template.render(thing=[2])] == ["x1", "x2"]
    assert made == ["x", "x"]


@pytest.mark.parametrize(
    "body",
    [
        "{{ operation }}",
        "{{ operation.title }}",
        "{{ page.bank_language }}",
        "{{ csrf_token() }}",
        "{{ request.path }}",
        "{% if session.sid %}x{% endif %}",
        "{% for one in operations %}{{ one }}{% endfor %}",
        "{{ one }}{% for one in languages %}{{ one.tag }}{% endfor %}",
        "{% set languages = operation %}{{ languages }}",
        "{% block inner %}{% endblock %}",
        "{% include 'base.html' %}",
        "{% from 'macros/forms.html' import csrf as icon %}{{ icon() }}",
        "{{ self.heading() }}",
    ],
)
def test_what_may_be_another_one_each_time_is_refused(app, body):
    with pytest.raises(TemplateSyntaxError, match="another one each time"):
        app.jinja_env.from_string("{% once operation.id %}" + body + "{% endonce %}")


def test_the_sites_own_things_are_not_refused(app):
    part = "{% for one in languages %}{{ one.tag == page.locale }}{% endfor %}"
    assert "True" in rendered(app, "{% once page.locale %}" + part + "{% endonce %}")
