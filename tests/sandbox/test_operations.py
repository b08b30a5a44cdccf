"""What a token sees and decides: mobile-token-api.md, section 7, step by step."""

import json
import multiprocessing
import re

import pytest

from tests.sandbox.device import OPERATION, PB, PK, PKB, P
from tests.sandbox.test_signing import at_once
from tests.support.clock import ManualClock
from webapp.mtoken.transport import Headers, Request
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend
from webapp.sandbox.forms import templates

PAYMENT = {
    "amount": "2450.50",
    "currency": "EUR",
    "iban": "DE89370400440532013000",
    "due": "20260331",
    "note": "Rent * March\nflat 4",
    "payee": "Hausverwaltung Nord",
}
UNAUTHENTICATED = (401, "POWERAUTH_AUTH_FAIL")
FAILED = (401, "OPERATION_FAILED")
INVALID = (400, "INVALID_OPERATION")
REQUEST = (400, "INVALID_REQUEST")
FINISHED = (400, "OPERATION_ALREADY_FINISHED")
EXHAUSTED = (400, "OPERATION_ALREADY_FAILED")
CANCELED = (400, "OPERATION_ALREADY_CANCELED")
EXPIRED = (400, "OPERATION_EXPIRED")
FLAG = (400, "OPERATION_REQUIRES_ACTIVATION_FLAG")
NOWHERE = {"id": "3c7d9c1a-5e21-4f0f-9a36-d1f0a6b2c8e4", "data": "A2"}


@pytest.fixture
def payment(bank):
    return bank.offers("payment", parameters=PAYMENT)


def ids(answer):
    return [operation["id"] for operation in answer.object]


# --- what is shown


def test_the_payment_of_the_specification(reader, payment):
    answer = reader.pending(language="en")
    (shown,) = answer.object
    assert shown["data"] == "A1*A2450.50EUR*IDE89370400440532013000**D20260331*NRent \\* March\\nflat 4"
    assert (shown["name"], shown["status"]) == ("payment", "PENDING")
    assert shown["allowedSignatureType"] == {
        "type": "2FA",
        "variants": ["possession_knowledge", "possession_biometry"],
    }
    assert shown["formData"]["title"] == "Payment"
    moment = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000")
    assert all(moment.fullmatch(shown[name]) for name in ("operationCreated", "operationExpires"))
    assert moment.fullmatch(answer.body["currentTimestamp"])
    names = "id name data status operationCreated operationExpires allowedSignatureType formData"
    assert shown.keys() == set(names.split())
    assert b'"amount":2450.50,' in answer.raw  # an exact decimal, written as it was given


def test_texts_come_in_the_language_of_the_reader(reader, payment):
    titles = {
        language: reader.pending(language=language).object[0]["formData"]["title"]
        for language in ("en", "cs-CZ,cs;q=0.9", "de", "xx")
    }
    assert len(set(titles.values())) == 3
    assert titles["xx"] == titles["en"]


def test_every_template_of_the_bank_can_be_offered(reader, bank):
    for template in templates():
        bank.offers(template.template_name, parameters=template.parameters)
    shown = {operation["name"] for operation in reader.pending().object}
    assert shown == {template.operation_type for template in templates() if template.forms}


def test_one_factor(reader, bank):
    consent = bank.offers("consent", parameters={"text": "Monthly statement"})
    (shown,) = reader.pending().object
    assert shown["allowedSignatureType"] == {"type": "1FA", "variants": []}
    assert reader.approve(consent, P).object is None


def test_newest_first_and_at_most_a_hundred(reader, bank, clock):
    made = []
    for _ in range(102):
        made.append(bank.offers("login")["id"])
        clock.advance(0.001)
    assert ids(reader.pending()) == made[:1:-1]


def test_the_list_holds_only_what_concerns_this_activation(reader, bank, enrol):
    bank("/application/create", applicationId="other")
    second = enrol("alice")
    mine = bank.offers("login", activationId=reader.activation_id)
    anyones = bank.offers("login")
    bank.offers("login", user="bob")
    bank.offers("login_kiosk", user=None)
    bank.offers("login", applications=["other"])
    bank.offers("login", activationId=second.activation_id)
    assert ids(reader.pending()) == [anyones["id"], mine["id"]]


def test_flags_filter_only_for_those_who_have_flags(backend, enrol, bank):
    plain, flagged = enrol(), enrol(flags=["BETA"])
    for device in (plain, flagged):
        device.make_token()
    beta, gamma = (bank.offers("login", activationFlag=flag) for flag in ("BETA", "GAMMA"))
    assert set(ids(plain.pending())) == {beta["id"], gamma["id"]}
    assert ids(flagged.pending()) == [beta["id"]]
    assert plain.approve(beta).refusal == FLAG
    assert plain.reject(beta).refusal == FLAG
    assert flagged.approve(beta).status == 200


