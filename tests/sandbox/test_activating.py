"""From a code to an ACTIVE activation, and every way it may fail."""

import json

import pytest

from tests.sandbox.device import Device
from webapp.powerauth import ecc
from webapp.powerauth.activation_code import parse_activation_code, verify_signed_code
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.errors import StatusUnreadable
from webapp.powerauth.protocol import Version
from webapp.powerauth.status import ActivationStatus
from webapp.sandbox.errors import AdminError

REFUSED = (400, "ERR_ACTIVATION")


@pytest.fixture
def phone(backend, clock):
    return Device(backend, clock)


def code_of(device, bank):
    return bank("/activation/status", activationId=device.activation_id)["activationStatus"]


def test_every_version_of_the_protocol_enrols(backend, clock, bank, version):
    device = Device(backend, clock, version=version)
    assert device.activate(bank.invites()["activationCode"]).status == 200
    assert device.status().status is ActivationStatus.PENDING_COMMIT
    assert bank.commits(device) == {"activationId": device.activation_id, "activated": True}
    assert device.status().status is ActivationStatus.ACTIVE
    assert device.validate().status == 200
    seen = bank.sees(device)
    assert seen["devicePublicKeyFingerprint"] == device.fingerprint
    assert (seen["activationName"], seen["platform"]) == ("Alice's phone", "android")


def test_the_code_is_signed_by_the_application(phone, bank):
    invited = bank.invites()
    code = parse_activation_code(f"{invited['activationCode']}#{invited['activationSignature']}")
    verify_signed_code(code, phone.master_public)


def test_a_code_works_once(phone, bank, backend, clock):
    code = bank.invites()["activationCode"]
    assert phone.activate(code).status == 200
    assert Device(backend, clock).activate(code).refusal == REFUSED


def test_an_unknown_code_is_refused(phone):
    assert phone.activate("AAAAA-AAAAA-AAAAA-AAAAA").refusal == REFUSED


def test_a_code_of_another_application_is_refused(phone, bank):
    bank("/application/create", applicationId="other")
    assert phone.activate(bank.invites(application="other")["activationCode"]).refusal == REFUSED


def test_a_code_is_good_to_the_last_millisecond(phone, bank, clock):
    invited = bank.invites()
    clock.advance(300)
    assert phone.activate(invited["activationCode"]).status == 200


def test_a_code_is_refused_a_millisecond_after_its_time(phone, bank, clock):
    invited = bank.invites()
    clock.advance(300.001)
    assert phone.activate(invited["activationCode"]).refusal == REFUSED
    assert bank("/activation/status", activationId=invited["activationId"])["activationStatus"] == "REMOVED"


def test_an_activation_that_nobody_commits_expires(phone, bank, clock):
    phone.activate(bank.invites()["activationCode"])
    clock.advance(301)
    with pytest.raises(AdminError) as refused:
        bank.commits(phone)
    assert refused.value.code == "ERR0007"
    assert phone.status().status is ActivationStatus.REMOVED


@pytest.mark.parametrize(
    "bent",
    [
        {"outer": {"activationType": "CODE"}},
        {"inner": {"externalId": "7"}},
        {"kind": "CUSTOM"},
        {"kind": "DIRECT"},
        {"kind": "RECOVERY"},
        {"outer": {"customAttributes": []}},
        {"outer": {"identityAttributes": {}}},
        {"inner": {"activationName": 7}},
        {"inner": {"extras": "x" * 4001}},
    ],
    ids=lambda bent: json.dumps(bent)[:40],
)
def test_a_layer_that_was_never_published_is_refused(phone, bank, bent):
    assert phone.activate(bank.invites()["activationCode"], **bent).refusal == REFUSED


def test_custom_attributes_may_be_anything(phone, bank):
    code = bank.invites()["activationCode"]
    assert phone.activate(code, outer={"customAttributes": {"colour": ["red", None]}}).status == 200


def test_an_envelope_with_an_unknown_member_is_refused(phone, bank):
    envelope, _, _ = phone.layers(bank.invites()["activationCode"])
    answer = phone.send("/pa/v3/activation/create", envelope | {"extra": 1}, phone.encryption())
    assert answer.refusal == REFUSED


def test_an_activation_id_has_no_place_in_application_scope(alice, phone, bank):
    envelope, _, _ = phone.layers(bank.invites()["activationCode"])
    header = alice.encryption(activation_scope=True)
    assert phone.send("/pa/v3/activation/create", envelope, header).refusal == REFUSED


