"""The bank's pages and a device that really signs: what the pages hand out works, what they tell is true."""

import json
import re

import pytest

from tests.sandbox.device import Device, P


@pytest.fixture
def device(teller, backend, clock):
    """Alice's device, enrolled with the code of the bank's page; not yet committed."""
    device = Device(backend, clock)
    page = teller.opens("/sandbox/users/Alice").submits("/users/Alice/activations")
    device.activate(re.search(r"[A-Z2-7]{5}(-[A-Z2-7]{5}){3}", page.words)[0])
    return device


@pytest.fixture
def active(device, teller):
    activation_page(teller, device).submits("/commit")
    device.make_token()
    return device


def activation_page(teller, device):
    return teller.opens(f"/sandbox/activations/{device.activation_id}")


def operation_page(teller, operation):
    return teller.opens(f"/sandbox/operations/{operation['id']}")


def sends(teller, kind):
    return teller.opens(f"/sandbox/users/Alice/operations/{kind}").submits(f"/operations/{kind}")


def test_the_fingerprint_to_compare_is_the_devices(teller, device):
    page = activation_page(teller, device)
    assert page.heading == "Compare the fingerprint"
    assert device.fingerprint in page.words
    assert "This activation is active" in page.submits("/commit").words


def test_blocking_and_unblocking_reach_the_device(teller, active):
    blocked = activation_page(teller, active).submits("/block")
    assert "This activation is blocked" in blocked.words
    assert active.pending().status == 401
    assert "This activation is active" in blocked.submits("/unblock").words
    assert active.pending().status == 200


def test_wrong_attempts_are_counted_on_the_page(teller, active):
    active.forget_pin()
    active.validate()
    assert "Wrong attempts: 1 of 5" in teller.opens("/sandbox/users/Alice").words


@pytest.mark.parametrize(
    ("language", "title", "amount"),
    [
        ("en", "Payment", "€2,450.50"),
        ("cs-CZ,cs;q=0.9", "Platba", "2\u00a0450,50\u00a0€"),
        ("de", "Zahlung", "2.450,50\u00a0€"),
        ("ar", "دفعة", "2,450.50\u00a0€"),
    ],
)
def test_the_device_reads_the_operation_in_its_language(teller, active, language, title, amount):
    sends(teller, "payment")
    form = active.pending(language=language).object[0]["formData"]
    assert form["title"] == title
    assert form["attributes"][1]["valueFormatted"] == amount


def test_amounts_travel_as_exact_numbers(teller, active):
    sends(teller, "payment")
    assert b'"amount":2450.50,' in active.pending().raw.replace(b": ", b":")


def test_an_approval_and_its_factors_are_told(teller, active):
    sends(teller, "payment")
    operation = active.pending().object[0]
    assert active.approve(operation).status == 200
    words = operation_page(teller, operation).words
    assert "Approved" in words
    assert "Decided with this browser and the PIN" in words
    assert "Program phone/1.0" in words


def test_one_factor_is_told(teller, active):
    sends(teller, "consent")
    operation = active.pending().object[0]
    assert operation["allowedSignatureType"]["type"] == "1FA"
    active.approve(operation, P)
    assert "Decided with this browser alone" in operation_page(teller, operation).words


def test_a_rejection_and_its_reason_are_told(teller, active):
    sends(teller, "shop")
    operation = active.pending().object[0]
    active.reject(operation, reason="UNEXPECTED_OPERATION")
    words = operation_page(teller, operation).words
    assert "Rejected" in words
    assert "The person did not start it. UNEXPECTED_OPERATION" in words


def test_the_code_on_the_screen_approves(teller, active):
    page = sends(teller, "login_nearby")
    code = re.search(r"potp=([0-9]{8})", page.text)[1]
    operation = active.pending().object[0]
    assert active.approve(operation).refusal == (401, "OPERATION_FAILED")
    moment = "2026-03-02T08:15:20.100Z"
    nearby = {"otp": code, "type": "QR_CODE", "timestampReceived": moment, "timestampSent": moment}
    assert active.approve(operation, proximityCheck=nearby).status == 200
    words = operation_page(teller, operation).words
    assert "Approved" in words
    assert "Wrong attempts 1 of 5" in words


def test_the_kiosks_operation_is_claimed_by_its_identifier(teller, active):
    page = sends(teller, "login_kiosk")
    identifier = re.search(r"oid=([0-9a-f-]{36})", page.text)[1]
    assert active.pending().object == []
    assert active.claim(identifier).object["id"] == identifier
    assert "Sign in at a kiosk" in teller.opens("/sandbox/users/Alice").words


def test_what_has_no_texts_never_reaches_the_device(teller, active):
    page = sends(teller, "broken")
    identifier = page.words.split("Identifier ")[1].split()[0]
    assert active.pending().object == []
    assert active.detail(identifier).refusal == (400, "INVALID_REQUEST")


def test_the_whole_list_is_readable_json_in_every_language(teller, active):
    for kind in (
        "login",
        "payment",
        "payment_conversion",
        "payment_invoice",
        "payment_warning",
        "payment_risk",
    ):
        sends(teller, kind)
    for language in ("en", "cs", "de", "ar"):
        listed = json.loads(active.pending(language=language).raw)["responseObject"]
        assert len(listed) == 6
        assert all(one["formData"]["title"] for one in listed)