def test_history_shows_every_state_against_two_factors(alice, bank, clock):
    old = bank.offers("login")
    clock.advance(301)
    bank.offers("login")
    approved = bank.offers("login")
    alice.approve(approved)
    answer = alice.history()
    assert {operation["id"]: operation["status"] for operation in answer.object}[old["id"]] == "EXPIRED"
    assert {operation["status"] for operation in answer.object} == {"EXPIRED", "PENDING", "APPROVED"}
    assert "currentTimestamp" not in answer.body
    assert alice.history(PB).status == 200
    assert alice.history(P).refusal == UNAUTHENTICATED
    assert alice.history(PKB).refusal == UNAUTHENTICATED


# --- detail and claim


def test_detail(reader, payment):
    assert reader.detail(payment["id"]).object["data"] == payment["data"]


def test_detail_tells_the_state_before_whose_it_is(reader, bank, enrol):
    bobs = bank.offers("login", user="bob")
    assert reader.detail(bobs["id"]).refusal == REQUEST
    bank("/operation/cancel", operationId=bobs["id"])
    assert reader.detail(bobs["id"]).refusal == CANCELED


def test_a_type_without_texts_is_never_shown(reader, bank):
    broken = bank.offers("broken")
    assert reader.pending().object == []
    assert reader.detail(broken["id"]).refusal == REQUEST


def test_claiming(reader, bank, enrol):
    kiosk = bank.offers("login_kiosk", user=None, parameters={"kiosk": "Kiosk 12"})
    assert reader.detail(kiosk["id"]).status == 200
    assert reader.claim(kiosk["id"]).object["id"] == kiosk["id"]
    assert bank.looks_at(kiosk)["userId"] == "alice"
    assert ids(reader.pending()) == [kiosk["id"]]
    assert reader.claim(kiosk["id"]).status == 200
    charlie = enrol("charlie")
    charlie.make_token()
    assert charlie.claim(kiosk["id"]).refusal == INVALID


def test_of_two_claims_at_once_one_wins(reader, bank, enrol):
    charlie = enrol("charlie")
    charlie.make_token()
    for _ in range(5):
        kiosk = bank.offers("login_kiosk", user=None)
        statuses = at_once(
            [
                lambda device=device, kiosk=kiosk: device.claim(kiosk["id"]).status
                for device in (reader, charlie)
            ]
        )
        assert sorted(statuses) == [200, 400]


@pytest.mark.parametrize("act", ["detail", "claim"])
def test_an_unknown_operation(reader, act):
    assert getattr(reader, act)(NOWHERE["id"]).refusal == INVALID


@pytest.mark.parametrize("path", ["detail", "detail/claim"])
@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"requestObject":{}}', b'{"requestObject":{"id":7}}'])
def test_a_malformed_request(reader, path, body):
    assert reader.read(f"{OPERATION}/{path}", body).refusal == REQUEST


# --- approving


@pytest.mark.parametrize("kind", [PK, PB], ids=str)
def test_approving(alice, payment, bank, kind):
    assert alice.approve(payment, kind).body == {"status": "OK"}
    found = bank.looks_at(payment)
    assert (found["status"], found["failureCount"]) == ("APPROVED", 0)
    assert found["timestampFinalized"]
    assert found["additionalData"] == {
        "activationId": alice.activation_id,
        "applicationId": "assent-demo",
        "ipAddress": "192.0.2.7",
        "userAgent": "phone/1.0",
        "authFactor": kind.value,
    }


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"nothing",
        b'{"requestObject":{}}',
        b'{"requestObject":{"id":"x"}}',
        b'{"requestObject":{"data":"x"}}',
    ],
)
def test_step_1_a_malformed_request_is_not_even_verified(alice, body):
    path, uri_id = f"{OPERATION}/authorize", "/operation/authorize"
    alice.forget_pin()
    assert alice.signed(path, uri_id, body).refusal == REQUEST
    assert alice.status().failed_attempts == 0


@pytest.mark.parametrize(
    "check",
    [
        "text",
        {"otp": "1"},
        {"otp": "1", "type": "SMELL", "timestampReceived": "2026-03-02T08:15:20.100Z"},
        {"otp": "1", "type": "QR_CODE", "timestampReceived": 1, "timestampSent": 2},
    ],
)
def test_step_1_a_proximity_check_has_its_shape(alice, payment, check):
    assert alice.approve(payment, proximityCheck=check).refusal == REQUEST