def test_an_invalid_device_key_costs_the_activation(phone, bank):
    invited = bank.invites()
    off_curve = to_base64(b"\x04" + bytes(63) + b"\x01")
    answer = phone.activate(invited["activationCode"], inner={"devicePublicKey": off_curve})
    assert answer.refusal == REFUSED
    assert bank("/activation/status", activationId=invited["activationId"])["activationStatus"] == "REMOVED"


def test_an_unsupported_application_version_is_refused(phone, bank):
    code = bank.invites()["activationCode"]
    key = phone.temporary_key()
    bank("/application/version/unsupport", applicationId="assent-demo", applicationVersionId="default")
    assert phone.activate(code, key=key).refusal == REFUSED
    assert phone.ask_for_key().refusal == (400, "ERR_TEMPORARY_KEY")
    bank("/application/version/support", applicationId="assent-demo", applicationVersionId="default")
    assert phone.activate(code).status == 200


@pytest.mark.parametrize(
    ("phase", "at_init", "sent", "result"),
    [
        ("ON_COMMIT", None, None, "PENDING_COMMIT"),
        ("ON_COMMIT", None, "1234", None),
        ("ON_COMMIT", "1234", "1234", None),
        ("ON_COMMIT", "1234", None, "PENDING_COMMIT"),
        ("ON_KEY_EXCHANGE", "1234", "1234", "ACTIVE"),
        ("ON_KEY_EXCHANGE", "1234", None, None),
        ("ON_KEY_EXCHANGE", "1234", "4321", None),
        ("ON_KEY_EXCHANGE", None, None, "ACTIVE"),
        ("ON_KEY_EXCHANGE", None, "1234", None),
    ],
)
def test_commit_phase_and_otp(phone, bank, phase, at_init, sent, result):
    """The table of powerauth.md, section 3.6."""
    asked = {} if at_init is None else {"activationOtp": at_init}
    invited = bank.invites(commitPhase=phase, **asked)
    answer = phone.activate(invited["activationCode"], inner={} if sent is None else {"activationOtp": sent})
    status = bank("/activation/status", activationId=invited["activationId"])["activationStatus"]
    if result is None:
        assert (answer.refusal, status) == (REFUSED, "CREATED")
    else:
        assert (answer.status, status) == (200, result)


@pytest.mark.parametrize(
    ("mode", "otp", "sent", "result"),
    [
        ("NONE", None, None, "PENDING_COMMIT"),
        ("ON_COMMIT", "1234", None, "PENDING_COMMIT"),
        ("ON_KEY_EXCHANGE", "1234", "1234", "ACTIVE"),
    ],
)
def test_the_older_name_of_the_commit_phase(phone, bank, mode, otp, sent, result):
    asked = {} if otp is None else {"activationOtp": otp}
    invited = bank.invites(activationOtpValidation=mode, **asked)
    phone.activate(invited["activationCode"], inner={} if sent is None else {"activationOtp": sent})
    assert code_of(phone, bank) == result


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"activationOtpValidation": "NONE", "activationOtp": "1234"}, "ERR0032"),
        ({"activationOtpValidation": "ON_COMMIT"}, "ERR0032"),
        ({"activationOtpValidation": "NONE", "commitPhase": "ON_COMMIT"}, "ERR0032"),
        ({"activationOtpValidation": "SOMETIMES"}, "ERR0024"),
        ({"commitPhase": "SOMETIMES"}, "ERR0024"),
    ],
    ids=str,
)
def test_modes_that_do_not_go_together(bank, asked, code):
    with pytest.raises(AdminError) as refused:
        bank.invites(**asked)
    assert refused.value.code == code


def test_wrong_otps_at_the_key_exchange_use_the_activation_up(phone, bank):
    invited = bank.invites(commitPhase="ON_KEY_EXCHANGE", activationOtp="1234", maxFailureCount=2)
    for expected in ("CREATED", "REMOVED"):
        assert phone.activate(invited["activationCode"], inner={"activationOtp": "0000"}).refusal == REFUSED
        found = bank("/activation/status", activationId=invited["activationId"])
        assert found["activationStatus"] == expected
    assert phone.activate(invited["activationCode"], inner={"activationOtp": "1234"}).refusal == REFUSED


def test_an_otp_at_the_commit(phone, bank):
    phone.activate(bank.invites(activationOtp="1234")["activationCode"])
    for wrong in ({}, {"activationOtp": "4321"}):
        with pytest.raises(AdminError) as refused:
            bank.commits(phone, **wrong)
        assert refused.value.code == "ERR0031"
    assert bank.commits(phone, activationOtp="1234")["activated"]
    assert bank.sees(phone)["failedAttempts"] == 0


