"""What a bank's systems call under /rest/v3: shapes, codes and the offline part."""

from datetime import datetime

import pytest

from tests.sandbox.device import PB, PK, Device
from webapp.powerauth import ecc
from webapp.powerauth.encoding import from_base64, to_base64
from webapp.powerauth.errors import SignatureInvalid
from webapp.powerauth.totp import totp
from webapp.sandbox.endpoints import BACK_OFFICE_PATHS
from webapp.sandbox.errors import AdminError

NOBODY = "3eec1d5b-5c2b-4a5e-9e2b-0c3d5f6a7b8c"
SEED = to_base64(bytes(range(16)))
TEMPLATE = {
    "templateName": "vote",
    "operationType": "vote",
    "dataTemplate": "A0*T${choice}",
    "signatureType": ["POSSESSION_KNOWLEDGE"],
    "maxFailureCount": 3,
    "expiration": 60,
    "riskFlags": "XF",
    "proximityCheckEnabled": False,
}
LINES = "5ff1b1ed-a3cc-45a3-8ab0-ed60950312b6\nPayment\nPay 100 CZK\nA1*A100CZK\nB"


@pytest.fixture
def office(backend, clock):
    """The same over HTTP."""
    device = Device(backend, clock)
    return lambda path, **asked: device.send(f"/rest/v3{path}", {"requestObject": asked})


def refused(bank, path, **asked):
    with pytest.raises(AdminError) as error:
        bank(path, **asked)
    return error.value.code


def test_the_shape_of_an_error(office):
    answer = office("/activation/status", activationId=NOBODY)
    message = "No such activation."
    assert (answer.status, answer.body) == (
        400,
        {
            "status": "ERROR",
            "responseObject": {"code": "ERR0009", "message": message, "localizedMessage": message},
        },
    )


@pytest.mark.parametrize(
    ("path", "asked", "code"),
    [
        ("/application/detail", {"applicationId": "none"}, "ERR0015"),
        ("/application/create", {"applicationId": "assent-demo"}, "ERR0043"),
        ("/application/version/create", {"applicationId": "none", "applicationVersionId": "1"}, "ERR0015"),
        (
            "/application/version/support",
            {"applicationId": "assent-demo", "applicationVersionId": "9"},
            "ERR0015",
        ),
        ("/activation/init", {"userId": "alice", "applicationId": "none"}, "ERR0015"),
        ("/activation/init", {"applicationId": "assent-demo"}, "ERR0024"),
        (
            "/activation/init",
            {"userId": "a", "applicationId": "assent-demo", "maxFailureCount": 0},
            "ERR0024",
        ),
        (
            "/activation/init",
            {"userId": "a", "applicationId": "assent-demo", "commitPhase": "NEVER"},
            "ERR0024",
        ),
        (
            "/activation/init",
            {
                "userId": "a",
                "applicationId": "assent-demo",
                "timestampActivationExpire": "2020-01-01T00:00:00Z",
            },
            "ERR0024",
        ),
        ("/activation/commit", {"activationId": NOBODY}, "ERR0009"),
        ("/activation/block", {}, "ERR0024"),
        ("/operation/create", {"applications": ["assent-demo"], "templateName": "none"}, "ERR0033"),
        ("/operation/create", {"applications": ["none"], "templateName": "login"}, "ERR0015"),
        ("/operation/create", {"applications": [], "templateName": "login"}, "ERR0024"),
        (
            "/operation/create",
            {"applications": ["assent-demo"], "templateName": "login", "parameters": {"session.id": 7}},
            "ERR0024",
        ),
        ("/operation/detail", {"operationId": NOBODY}, "ERR0034"),
        ("/operation/cancel", {"operationId": NOBODY, "statusReason": "x" * 33}, "ERR0024"),
        ("/operation/template/create", TEMPLATE | {"templateName": "login"}, "ERR0039"),
        ("/operation/template/create", TEMPLATE | {"signatureType": ["FAITH"]}, "ERR0024"),
        ("/operation/template/create", TEMPLATE | {"dataTemplate": "A" * 256}, "ERR0024"),
        ("/operation/template/create", TEMPLATE | {"expiration": 0}, "ERR0024"),
        ("/operation/template/create", TEMPLATE | {"riskFlags": "Z"}, "ERR0024"),
    ],
)
def test_codes(bank, path, asked, code):
    assert refused(bank, path, **asked) == code


@pytest.mark.parametrize("path", BACK_OFFICE_PATHS)
@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"requestObject":7}', b"\xff"])
def test_a_malformed_request(backend, clock, path, body):
    answer = Device(backend, clock).send(path, body)
    assert answer.refusal == (400, "ERR0024")