def test_step_2_a_wrong_pin_counts_on_both_sides(alice, payment, bank):
    alice.forget_pin()
    assert alice.approve(payment).refusal == UNAUTHENTICATED
    assert alice.status().failed_attempts == 1
    assert bank.looks_at(payment)["failureCount"] == 1


def test_step_2_a_wrong_pin_on_an_unknown_or_finished_operation(alice, bank):
    finished = bank.offers("login")
    alice.approve(finished)
    alice.forget_pin()
    assert alice.approve(NOWHERE).refusal == INVALID
    assert alice.approve(finished).refusal == INVALID
    assert alice.status().failed_attempts == 2


def test_step_2_the_attempt_that_exhausts_the_operation(alice, bank):
    warning = bank.offers("payment_warning")
    alice.forget_pin()
    refusals = [alice.approve(warning).refusal for _ in range(3)]
    assert refusals == [UNAUTHENTICATED, UNAUTHENTICATED, EXHAUSTED]
    assert bank.looks_at(warning)["status"] == "FAILED"


def test_step_2_factors_of_no_known_kind_count_on_the_operation_only(alice, payment, bank):
    assert alice.approve(payment, PKB).refusal == UNAUTHENTICATED
    assert bank.looks_at(payment)["failureCount"] == 1
    assert alice.status().failed_attempts == 0


@pytest.mark.parametrize("flag", ["VERIFICATION_PENDING", "VERIFICATION_IN_PROGRESS"])
def test_step_3_a_verification_in_progress(enrol, bank, flag):
    device = enrol(flags=[flag])
    login = bank.offers("login")
    assert device.approve(login).refusal == UNAUTHENTICATED
    assert bank.looks_at(login)["failureCount"] == 0


def test_step_4_the_code_of_the_state(alice, bank, clock):
    expired = bank.offers("login")
    clock.advance(301)
    approved, rejected, canceled, failed = (bank.offers("payment_warning") for _ in range(4))
    alice.approve(approved)
    alice.reject(rejected)
    bank("/operation/cancel", operationId=canceled["id"], statusReason="FRAUD")
    for _ in range(3):
        alice.approve({**failed, "data": "x"})
    expected = [
        (NOWHERE, INVALID),
        (expired, EXPIRED),
        (approved, FINISHED),
        (rejected, FINISHED),
        (canceled, CANCELED),
        (failed, EXHAUSTED),
    ]
    for act in (alice.approve, alice.reject):
        assert [act(operation).refusal for operation, _ in expected] == [refusal for _, refusal in expected]


def test_step_5_everything_has_to_fit(alice, bank, enrol):
    bank("/application/create", applicationId="other")
    second = enrol("alice")
    cases = {
        "other data": ({**bank.offers("login"), "data": "A2*Rx"}, PK),
        "another user": (bank.offers("login", user="bob"), PK),
        "another application": (bank.offers("login", applications=["other"]), PK),
        "factors": (bank.offers("login"), P),
        "more factors than allowed": (bank.offers("consent"), PK),
        "another activation": (bank.offers("login", activationId=second.activation_id), PK),
        "no code": (bank.offers("login_nearby"), PK),
    }
    for reason, (operation, kind) in cases.items():
        assert alice.approve(operation, kind).refusal == FAILED, reason
        found = bank.looks_at(operation)
        assert (found["status"], found["failureCount"]) == ("PENDING", 1), reason


def test_step_5_data_is_compared_byte_for_byte(alice, payment, bank):
    assert alice.approve({**payment, "data": payment["data"] + " "}).refusal == FAILED
    assert alice.approve(payment).status == 200


def test_an_unclaimed_operation_gets_the_user_who_approves_it(alice, bank):
    kiosk = bank.offers("login_kiosk", user=None)
    assert alice.approve(kiosk).status == 200
    assert bank.looks_at(kiosk)["userId"] == "alice"


def test_step_6_failures_exhaust_the_operation(alice, bank):
    warning = bank.offers("payment_warning")
    wrong = {**warning, "data": "x"}
    assert [alice.approve(wrong).refusal for _ in range(4)] == [FAILED, FAILED, EXHAUSTED, EXHAUSTED]
    assert bank.looks_at(warning)["failureCount"] == 3
    assert alice.status().failed_attempts == 0


def test_expiry_is_decided_when_the_operation_is_touched(reader, bank, clock):
    login = bank.offers("login")
    clock.advance(300)
    assert ids(reader.pending()) == [login["id"]]
    clock.advance(0.001)
    assert reader.pending().object == []
    assert bank.looks_at(login)["status"] == "EXPIRED"


def proximity(otp):
    return {
        "proximityCheck": {
            "otp": otp,
            "type": "QR_CODE",
            "timestampReceived": "2026-03-02T08:15:20.100Z",
            "timestampSent": "2026-03-02T08:15:31.250Z",
        }
    }


