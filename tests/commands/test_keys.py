"""`keys rotate-status`."""

import pytest

from tests.commands.conftest import run_at
from tests.support.site import SERVER_KEY
from webapp.custody.engine import make_engine, writing
from webapp.custody.schema import browsers
from webapp.custody.server_keys import ServerKeys
from webapp.powerauth.encoding import to_base64

OLD = f"test:{to_base64(SERVER_KEY)}"
NEW = f"next:{to_base64(bytes(32))}"


def test_with_one_key_nothing_is_left_to_do(run, alice, bob):
    result = run("keys", "rotate-status")
    assert (result.exit_code, result.stdout) == (0, "test: 2 browsers; seals what is new\n")


def test_while_it_is_changed_each_visit_takes_a_browser_over(make_site, alice, bob, moves):
    site = make_site(server_keys=ServerKeys.parse(f"{NEW},{OLD}"))
    result = run_at(site, "keys", "rotate-status")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "next: 0 browsers; seals what is new",
        "test: 2 browsers; needed until they are back, or until 2027-10-26T14:13:20+00:00",
    ]
    for number, person in enumerate((alice, bob), start=1):
        moves(person, site)
        assert person.opens().status == 200
        lines = run_at(site, "keys", "rotate-status").stdout.splitlines()
        assert lines[0] == f"next: {number} browsers; seals what is new"
    assert lines[1] == "test: 0 browsers; only to read the audit trail, keep it"


def test_a_key_that_nothing_needs_may_go(make_site, alice, moves):
    keys = ServerKeys.parse(f"{NEW},{OLD}")
    site = make_site(server_keys=keys, audit_keys=ServerKeys.parse(f"trail:{to_base64(bytes(32))},{OLD}"))
    moves(alice, site)
    assert alice.opens().status == 200
    assert run_at(site, "keys", "rotate-status").stdout.splitlines() == [
        "next: 1 browsers; seals what is new",
        "test: 0 browsers; nobody needs it, remove it",
    ]


def test_a_key_that_the_trail_never_had_may_go(make_site, alice):
    unused = f"tes:{to_base64(bytes(range(1, 33)))}"
    site = make_site(server_keys=ServerKeys.parse(f"{OLD},{unused}"))
    assert "tes: 0 browsers; nobody needs it, remove it" in run_at(site, "keys", "rotate-status").stdout


def test_the_last_day_of_an_old_key_is_told(make_site, alice):
    site = make_site(server_keys=ServerKeys.parse(f"{NEW},{OLD}:2027-01-31"))
    [_, line] = run_at(site, "keys", "rotate-status").stdout.splitlines()
    assert line.endswith("; its last day is 2027-01-31, who is not back by then enrols anew")


def test_a_key_that_was_removed_too_early_is_named(make_site, alice):
    result = run_at(make_site(server_keys=ServerKeys.parse(NEW)), "keys", "rotate-status")
    assert result.exit_code == 1
    assert "test: 1 browsers; NOT CONFIGURED, they meet an error until it is put back" in result.stdout


def test_browsers_past_their_time_need_no_key(run, alice, clock):
    clock.advance(401 * 86_400)
    assert run("keys", "rotate-status").stdout == "test: 0 browsers; seals what is new\n"


def test_a_damaged_wrap_is_counted_and_harms_nothing(run, alice, bob, database_url):
    engine = make_engine(database_url)
    with writing(engine).begin() as connection:
        broken = connection.execute(browsers.select()).first().sid_hash
        connection.execute(browsers.update().where(browsers.c.sid_hash == broken).values(wrap=b"?"))
    engine.dispose()
    result = run("keys", "rotate-status")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "test: 1 browsers; seals what is new",
        "damaged: 1 browsers; what lies in the database is not what was put there",
    ]


@pytest.mark.parametrize("command", [("keys",), ("database",)])
def test_a_group_lists_what_it_can(run, command):
    assert "Commands:" in run(*command, "--help").stdout
