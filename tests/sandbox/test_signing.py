"""Signatures: look-ahead, used counter values, failed attempts, and two at once."""

import json
import multiprocessing
import threading

import pytest

from tests.sandbox.device import PB, PK, PKB, Device, P
from tests.support.clock import ManualClock
from webapp.mtoken.transport import Headers, Request
from webapp.powerauth.headers import AUTHORIZATION
from webapp.powerauth.protocol import SignatureType, Version
from webapp.powerauth.status import ActivationStatus
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend

REFUSED = (401, "ERR_AUTHENTICATION")
VALIDATE, URI = "/pa/v3/signature/validate", "/pa/signature/validate"


def failures(device):
    return device.status().failed_attempts


@pytest.mark.parametrize("kind", [P, PK, PB, PKB], ids=str)
def test_every_version_and_type_verifies(enrol, version, kind):
    device = enrol("alice", version)
    assert device.validate(kind).object is None


@pytest.mark.parametrize("kind", [SignatureType.KNOWLEDGE, SignatureType.BIOMETRY], ids=str)
def test_single_factors_without_possession_are_refused_uncounted(alice, kind):
    assert alice.validate(kind).refusal == REFUSED
    assert failures(alice) == 0


def test_a_client_nineteen_ahead_is_found(alice):
    alice.skip(19)
    assert alice.validate().status == 200
    assert alice.validate().status == 200


def test_a_client_twenty_ahead_is_lost(alice):
    alice.skip(20)
    assert alice.validate().refusal == REFUSED
    assert failures(alice) == 1


def test_the_counter_moves_behind_the_value_that_matched(alice):
    alice.skip(4)
    before = alice.status().counter_byte
    alice.validate()
    assert alice.status().counter_byte == before + 5


def test_a_used_counter_value_never_verifies_again(alice):
    used = alice.counter
    assert alice.validate().status == 200
    alice.counter = used
    assert alice.validate().refusal == REFUSED


def test_a_skipped_counter_value_never_verifies_later(alice):
    skipped = alice.counter
    alice.skip(1)
    assert alice.validate().status == 200
    alice.counter = skipped
    assert alice.validate().refusal == REFUSED


def test_the_same_header_works_once(alice):
    header = alice.sign(URI, b"{}")
    assert alice.send(VALIDATE, b"{}", header).status == 200
    assert alice.send(VALIDATE, b"{}", header).refusal == REFUSED


def test_a_failure_leaves_the_counter_where_it_is(alice):
    before = alice.status()
    pin = alice.keys
    alice.forget_pin()
    alice.validate()
    after = alice.status()
    assert (after.counter_byte, after.counter_hash) == (before.counter_byte, before.counter_hash)
    alice.keys = pin
    assert alice.validate().status == 200


def test_five_wrong_pins_block(alice, bank):
    pin = alice.keys
    alice.forget_pin()
    for attempt in range(1, 6):
        assert alice.validate().refusal == REFUSED
        assert failures(alice) == attempt
    assert alice.status().status is ActivationStatus.BLOCKED
    assert bank.sees(alice)["blockedReason"] == "MAX_FAILED_ATTEMPTS"
    alice.keys = pin
    assert alice.validate().refusal == REFUSED
    assert alice.validate(P).refusal == REFUSED
    assert failures(alice) == 5


def test_the_bank_may_allow_fewer_attempts(enrol):
    device = enrol(maxFailureCount=2)
    device.forget_pin()
    device.validate()
    assert device.status().status is ActivationStatus.ACTIVE
    device.validate()
    assert device.status().status is ActivationStatus.BLOCKED


@pytest.mark.parametrize(("kind", "left"), [(P, 1), (PK, 0), (PB, 0), (PKB, 0)], ids=str)
def test_two_factors_clear_the_failures_and_possession_does_not(alice, kind, left):
    pin = alice.keys
    alice.forget_pin()
    alice.validate()
    alice.keys = pin
    assert alice.validate(kind).status == 200
    assert failures(alice) == left


