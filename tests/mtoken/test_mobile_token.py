"""The SDK as an integrator uses it: no site, no store, the sandbox as the other side."""

import pytest

from tests.support.wire import error
from tests.support.world import activated
from webapp.mtoken.errors import InvalidActivationError
from webapp.mtoken.mobile_token import WultraMobileToken
from webapp.mtoken.operation import OnlineOperation, RejectionReason
from webapp.mtoken.power_auth import PowerAuth, PowerAuthConfiguration
from webapp.powerauth.activation_code import parse_activation_code
from webapp.powerauth.errors import SignatureInvalid
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.powerauth.status import ActivationStatus

URL = "https://bank.example/enrollment-server"
PIN = "2580"


@pytest.fixture
def power_auth(bank, sandbox, wire, clock):
    """Alice's activation, committed by the bank."""
    return activated("Alice", bank, sandbox, wire, clock)


@pytest.fixture
def mobile_token(power_auth):
    return WultraMobileToken(power_auth)


def test_the_example_of_the_readme(bank, mobile_token):
    payment = bank.offers("Alice", "payment")
    mobile_token.set_accept_language("cs")
    (operation,) = mobile_token.operations.pending_list().response_object
    assert operation.form_data.title == "Platba"
    answer = mobile_token.operations.authorize(operation, PowerAuthAuthentication.password(PIN))
    assert answer.status == "OK"
    assert bank.status(payment) == "APPROVED"


def test_any_object_with_id_and_data_can_be_approved_or_rejected(bank, mobile_token):
    first, second, third = (bank.offers("Alice", "consent") for _ in range(3))
    possession = PowerAuthAuthentication.possession()
    own = OnlineOperation(first, bank.operation(first)["data"])
    assert mobile_token.operations.authorize(own, possession).status == "OK"
    detail = mobile_token.operations.detail(second).response_object
    assert mobile_token.operations.reject(detail, RejectionReason.INCORRECT_DATA).status == "OK"
    assert mobile_token.operations.reject(third, "REASON_OF_THE_BANK").status == "OK"
    assert [bank.status(one) for one in (first, second, third)] == ["APPROVED", "REJECTED", "REJECTED"]


def test_nobodys_operation_is_claimed_and_then_listed(bank, mobile_token):
    kiosk = bank.offers(None, "login_kiosk")
    assert len(mobile_token.operations.pending_list().response_object) == 0
    assert mobile_token.operations.claim(kiosk).response_object.id == kiosk
    assert [one.id for one in mobile_token.operations.pending_list().response_object] == [kiosk]


def test_history_takes_two_factors(bank, mobile_token):
    bank.offers("Alice", "payment")
    with pytest.raises(ValueError, match="two factors"):
        mobile_token.operations.history(PowerAuthAuthentication.possession())
    history = mobile_token.operations.history(PowerAuthAuthentication.password(PIN))
    assert len(history.response_object) == 1


def test_a_request_processor_adds_a_header_to_every_call(bank, mobile_token, wire):
    def with_trace(request):
        assert any(name.startswith("X-PowerAuth") for name in request.headers)
        request.headers["X-Trace"] = "7"

    consent = bank.offers("Alice", "consent")
    operations = mobile_token.operations
    (operation,) = operations.pending_list(with_trace).response_object
    operations.detail(consent, with_trace)
    operations.authorize(operation, PowerAuthAuthentication.possession(), with_trace)
    operations.reject(consent, "UNKNOWN", with_trace)
    sent = [one for one in wire.requests if "/api/" in one.url]
    assert [one.headers.get("X-Trace") for one in sent] == ["7"] * 4


def test_a_processor_that_fails_prevents_the_call_but_not_the_counter(bank, mobile_token, power_auth, wire):
    class Refused(Exception):
        pass

    def refuse(_request):
        raise Refused

    consent = bank.offers("Alice", "consent")
    before = power_auth.state.counter
    with pytest.raises(Refused):
        mobile_token.operations.reject(consent, "UNKNOWN", refuse)
    assert power_auth.state.counter == before.next()
    assert not wire.sent("/operation/cancel")
    assert mobile_token.operations.reject(consent, "UNKNOWN").status == "OK", "look-ahead does the rest"


def test_the_counter_is_stored_before_the_request_leaves(bank, mobile_token, power_auth, wire):
    consent = bank.offers("Alice", "consent")
    before = power_auth.state.counter
    seen = []

    def note(request, transport):
        seen.append(power_auth.state.counter)
        return transport.send(request)

    wire.breaks("/operation/cancel", note)
    mobile_token.operations.reject(consent, "UNKNOWN")
    assert seen == [before.next()]


def test_a_wrong_pin_is_an_answer_and_the_status_tells_the_attempts(bank, mobile_token, power_auth):
    bank.offers("Alice", "payment")
    (operation,) = mobile_token.operations.pending_list().response_object
    answer = mobile_token.operations.authorize(operation, PowerAuthAuthentication.password("1379"))
    assert answer.response_error.code == "POWERAUTH_AUTH_FAIL"
    report = power_auth.fetch_activation_status()
    assert report.remaining_attempts == 4
    assert not report.is_in_step


def test_removal_is_signed_and_final(mobile_token, power_auth):
    power_auth.remove_activation(PowerAuthAuthentication.password(PIN))
    assert power_auth.peek_activation_status().status is ActivationStatus.REMOVED


def test_a_client_far_ahead_brings_the_server_along(bank, mobile_token, power_auth, wire):
    for _ in range(12):
        power_auth.request_signature(PowerAuthAuthentication.possession(), "POST", "/x", b"")
    power_auth.fetch_activation_status()
    assert len(wire.sent("/signature/validate")) == 1
    assert power_auth.fetch_activation_status().is_in_step


def test_a_restored_backup_follows_the_server(power_auth, bank):
    backup = power_auth.state
    token = WultraMobileToken(power_auth)
    for _ in range(3):
        assert token.operations.reject(bank.offers("Alice", "consent"), "UNKNOWN").status == "OK"
    ahead = power_auth.state.counter
    with power_auth.exclusive() as held:
        held.store(backup)
    power_auth.fetch_activation_status()
    assert power_auth.state.counter == ahead


def test_a_foreign_code_is_refused_before_anything_is_sent(sandbox, bank, wire):
    configuration = PowerAuthConfiguration(URL, SdkConfiguration.parse(sandbox.sdk_configuration()))
    power_auth = PowerAuth(configuration, wire)
    first, second = bank.gives_code("Alice"), bank.gives_code("Alice")
    with pytest.raises(SignatureInvalid):
        power_auth.create_activation(parse_activation_code(f"{first.code}#{second.signature}"), "x")
    assert not wire.requests
    with pytest.raises(InvalidActivationError):
        power_auth.commit_activation(PIN)


def test_a_token_is_renewed_once_and_not_again(mobile_token, wire):
    mobile_token.operations.pending_list()
    wire.breaks("/operation/list", error(401, "POWERAUTH_AUTH_FAIL"))
    assert mobile_token.operations.pending_list().response_error is not None
    assert len(wire.sent("/token/create")) == 2
