"""What people do is written down before it is sent, and again when it is known what came of it."""

import hashlib

import pytest

from tests.support.desk import Desk, presses, scans
from tests.support.people import Person
from tests.support.wire import answer_lost, refused
from webapp.custody.errors import StoreUnavailable
from webapp.flows.audit import Act, Entry, Stage, name_of, name_of_attempt
from webapp.powerauth.encoding import to_base64url


@pytest.fixture
def trail_of(site):
    """What was written down about a person, but for what `since` says was there before."""

    def trail_of(person: Person, since: int = 0) -> list[Entry]:
        return site.extensions["assent"].audit.read(name_of(person.activation_id))[since:]

    return trail_of


def told(entries: list[Entry]) -> list[tuple[Stage, Act, str]]:
    return [(one.stage, one.deed.act, one.outcome) for one in entries]


def pair(act: Act, outcome: str) -> list[tuple[Stage, Act, str]]:
    return [(Stage.BEGUN, act, ""), (Stage.ENDED, act, outcome)]


def test_an_approval_is_there_with_what_was_shown(alice: Person, bank, trail_of, clock):
    payment = bank.offers("Alice", "payment")
    since = len(trail_of(alice))
    alice.approves(payment)
    begun, ended = entries = trail_of(alice, since)
    assert told(entries) == pair(Act.APPROVE, "approved")
    digest = hashlib.sha256(bank.operation(payment)["data"].encode()).digest()
    assert begun.deed.data_digest == to_base64url(digest)
    assert len(begun.deed.rendering_digest) == 43
    assert begun.deed == ended.deed
    assert begun.deed.operation_id == payment
    assert (begun.activation_id, begun.at_ms) == (alice.activation_id, clock.now_ms())
    assert begun.reference == ended.reference != ""
    assert ended.begun == since + 1


def test_the_entry_is_there_before_the_request_leaves(alice: Person, bank, wire, trail_of):
    payment = bank.offers("Alice", "payment")
    since = len(trail_of(alice))
    seen = []

    def look(request, transport):
        seen.extend(told(trail_of(alice, since)))
        return transport.send(request)

    wire.breaks("/operation/authorize", look)
    alice.approves(payment)
    assert seen == [(Stage.BEGUN, Act.APPROVE, "")]


def test_each_way_of_ending_is_there(alice: Person, bank, wire, trail_of):
    since = len(trail_of(alice))
    payment = bank.offers("Alice", "payment")
    alice.approves(payment, alice.wrong_pin)
    wire.breaks("/operation/authorize", refused)
    alice.approves(payment)
    wire.is_mended()
    alice.rejects(payment)
    expected = pair(Act.APPROVE, "credential") + pair(Act.APPROVE, "unavailable")
    assert told(trail_of(alice, since)) == expected + pair(Act.REJECT, "rejected")


def test_what_cannot_be_right_is_no_act(alice: Person, bank, trail_of):
    since = len(trail_of(alice))
    payment = bank.offers("Alice", "payment")
    alice.approves(payment, "12")
    alice.opens_operation(payment)
    assert trail_of(alice, since) == []


def test_a_form_that_comes_twice_is_one_act(alice: Person, bank, trail_of):
    since = len(trail_of(alice))
    filled = alice.reads_screens(bank.offers("Alice", "payment")).fills("Approve", pin=alice.pin)
    filled.is_sent()
    filled.is_sent()
    assert told(trail_of(alice, since)) == pair(Act.APPROVE, "approved")


def test_the_history_corrects_what_was_unknown(alice: Person, bank, wire, trail_of):
    payment = bank.offers("Alice", "payment")
    since = len(trail_of(alice))
    wire.breaks("/operation/authorize", answer_lost)
    alice.approves(payment)
    wire.is_mended()
    alice.opens(f"/history?operation={payment}").submits("Show the history", pin=alice.pin)
    entries = trail_of(alice, since)
    assert told(entries) == [
        *pair(Act.APPROVE, "unknown"),
        *pair(Act.HISTORY, "done"),
        (Stage.SETTLED, Act.APPROVE, "approved"),
    ]
    assert entries[-1].deed.operation_id == payment


def test_warnings_that_were_passed_are_there(alice: Person, bank, trail_of):
    since = len(trail_of(alice))
    payment = bank.offers("Alice", "payment_warning")
    alice.approves(payment, retyped="98000")
    begun = trail_of(alice, since)[0]
    assert begun.deed.warnings == ("screen:WARNING", "call", "retype")
    assert begun.deed.passed == 1


def test_a_claim_is_there(alice: Person, bank, trail_of):
    since = len(trail_of(alice))
    login = bank.offers(None, "login_kiosk")
    alice.opens_operation(login).submits("Take it over")
    begun, ended = entries = trail_of(alice, since)
    assert told(entries) == pair(Act.CLAIM, "done")
    assert begun.deed.operation_id == ended.deed.operation_id == login