@pytest.mark.parametrize(("later_s", "accepted"), [(0, True), (30, True), (60, False), (-30, False)])
def test_a_proximity_code_is_good_for_its_step_and_the_next(alice, bank, clock, later_s, accepted):
    nearby = bank.offers("login_nearby")
    otp = bank.looks_at(nearby)["proximityOtp"]
    assert re.fullmatch(r"\d{8}", otp)
    clock.advance(later_s)
    answer = alice.approve(nearby, **proximity(otp))
    assert answer.status == 200 if accepted else answer.refusal == FAILED


@pytest.mark.parametrize("otp", ["0", "123456789", "abcdefgh", "１２３４５６７８"])
def test_other_proximity_codes_count_as_failures(alice, bank, otp):
    nearby = bank.offers("login_nearby")
    assert alice.approve(nearby, **proximity(otp)).refusal == FAILED
    assert bank.looks_at(nearby)["failureCount"] == 1


def test_a_code_that_nobody_asked_for_is_ignored(alice, payment):
    assert alice.approve(payment, **proximity("1")).status == 200


def test_the_check_may_be_switched_at_creation(alice, bank):
    assert "proximityOtp" not in bank.offers("login_nearby", proximityCheckEnabled=False)
    assert "proximityOtp" in bank.offers("login", proximityCheckEnabled=True)


# --- rejecting


def test_rejecting_keeps_the_reason(alice, payment, bank):
    assert alice.reject(payment, reason="UNEXPECTED_OPERATION", mobileTokenData={"a": 1}).body == {
        "status": "OK"
    }
    found = bank.looks_at(payment)
    assert found["status"] == "REJECTED"
    assert found["additionalData"]["rejectReason"] == "UNEXPECTED_OPERATION"


def test_rejecting_needs_possession_alone(alice, payment):
    assert alice.reject(payment, PK).refusal == UNAUTHENTICATED
    assert alice.reject(payment).status == 200


def test_rejecting_never_counts(alice, bank, enrol):
    bobs = bank.offers("login", user="bob")
    assert alice.reject(bobs).refusal == FAILED
    body = json.dumps({"requestObject": {"id": bobs["id"]}}).encode()
    assert alice.signed(f"{OPERATION}/cancel", "/another", body, P).refusal == UNAUTHENTICATED
    assert bank.looks_at(bobs)["failureCount"] == 0
    assert alice.status().failed_attempts == 0


@pytest.mark.parametrize("members", [{"id": None}, {"reason": 7}, {"mobileTokenData": "x"}])
def test_rejecting_with_a_malformed_request(alice, payment, members):
    body = json.dumps({"requestObject": {"id": payment["id"], **members}}).encode()
    assert alice.signed(f"{OPERATION}/cancel", "/operation/cancel", body, P).refusal == REQUEST


# --- the activation


@pytest.mark.parametrize("action", ["block", "remove"])
def test_an_activation_that_is_not_active_decides_nothing(alice, payment, bank, action):
    bank(f"/activation/{action}", activationId=alice.activation_id)
    assert alice.approve(payment).refusal == UNAUTHENTICATED
    assert alice.reject(payment).refusal == UNAUTHENTICATED
    assert alice.history().refusal == UNAUTHENTICATED
    assert bank.looks_at(payment)["status"] == "PENDING"


def test_two_approvals_from_two_devices_at_once(enrol, bank):
    phone, tablet = enrol(), enrol()
    for _ in range(5):
        login = bank.offers("login")
        answers = at_once(
            [lambda device=device, login=login: device.approve(login) for device in (phone, tablet)]
        )
        assert sorted(answer.status for answer in answers) == [200, 400]
        assert [answer.code for answer in answers if answer.status == 400] == ["OPERATION_ALREADY_FINISHED"]


def test_two_approvals_from_two_processes_at_once(enrol, bank, tmp_path):
    login = bank.offers("login")
    body = json.dumps({"requestObject": {"id": login["id"], "data": login["data"]}}).encode()
    jobs = [(tmp_path / "sandbox.sqlite", enrol().sign("/operation/authorize", body), body) for _ in range(2)]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        codes = pool.starmap(_approve_elsewhere, jobs, 1)
    assert sorted(codes) == ["OK", "OPERATION_ALREADY_FINISHED"]
    assert bank.looks_at(login)["status"] == "APPROVED"


def _approve_elsewhere(database, header, body):
    with Backend(database, clock=ManualClock(), random=system_random) as backend:
        headers = Headers({"Content-Type": "application/json", **header})
        answer = json.loads(backend.handle(Request("POST", f"{OPERATION}/authorize", headers, body)).body)
    return answer["status"] if answer["status"] == "OK" else answer["responseObject"]["code"]