def test_failures_of_possession_are_not_counted(alice):
    for _ in range(6):
        assert alice.signed(VALIDATE, "/another/id", b"{}", P).refusal == REFUSED
    assert failures(alice) == 0


@pytest.mark.parametrize("other", ["method", "uri", "body", "secret"])
def test_the_signature_covers_everything(alice, other):
    body = b'{"a":1}'
    header = {
        "method": lambda: alice.sign(URI, body, method="PUT"),
        "uri": lambda: alice.sign("/pa/token/create", body),
        "body": lambda: alice.sign(URI, b'{"a": 1}'),
        "secret": lambda: alice.sign(URI, body, application_secret="AAAAAAAAAAAAAAAAAAAAAA=="),
    }[other]()
    assert alice.send(VALIDATE, body, header).refusal == REFUSED


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
def test_other_methods_sign_their_body(alice, method):
    assert alice.send(VALIDATE, b"x", alice.sign(URI, b"x", method=method), method=method).status == 200


def test_get_signs_the_canonical_query(alice):
    query = "b=2&a=x%20y&a=1"
    header = alice.sign(URI, method="GET", query=query)
    assert alice.send(f"{VALIDATE}?{query}", headers=header, method="GET").status == 200


@pytest.mark.parametrize(("query", "warned"), [("a=x%20y&b=1", False), ("a=1%252B", True), ("a=1%26b", True)])
def test_a_query_that_the_real_server_reads_otherwise_is_logged(alice, caplog, query, warned):
    header = alice.sign(URI, method="GET", query=query)
    assert alice.send(f"{VALIDATE}?{query}", headers=header, method="GET").status == 200
    assert bool(caplog.records) is warned


def test_an_empty_body_may_be_signed(alice):
    assert alice.send(VALIDATE, b"", alice.sign(URI, b"")).status == 200


MALFORMED = {
    "another version": lambda value: value.replace('"3.3"', '"2.1"'),
    "no uuid": lambda value: value.replace('pa_activation_id="', 'pa_activation_id="x'),
    "short nonce": lambda value: value.replace('pa_nonce="', 'pa_nonce="AAAA" other="'),
    "unknown type": lambda value: value.replace("possession_knowledge", "possession_faith"),
    "lower-case scheme": str.lower,
    "two blanks": lambda value: value.replace("PowerAuth ", "PowerAuth  ", 1).replace(
        "PowerAuth", "PowerAut", 1
    ),
    "no signature": lambda value: value.replace("pa_signature=", "pa_sign="),
    "odd length": lambda value: value.replace('pa_signature="', 'pa_signature="A'),
    "empty": lambda _: "",
}