def test_an_application_of_its_own(bank, backend, clock):
    bank("/application/create", applicationId="other")
    known = bank("/application/list")["applications"]
    assert known == [{"applicationId": "assent-demo"}, {"applicationId": "other"}]
    made = bank("/application/version/create", applicationId="other", applicationVersionId="2")
    detail = bank("/application/detail", applicationId="other")
    assert detail["versions"][-1]["applicationKey"] == made["applicationKey"]
    device = Device(backend, clock, application="other")
    assert device.configuration.application_key == made["applicationKey"]
    assert device.configuration.master_public_key == from_base64(detail["masterPublicKey"])
    assert device.activate(bank.invites(application="other")["activationCode"]).status == 200
    bank("/application/version/unsupport", applicationId="other", applicationVersionId="2")
    newest = Device(backend, clock, application="other").configuration.application_key
    assert newest == detail["versions"][0]["applicationKey"]


def test_the_activation_as_the_bank_sees_it(bank, alice, office):
    seen = office("/activation/status", activationId=alice.activation_id).object
    assert seen["activationStatus"] == "ACTIVE"
    assert (seen["failedAttempts"], seen["maxFailedAttempts"], seen["version"]) == (0, 5, 3)
    assert datetime.fromisoformat(seen["timestampCreated"]).tzinfo is not None
    assert "activationCode" not in seen
    assert bank("/activation/list", userId="alice")["activations"] == [seen]
    assert bank("/activation/list", userId="alice", applicationId="none")["activations"] == []


def test_a_new_name(bank, alice):
    assert bank("/activation/name/update", activationId=alice.activation_id, activationName="Tablet") == {
        "activationId": alice.activation_id,
        "activationName": "Tablet",
        "activationStatus": "ACTIVE",
    }
    assert bank.sees(alice)["activationName"] == "Tablet"


def test_blocking_has_a_reason(bank, alice):
    blocked = bank("/activation/block", activationId=alice.activation_id)
    assert (blocked["activationStatus"], blocked["blockedReason"]) == ("BLOCKED", "NOT_SPECIFIED")
    bank("/activation/unblock", activationId=alice.activation_id)
    blocked = bank("/activation/block", activationId=alice.activation_id, reason="STOLEN")
    assert blocked["blockedReason"] == "STOLEN"


def test_a_template_of_ones_own(bank, office, reader):
    assert office("/operation/template/create", **TEMPLATE).object == TEMPLATE
    made = bank.offers("vote", parameters={"choice": "a*b"}, externalId="7", additionalData={"a": [1]})
    assert (made["data"], made["externalId"], made["riskFlags"]) == ("A0*Ta\\*b", "7", "XF")
    assert made["additionalData"] == {"a": [1]}
    assert reader.pending().object == []  # no texts
    assert reader.approve(made).status == 200


def test_an_expiry_of_ones_own(bank, clock):
    made = bank.offers("login", timestampExpires="2030-01-01T00:00:00.000+01:00")
    assert made["timestampExpires"] == "2029-12-31T23:00:00.000+00:00"
    asked = {"applications": ["assent-demo"], "templateName": "login", "userId": "alice"}
    assert refused(bank, "/operation/create", **asked, timestampExpires="2020-01-01T00:00:00Z") == "ERR0024"
    for moment in ("2030-01-01T00:00:00", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "soon"):
        assert refused(bank, "/operation/create", **asked, timestampExpires=moment) == "ERR0024"


def test_the_detail_gives_an_operation_to_a_user(bank):
    kiosk = bank.offers("login_kiosk", user=None)
    assert "userId" not in kiosk
    assert bank("/operation/detail", operationId=kiosk["id"], userId="bob")["userId"] == "bob"
    assert bank("/operation/detail", operationId=kiosk["id"], userId="alice")["userId"] == "bob"


def test_canceling(bank):
    login = bank.offers("login")
    canceled = bank("/operation/cancel", operationId=login["id"], statusReason="PROBABLY_FRAUD")
    assert (canceled["status"], canceled["statusReason"]) == ("CANCELED", "PROBABLY_FRAUD")
    assert refused(bank, "/operation/cancel", operationId=login["id"]) == "ERR0036"


def test_lists_are_arrays_in_pages(bank, office, clock):
    made = []
    for _ in range(3):
        made.append(bank.offers("login")["id"])
        clock.advance(1)
    bank("/operation/cancel", operationId=made[0])
    every = office("/operation/list", userId="alice", applications=["assent-demo"]).object
    assert [operation["id"] for operation in every] == made[::-1]
    pending = office("/operation/list/pending", userId="alice", applications=["assent-demo"]).object
    assert [operation["id"] for operation in pending] == made[:0:-1]
    page = office(
        "/operation/list", userId="alice", applications=["assent-demo"], pageNumber=1, pageSize=2
    ).object
    assert [operation["id"] for operation in page] == [made[0]]
    assert office("/operation/list", userId="alice", applications=["none"]).object == []


# --- offline