def test_wrong_otps_at_the_commit_use_the_activation_up(phone, bank):
    phone.activate(bank.invites(activationOtp="1234", maxFailureCount=1)["activationCode"])
    with pytest.raises(AdminError):
        bank.commits(phone, activationOtp="4321")
    assert phone.status().status is ActivationStatus.REMOVED


STATES = ["CREATED", "PENDING_COMMIT", "ACTIVE", "BLOCKED", "REMOVED"]
ALLOWED = {
    "commit": {"PENDING_COMMIT": "ACTIVE"},
    "block": {"ACTIVE": "BLOCKED"},
    "unblock": {"BLOCKED": "ACTIVE"},
    "remove": dict.fromkeys(STATES[:4], "REMOVED"),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ALLOWED)
def test_the_table_of_states(phone, bank, state, action):
    """powerauth.md, section 14, point 7: anything that is not in the table is refused."""
    invited = bank.invites()
    phone.activation_id = invited["activationId"]
    way = {"CREATED": [], "PENDING_COMMIT": [], "ACTIVE": ["commit"], "BLOCKED": ["commit", "block"]}
    if state != "CREATED":
        phone.activate(invited["activationCode"])
    for step in way.get(state, ["remove"]):
        bank(f"/activation/{step}", activationId=phone.activation_id)
    assert code_of(phone, bank) == state
    if state in ALLOWED[action]:
        bank(f"/activation/{action}", activationId=phone.activation_id)
        assert code_of(phone, bank) == ALLOWED[action][state]
    else:
        with pytest.raises(AdminError) as refused:
            bank(f"/activation/{action}", activationId=phone.activation_id)
        assert refused.value.code == "ERR0008"


def test_unblocking_forgets_the_failures_and_keeps_the_counter(alice, bank):
    pin = alice.keys
    alice.forget_pin()
    for _ in range(5):
        alice.validate()
    assert bank.sees(alice)["blockedReason"] == "MAX_FAILED_ATTEMPTS"
    before = alice.status()
    bank("/activation/unblock", activationId=alice.activation_id)
    after = alice.status()
    assert (after.status, after.failed_attempts) == (ActivationStatus.ACTIVE, 0)
    assert (after.counter_byte, after.counter_hash) == (before.counter_byte, before.counter_hash)
    alice.keys = pin
    assert alice.validate().status == 200


def test_the_status_of_a_removed_activation_is_still_readable(alice, bank):
    bank("/activation/remove", activationId=alice.activation_id)
    assert alice.status().status is ActivationStatus.REMOVED


@pytest.mark.parametrize("known", ["unknown", "CREATED", "removed before its key exchange"])
def test_nobody_learns_whether_an_activation_exists(alice, bank, known):
    if known == "unknown":
        alice.activation_id = "3eec1d5b-5c2b-4a5e-9e2b-0c3d5f6a7b8c"
    else:
        alice.activation_id = bank.invites()["activationId"]
        if known != "CREATED":
            bank("/activation/remove", activationId=alice.activation_id)
    with pytest.raises(StatusUnreadable):
        alice.status()


@pytest.mark.parametrize("challenge", ["", "AAAA", "*", 7])
def test_a_malformed_challenge_is_refused(alice, challenge):
    asked = {"activationId": alice.activation_id, "challenge": challenge}
    assert alice.send("/pa/v3/activation/status", {"requestObject": asked}).refusal == REFUSED


def test_a_device_removes_itself(alice, bank):
    alice.make_token()
    path, uri_id = "/pa/v3/activation/remove", "/pa/activation/remove"
    assert alice.signed(path, uri_id).object == {"activationId": alice.activation_id}
    assert alice.status().status is ActivationStatus.REMOVED
    assert alice.pending().status == 401
    assert alice.signed(path, uri_id).refusal == (401, "ERR_AUTHENTICATION")


def test_the_point_of_the_device_may_be_uncompressed(phone, bank):
    uncompressed = to_base64(ecc.point(phone.device_key.public_key()))
    code = bank.invites()["activationCode"]
    assert phone.activate(code, inner={"devicePublicKey": uncompressed}).status == 200
    assert phone.status().status is ActivationStatus.PENDING_COMMIT


def test_versions_do_not_mix(backend, clock, bank):
    """An envelope of 3.2 under a header of 3.3 has no temporary key."""
    old = Device(backend, clock, version=Version.V3_2)
    envelope, _, _ = old.layers(bank.invites()["activationCode"])
    old.version = Version.V3_3
    assert old.send("/pa/v3/activation/create", envelope, old.encryption()).refusal == REFUSED
