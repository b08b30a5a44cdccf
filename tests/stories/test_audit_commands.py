"""`audit verify` and `audit show`, as an operator types them."""

import json

import pytest

from tests.support.people import Person
from tests.support.wire import refused


@pytest.fixture
def types(site):
    """What a command prints and how it ends."""

    def types(*words: str):
        return site.test_cli_runner().invoke(args=["audit", *words])

    return types


@pytest.fixture
def tamper(site):
    def tamper(statement: str) -> None:
        with site.extensions["assent"].audit.trail._store._writing.begin() as connection:
            connection.exec_driver_sql(statement)

    return tamper


def test_a_trail_as_it_was_written_is_well(alice: Person, bank, types):
    alice.approves(bank.offers("Alice", "payment"))
    done = types("verify")
    assert done.exit_code == 0
    assert done.stdout == ""
    assert done.stderr == "2 chains, 0 problems\n"


def test_what_was_changed_is_named(alice: Person, bank, types, tamper):
    alice.approves(bank.offers("Alice", "payment"))
    tamper("DELETE FROM audit_entries WHERE ordinal = 2")
    done = types("verify")
    assert done.exit_code == 1
    assert "entry 2 is missing" in done.stdout
    assert "the end is missing: 1 of 2 entries are there" in done.stdout


def test_the_log_knows_of_what_is_not_there_any_more(log_lines, alice: Person, bank, types, tamper, tmp_path):
    alice.approves(bank.offers("Alice", "payment"))
    log = tmp_path / "assent.log"
    lines = log_lines.getvalue().splitlines()
    log.write_text("\n".join(["not a line of ours", *(f"Nov 25 host assent[1]: {line}" for line in lines)]))
    assert types("verify", "--anchors", str(log)).exit_code == 0
    tamper("DELETE FROM audit_entries")
    tamper("DELETE FROM audit_heads")
    assert types("verify").exit_code == 0, "the database alone cannot tell"
    done = types("verify", "--anchors", str(log))
    assert done.exit_code == 1
    assert done.stdout.count("stands in the log") == 5


def test_one_persons_acts_are_shown_oldest_first(alice: Person, bank, types):
    payment = bank.offers("Alice", "payment", note="canary-note")
    alice.approves(payment)
    done = types("show", "--activation", alice.activation_id)
    assert done.exit_code == 0
    enrolled, begun, ended = (json.loads(line) for line in done.stdout.splitlines())
    assert (enrolled["act"], enrolled["outcome"]) == ("enrol", "done")
    assert begun["stage"] == "begun"
    assert begun["operation"] == payment
    assert len(begun["data_sha256"]) == 43
    assert (ended["outcome"], ended["answers"]) == ("approved", begun["place"])
    assert ended["activation"] == alice.activation_id
    assert "canary-note" not in done.output


def test_an_enrolment_that_did_not_work_is_found_by_what_the_person_read(newcomer: Person, bank, wire, types):
    wire.breaks("/pa/v3/activation/create", refused)
    newcomer.enrols(bank.gives_code("Alice").code)
    reference = wire.sent("/pa/v3/activation/create")[0].headers["X-Correlation-ID"]
    done = types("show", "--enrolment", reference)
    assert [json.loads(line)["stage"] for line in done.stdout.splitlines()] == ["begun", "ended"]


def test_an_act_without_its_end_is_pointed_out(alice: Person, bank, types, tamper, wire):
    def unwritable(request, transport):
        tamper("ALTER TABLE audit_entries RENAME TO elsewhere")
        return transport.send(request)

    wire.breaks("/operation/authorize", unwritable)
    alice.approves(bank.offers("Alice", "payment"))
    tamper("ALTER TABLE elsewhere RENAME TO audit_entries")
    done = types("show", "--activation", alice.activation_id)
    assert "what became of 2 was not written down" in done.stderr


def test_a_damaged_trail_is_not_shown(alice: Person, types, tamper):
    tamper("UPDATE audit_entries SET sealed_content = link")
    done = types("show", "--activation", alice.activation_id)
    assert done.exit_code == 1
    assert "audit verify" in done.stderr


def test_nobody_is_nobody(alice: Person, types):
    done = types("show", "--activation", "7c1b9a40-0d6e-4f0c-9a7d-2f9c5c3f8a11")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "0 entries\n"


@pytest.mark.parametrize("words", [(), ("--activation", "a", "--enrolment", "b")])
def test_one_of_two_ways_to_say_who(alice: Person, types, words):
    done = types("show", *words)
    assert done.exit_code == 2
    assert "one of --activation and --enrolment" in done.stderr