def base_text(qr_lines, nonce, totp_code=None):
    operation_id, _, _, data, *_ = qr_lines.split("\n")
    body = "&".join(part for part in (operation_id, data, totp_code) if part)
    uri_id = to_base64(b"/operation/authorize/offline")
    return f"POST&{uri_id}&{nonce}&{to_base64(body.encode())}"


def check(bank, device, data, code, **asked):
    return bank(
        "/signature/offline/verify",
        activationId=device.activation_id,
        data=data,
        signature=code,
        **{"allowBiometry": False, **asked},
    )


def test_a_personalised_qr_code_is_signed_by_the_activations_key(bank, alice):
    made = bank("/signature/offline/personalized/create", activationId=alice.activation_id, data=LINES)
    text, _, signature = made["offlineData"].rpartition("\n1")
    assert text == f"{LINES}\n{made['nonce']}"
    ecc.verify(alice.server_public, f"{text}\n1".encode(), from_base64(signature))
    with pytest.raises(SignatureInvalid):
        ecc.verify(alice.master_public, f"{text}\n1".encode(), from_base64(signature))


def test_a_qr_code_for_everybody_is_signed_by_the_master_key(bank, alice):
    made = bank("/signature/offline/non-personalized/create", applicationId="assent-demo", data=LINES)
    text, _, signature = made["offlineData"].rpartition("\n0")
    ecc.verify(alice.master_public, f"{text}\n0".encode(), from_base64(signature))
    assert len(from_base64(made["nonce"])) == 16


def test_a_nonce_of_the_callers_choice(bank, alice):
    nonce = to_base64(bytes(16))
    path = "/signature/offline/personalized/create"
    assert bank(path, activationId=alice.activation_id, data=LINES, nonce=nonce)["nonce"] == nonce
    assert refused(bank, path, activationId=alice.activation_id, data=LINES, nonce="AAAA") == "ERR0024"


@pytest.mark.parametrize("digits", [4, 6, 8])
def test_a_typed_code_verifies_once(bank, alice, digits):
    data = base_text(LINES, to_base64(bytes(16)))
    code = alice.offline_code(data, digits=digits)
    verdict = check(bank, alice, data, code, componentLength=digits)
    assert verdict["signatureValid"]
    assert (verdict["signatureType"], verdict["remainingAttempts"]) == ("POSSESSION_KNOWLEDGE", 5)
    again = check(bank, alice, data, code, componentLength=digits)
    assert not again["signatureValid"]
    assert again["remainingAttempts"] == 4


def test_online_and_offline_share_the_counter(bank, alice):
    data = base_text(LINES, to_base64(bytes(16)))
    code = alice.offline_code(data)
    assert alice.validate().status == 200
    assert not check(bank, alice, data, code)["signatureValid"]


def test_biometry_counts_only_where_it_is_allowed(bank, alice):
    data = base_text(LINES, to_base64(bytes(16)))
    assert not check(bank, alice, data, alice.offline_code(data, PB))["signatureValid"]
    verdict = check(bank, alice, data, alice.offline_code(data, PB), allowBiometry=True)
    assert (verdict["signatureValid"], verdict["signatureType"]) == (True, "POSSESSION_BIOMETRY")
    assert check(bank, alice, data, alice.offline_code(data, PK), allowBiometry=True)["signatureValid"]


def test_wrong_codes_block(bank, alice):
    verdicts = [check(bank, alice, "POST&a&b&c", "12345678-12345678") for _ in range(6)]
    assert [verdict["remainingAttempts"] for verdict in verdicts] == [4, 3, 2, 1, 0, 0]
    assert verdicts[-1]["activationStatus"] == "BLOCKED"
    assert verdicts[-1]["blockedReason"] == "MAX_FAILED_ATTEMPTS"
    assert bank.sees(alice)["failedAttempts"] == 5


def test_an_unknown_activation_verifies_nothing(bank, alice):
    alice.activation_id = NOBODY
    verdict = check(bank, alice, "POST&a&b&c", "12345678-12345678")
    assert (verdict["signatureValid"], verdict["activationStatus"]) == (False, "REMOVED")


@pytest.mark.parametrize(("later_s", "valid"), [(0, True), (30, True), (60, False), (-30, False)])
def test_a_time_based_code_in_the_qr_code(bank, alice, clock, later_s, valid):
    proximity = {"seed": SEED, "stepLength": 30}
    made = bank(
        "/signature/offline/personalized/create",
        activationId=alice.activation_id,
        data=LINES,
        proximityCheck=proximity,
    )
    code_line = made["offlineData"].split("\n")[5]
    assert code_line == totp(from_base64(SEED), clock.now_ms() // 1000)
    typed = alice.offline_code(base_text(LINES, made["nonce"], code_line))
    clock.advance(later_s)
    data = base_text(LINES, made["nonce"])
    verdict = check(bank, alice, data, typed, proximityCheck=proximity | {"stepCount": 1})
    assert verdict["signatureValid"] is valid
    assert bank.sees(alice)["failedAttempts"] == (0 if valid else 1)
