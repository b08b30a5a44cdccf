"""`export` and `erase`: one person's data."""

import json

import pytest
from sqlalchemy import delete

from tests.commands.conftest import rows_of, run_at
from tests.support.site import SERVER_KEY
from webapp.custody.engine import make_engine, writing
from webapp.custody.schema import lookups
from webapp.custody.server_keys import ServerKeys
from webapp.powerauth.encoding import to_base64

NEW = f"next:{to_base64(bytes(32))}"
OLD = f"test:{to_base64(SERVER_KEY)}"


def test_export_tells_what_can_be_told_and_no_more(run, alice, bob, bank, clock):
    payment = bank.offers("Alice", "payment")
    assert alice.approves(payment).heading == "Approved"
    result = run("export", alice.activation_id)
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["activation"] == alice.activation_id
    [record] = told["records"]
    assert [browser["server_key"] for browser in record["browsers"]] == ["test"] * len(record["browsers"])
    assert record["receipts"][-1]["kept_at"] == told["exported_at"]
    assert record["state"]["stored_times"] > 1
    for secret in (
        payment,
        *(alice.browser.cookie(name) for name in ("__Host-sid", "__Host-key")),
        alice.pin,
    ):
        assert secret not in result.output


def test_erase_asks_first_and_leaves_everybody_else(run, alice, bob, counts):
    before = counts()
    assert "would be erased" in run("erase", alice.activation_id, "--dry-run").stdout
    asked = run("erase", alice.activation_id, input="n\n")
    assert (asked.exit_code, "Nothing brings them back." in asked.stderr) == (1, True)
    assert counts() == before
    result = run("erase", alice.activation_id, input="y\n")
    assert result.exit_code == 0
    assert result.stdout.endswith("receipts erased\n")
    assert (counts()["activations"], counts()["lookups"], counts()["browsers"]) == (1, 1, 1)
    assert bob.opens().status == 200
    assert "Enrol" in alice.opens().text
    again = run("erase", alice.activation_id, "--yes")
    assert again.exit_code == 1
    assert "Nothing was found" in again.stderr


def test_erase_needs_no_question_where_nobody_could_answer(run, alice, counts):
    assert run("erase", alice.activation_id, "--yes").exit_code == 0
    assert counts().get("activations") is None


@pytest.mark.parametrize("name", ["nobody", "", "'; DROP TABLE lookups", "é" * 5000])
def test_a_stranger_is_not_found(run, alice, counts, name):
    before = counts()
    for command in (("export", name), ("erase", name, "--yes")):
        result = run(*command)
        assert (result.exit_code, result.stdout) == (1, "")
    assert counts() == before


def test_the_database_alone_says_nothing_about_whose_it_is(make_site, run, alice, database_url):
    stored = repr(rows_of(database_url))
    assert alice.activation_id not in stored
    [(_, tag)] = rows_of(database_url)["lookups"]
    assert len(tag) == 32
    thief = make_site(server_keys=ServerKeys.parse(f"test:{to_base64(bytes(32))}"))
    assert run_at(thief, "export", alice.activation_id).exit_code == 1


def test_a_person_is_found_while_and_after_the_server_key_changes(make_site, alice, moves):
    both = make_site(server_keys=ServerKeys.parse(f"{NEW},{OLD}"))
    assert run_at(both, "export", alice.activation_id).exit_code == 0
    moves(alice, both)
    assert alice.opens().status == 200
    alone = make_site(server_keys=ServerKeys.parse(NEW))
    assert run_at(alone, "export", alice.activation_id).exit_code == 0


def test_who_enrolled_before_there_were_tags_is_found_after_a_visit(run, alice, database_url, clock):
    engine = make_engine(database_url)
    with writing(engine).begin() as connection:
        connection.execute(delete(lookups))
    engine.dispose()
    assert run("export", alice.activation_id).exit_code == 1
    clock.advance(86_401)
    assert alice.opens().status == 200
    assert run("export", alice.activation_id).exit_code == 0