def test_a_new_pin_and_the_end_are_there(alice: Person, trail_of):
    since = len(trail_of(alice))
    alice.opens("/settings/pin").submits("Change the PIN", old=alice.pin, pin="4826", pin_again="4826")
    alice.opens("/settings/remove").submits("Remove this browser", pin="4826")
    assert told(trail_of(alice, since)) == pair(Act.CHANGE_PIN, "done") + pair(Act.REMOVE, "done")


def test_forgetting_is_there(alice: Person, trail_of):
    since = len(trail_of(alice))
    alice.opens("/activation/forget").submits("Forget this browser")
    assert told(trail_of(alice, since)) == [(Stage.ENDED, Act.FORGET, "done")]


def test_a_passkey_that_comes_and_goes_is_there(alice: Person, device, trail_of):
    since = len(trail_of(alice))
    device.is_set_up(alice)
    alice.opens("/passkey").submits("Remove it")
    assert told(trail_of(alice, since)) == pair(Act.ADD_PASSKEY, "done") + pair(Act.REMOVE_PASSKEY, "done")


def test_an_approval_code_is_there_and_the_code_is_not(alice: Person, sandbox, trail_of):
    since = len(trail_of(alice))
    handed = Desk(sandbox).hands(alice)
    presses(scans(alice, handed.text), pin=alice.pin)
    begun, ended = entries = trail_of(alice, since)
    assert told(entries) == pair(Act.OFFLINE_CODE, "done")
    assert begun.deed.operation_id == handed.operation_id
    assert handed.text not in repr(ended)


def test_an_enrolment_begins_the_trail(newcomer: Person, site, trail_of):
    alice = newcomer.is_enrolled()
    (first,) = trail_of(alice)
    assert (first.stage, first.deed.act, first.outcome) == (Stage.ENDED, Act.ENROL, "done")
    attempt = site.extensions["assent"].audit.read(name_of_attempt(first.reference))
    assert told(attempt) == pair(Act.ENROL, "done")
    assert [one.activation_id for one in attempt] == ["", alice.activation_id]


def test_an_enrolment_that_was_refused_is_found_by_its_name(newcomer: Person, site, bank, wire):
    wire.breaks("/pa/v3/activation/create", refused)
    newcomer.enrols(bank.gives_code("Alice").code)
    (sent,) = wire.sent("/pa/v3/activation/create")
    attempt = site.extensions["assent"].audit.read(name_of_attempt(sent.headers["X-Correlation-ID"]))
    assert told(attempt) == pair(Act.ENROL, "network.not_sent")


class TestNothingCanBeWrittenDown:
    @pytest.fixture(params=["gone", "changed"])
    def broken(self, request, site, alice):
        """The trail cannot be written any more; everything else in the database is well."""
        store = site.extensions["assent"].audit.trail._store
        statements = {
            "gone": "ALTER TABLE audit_entries RENAME TO elsewhere",
            "changed": "UPDATE audit_heads SET ordinal = 77",
        }
        with store._writing.begin() as connection:
            connection.exec_driver_sql(statements[request.param])

    def test_nothing_is_approved(self, alice: Person, bank, wire, broken):
        payment = bank.offers("Alice", "payment")
        page = alice.approves(payment)
        assert page.status == 503
        assert wire.sent("/operation/authorize") == []
        assert bank.status(payment) == "PENDING"
        assert alice.failed_attempts == 0

    def test_nothing_else_is_signed(self, alice: Person, bank, wire, broken):
        before = len(wire.requests)
        login = bank.offers(None, "login_kiosk")
        assert alice.opens_operation(login).submits("Take it over").status == 503
        remove = alice.opens("/settings/remove")
        assert remove.submits("Remove this browser", pin=alice.pin).status == 503
        history = alice.opens("/history").submits("Show the history", pin=alice.pin)
        assert history.status == 503
        sent = {request.url.rpartition("/")[2] for request in wire.requests[before:]}
        assert not sent & {"claim", "remove", "history"}
        assert bank.activation(alice.activation_id)["activationStatus"] == "ACTIVE"

    def test_nobody_is_enrolled(self, site, bank, browser_of, wire):
        with site.extensions["assent"].audit.trail._store._writing.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE audit_heads RENAME TO elsewhere")
        page = Person("Bob", bank, browser_of(site)).enrols(bank.gives_code("Bob").code)
        assert page.status == 503
        assert wire.sent("/pa/v3/activation/create") == []


def test_an_outcome_that_cannot_be_written_down_is_told_all_the_same(
    alice: Person, bank, wire, site, log_lines
):
    store = site.extensions["assent"].audit.trail._store

    def fail(request, transport):
        answer = transport.send(request)
        with store._writing.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE audit_entries RENAME TO elsewhere")
        return answer

    payment = bank.offers("Alice", "payment")
    wire.breaks("/operation/authorize", fail)
    assert "Approved" in alice.approves(payment).heading
    assert '"event": "audit_not_written"' in log_lines.getvalue()
    with pytest.raises(StoreUnavailable):
        site.extensions["assent"].audit.read(name_of(alice.activation_id))