@pytest.mark.parametrize("bend", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_header_is_refused_uncounted(alice, bend):
    header = alice.sign(URI, b"{}")
    assert alice.send(VALIDATE, b"{}", {AUTHORIZATION: bend(header[AUTHORIZATION])}).refusal == REFUSED
    assert failures(alice) == 0


def test_a_missing_header_is_refused(alice):
    assert alice.send(VALIDATE, b"{}").refusal == REFUSED


def test_a_form_of_another_version_is_counted(alice):
    """It passes the check of the format and fails the verification."""
    alice.version = Version.V3_0
    header = alice.sign(URI, b"{}", version=Version.V3_3)
    alice.version = Version.V3_3
    assert alice.send(VALIDATE, b"{}", header).refusal == REFUSED
    assert failures(alice) == 1


def test_a_type_that_the_endpoint_does_not_list_is_refused_uncounted(alice):
    assert alice.signed("/pa/v3/activation/remove", "/pa/activation/remove", b"{}", P).refusal == REFUSED
    assert failures(alice) == 0
    assert alice.validate().status == 200


def test_the_key_of_another_application_is_refused_and_counted(alice, bank, backend, clock):
    bank("/application/create", applicationId="other")
    other = Device(backend, clock, application="other").configuration
    for expected, kind in ((0, P), (1, PK)):
        header = alice.sign(URI, b"{}", kind, application_key=other.application_key)
        assert alice.send(VALIDATE, b"{}", header).refusal == REFUSED
        assert failures(alice) == expected


def test_an_unsupported_application_version_is_refused_and_counted(alice, bank):
    bank("/application/version/unsupport", applicationId="assent-demo", applicationVersionId="default")
    assert alice.validate().refusal == REFUSED
    assert failures(alice) == 1


def test_a_pending_activation_signs_nothing_and_counts_nothing(backend, clock, bank):
    device = Device(backend, clock)
    device.activate(bank.invites()["activationCode"])
    device.forget_pin()
    assert device.validate().refusal == REFUSED
    assert failures(device) == 0


def test_the_clock_may_move_a_year_without_hurting_signatures(alice, clock):
    clock.advance(365 * 86_400)
    assert alice.validate().status == 200


def test_the_id_in_the_header_may_be_in_capitals(alice):
    header = alice.sign(URI, b"{}", activation_id=alice.activation_id.upper())
    assert alice.send(VALIDATE, b"{}", header).status == 200


def test_all_failures_look_the_same(alice):
    """Nobody learns from the answer what was wrong."""
    wrong_pin = alice.sign(URI, b"{}", signature="A" * 43 + "=")
    unknown = alice.sign(URI, b"{}", activation_id="3eec1d5b-5c2b-4a5e-9e2b-0c3d5f6a7b8c")
    answers = [alice.send(VALIDATE, b"{}", headers) for headers in ({}, wrong_pin, unknown)]
    answers.append(alice.signed("/pa/v3/activation/remove", "/pa/activation/remove", b"{}", P))
    answers.append(alice.send("/pa/v3/token/create", b"not json", alice.sign("/pa/token/create", b"x", P)))
    assert len({(answer.status, answer.raw) for answer in answers}) == 1
    assert answers[0].body["responseObject"]["message"] == "POWER_AUTH_SIGNATURE_INVALID"


def test_of_two_threads_with_one_counter_value_one_succeeds(alice):
    for _ in range(5):
        value = alice.counter
        headers = []
        for _ in range(4):
            alice.counter = value
            headers.append(alice.sign(URI, b"{}", P))
        statuses = at_once(
            [lambda header=header: alice.send(VALIDATE, b"{}", header).status for header in headers]
        )
        assert sorted(statuses) == [200, 401, 401, 401]


def test_of_two_processes_with_one_counter_value_one_succeeds(alice, tmp_path):
    value = alice.counter
    headers = []
    for _ in range(2):
        alice.counter = value
        headers.append(alice.sign(URI, b"{}", P)[AUTHORIZATION])
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(2)
    with spawn.Pool(2, initializer=_meet, initargs=(barrier,)) as pool:
        statuses = pool.starmap(
            _validate_elsewhere, [(tmp_path / "sandbox.sqlite", one) for one in headers], 1
        )
    assert sorted(statuses) == [200, 401]
    assert alice.validate().status == 200


def at_once(calls):
    """Run them in threads that start together; their results, in order."""
    barrier = threading.Barrier(len(calls))
    results = [None] * len(calls)

    def run(place, call):
        barrier.wait()
        results[place] = call()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def _meet(barrier):
    global _barrier  # noqa: PLW0603
    _barrier = barrier


def _validate_elsewhere(database, header):
    with Backend(database, clock=ManualClock(), random=system_random) as backend:
        headers = Headers({"Content-Type": "application/json", AUTHORIZATION: header})
        _barrier.wait(timeout=30)
        answer = backend.handle(Request("POST", VALIDATE, headers, b"{}"))
    assert json.loads(answer.body)["status"] in ("OK", "ERROR")
    return answer.status
