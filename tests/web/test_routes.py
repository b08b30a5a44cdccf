"""All routes of the site and what guards each, as a list to read: tests/web/routes.txt."""

from pathlib import Path

import pytest

from tests.support.site import BACKEND_URL, make_settings
from webapp.app import create_app
from webapp.clock import SystemClock
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend
from webapp.sandbox.transport import InMemoryTransport
from webapp.web.rate_limits import LIMITED

SNAPSHOT = Path(__file__).with_name("routes.txt")
HELP = """
The routes are not those of tests/web/routes.txt. If you meant this, copy the list below into that file.
Ask of every new line: does it change something (then POST, with a token)? Does it sign or spend an attempt?
Can it be guessed at, or is it dear (then a limit)? Who may call it?

"""
SIGNS = {
    *("operations.approve_operation", "operations.reject_operation", "offline.sign", "history.answer"),
    *("settings.change", "settings.remove", "passkeys.add", "recovery.show", "recovery.confirm"),
}
"""What makes the activation sign."""
GUESSED_AT = {
    "activation.create": "enrol",
    "sign_in.finish": "enrol",
    "ways.enrol_by_credentials": "credentials",
    "ways.enrol_by_recovery": "recovery",
    "claims.take_over": "claim",
    **dict.fromkeys(SIGNS - {"operations.reject_operation", "offline.sign"}, "pin"),
}
"""What is counted in the database, by the first part of the limit's name."""


@pytest.fixture
def app(tmp_path):
    """The whole site, with what machines ask for."""
    with Backend(tmp_path / "sandbox.sqlite", clock=SystemClock(), random=system_random) as sandbox:
        settings = make_settings(tmp_path, sandbox.sdk_configuration(), metrics_token="m" * 40)
        site = create_app(settings, transport=InMemoryTransport(sandbox, BACKEND_URL))
        yield site
        site.extensions["assent"].custody.close()


def lines(app) -> str:
    csrf = app.extensions["csrf"]
    rows = []
    for rule in app.url_map.iter_rules():
        endpoint = rule.endpoint
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        is_exempt = endpoint.partition(".")[0] in {one.name for one in csrf._exempt_blueprints}
        guards = []
        if "POST" in methods:
            guards.append("open" if is_exempt else "csrf")
        if endpoint in SIGNS:
            guards.append("signs")
        if endpoint in GUESSED_AT:
            guards.append(f"guess:{GUESSED_AT[endpoint]}")
        guards += [f"limit:{name}" for name in LIMITED.get(endpoint, ())]
        rows.append(f"{','.join(methods):5} {rule.rule:48} {endpoint:32} {' '.join(guards)}".rstrip())
    return "\n".join(sorted(rows, key=lambda row: row.split()[1:])) + "\n"


def test_the_routes_are_those_that_are_listed(app):
    found = lines(app)
    assert found == SNAPSHOT.read_text(encoding="utf-8"), HELP + found


def test_what_is_listed_is_there(app):
    endpoints = set(app.view_functions)
    assert endpoints >= SIGNS | set(GUESSED_AT) | set(LIMITED)


def test_what_only_shows_changes_nothing_and_what_changes_is_no_link(app):
    for rule in app.url_map.iter_rules():
        methods = set(rule.methods or ()) - {"HEAD", "OPTIONS"}
        assert methods in ({"GET"}, {"POST"}), f"{rule.rule}: one view for one purpose"
        assert rule.endpoint not in SIGNS | set(GUESSED_AT) or methods == {"POST"}
