"""From a scanned operation to the code that Alice retypes at her bank, without a word to the server."""

import json
from pathlib import Path

import pytest

from tests.powerauth import activations, known
from tests.qr.case_files import OWN
from tests.qr.keys import AUTHENTICATIONS, WRAPPING_KEY, Keys
from tests.qr.payloads import payload
from tests.support.bank import Bank
from tests.support.wire import refused
from tests.support.world import activated
from webapp.mtoken.errors import NotSent
from webapp.mtoken.keeper import MemoryKeeper
from webapp.mtoken.mobile_token import WultraMobileToken
from webapp.mtoken.operations import URI_OFFLINE
from webapp.mtoken.power_auth import PowerAuth, PowerAuthConfiguration
from webapp.mtoken.transport import HttpResponse, Request
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.errors import FactorMissing, QROperationNotGenuine
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.offline_operation import QROperationParser
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.powerauth.state import ActivationState

URL = "https://bank.example/enrollment-server"
KNOWLEDGE, BIOMETRY = AUTHENTICATIONS["knowledge"], AUTHENTICATIONS["biometry"]
LINES = "7f3c\nPayment\nPay Bob?\nA1*A100CZK*Q115-4488990217/0800*NC:\\\\new\\*\nB"
SIGNED = "7f3c&A1*A100CZK*Q115-4488990217/0800*NC:\\\\new\\*"
SEED = {"seed": to_base64(bytes(range(16))), "stepLength": 30}
VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors/data/offline-authorization.json").read_text(encoding="utf-8")
)["cases"]
EXAMPLES = [
    case
    for case in map(json.loads, (OWN / "offline.jsonl").read_text(encoding="utf-8").split("\n")[:6])
    if "input" in case
]


class Nowhere:
    """A transport that reaches nobody."""

    def send(self, request: Request) -> HttpResponse:
        raise NotSent(request.url)


@pytest.fixture
def enrolled(bank, sandbox, wire, clock):
    """Give somebody an activation with PIN and biometry: `enrolled("Alice")`."""

    def enrol(name: str) -> PowerAuth:
        return activated(name, bank, sandbox, wire, clock, WRAPPING_KEY)

    return enrol


@pytest.fixture
def alice(enrolled, wire):
    power_auth = enrolled("Alice")
    wire.requests.clear()
    return power_auth


def scanned(bank: Bank, power_auth: PowerAuth, **asked):
    """What Alice's camera sees: an operation of hers on the bank's screen."""
    made = bank.admin(
        "/signature/offline/personalized/create",
        {"activationId": power_auth.state.activation_id, "data": LINES, **asked},
    )
    return QROperationParser.parse(made["offlineData"])


def retyped(bank: Bank, power_auth: PowerAuth, operation, code: str, uri_id: str = URI_OFFLINE, **asked):
    """What the bank says to the code."""
    uri, body = to_base64(uri_id.encode()), to_base64(SIGNED.encode())
    return bank.admin(
        "/signature/offline/verify",
        {
            "activationId": power_auth.state.activation_id,
            "data": f"POST&{uri}&{operation.nonce}&{body}",
            "signature": code,
            "allowBiometry": operation.flags.biometrics_allowed,
            **asked,
        },
    )


def kept(state: ActivationState, configuration: SdkConfiguration) -> PowerAuth:
    """Somebody with this activation, far from any network."""
    return PowerAuth(PowerAuthConfiguration(URL, configuration), Nowhere(), MemoryKeeper(state))


def approve(power_auth: PowerAuth, operation, authentication=KNOWLEDGE, **asked) -> str:
    return WultraMobileToken(power_auth).operations.authorize_offline(operation, authentication, **asked)


@pytest.mark.parametrize("authentication", [KNOWLEDGE, BIOMETRY], ids=["PIN", "biometry"])
def test_alice_approves_while_nothing_can_be_reached(bank, alice, wire, authentication):
    operation = scanned(bank, alice)
    wire.breaks("", refused)
    code = approve(alice, operation, authentication)
    assert not wire.requests
    verdict = retyped(bank, alice, operation, code)
    assert verdict["signatureValid"]
    assert verdict["signatureType"] == authentication.signature_type.name


def test_alice_approves_an_operation_for_everybody(bank, alice):
    made = bank.admin(
        "/signature/offline/non-personalized/create", {"applicationId": "assent-demo", "data": LINES}
    )
    operation = QROperationParser.parse(made["offlineData"])
    assert retyped(bank, alice, operation, approve(alice, operation))["signatureValid"]


def test_the_time_based_code_of_the_screen_is_signed_too(bank, alice, clock):
    operation = scanned(bank, alice, proximityCheck=SEED)
    assert operation.totp
    code = approve(alice, operation)
    assert not retyped(bank, alice, operation, code)["signatureValid"], "without the check it is another text"
    assert retyped(bank, alice, operation, code, proximityCheck=SEED)["signatureValid"]
    late = approve(alice, operation)
    clock.advance(120)
    assert not retyped(bank, alice, operation, late, proximityCheck=SEED)["signatureValid"]


def test_a_wrong_pin_makes_a_code_that_only_the_bank_can_tell(bank, alice):
    operation = scanned(bank, alice)
    code = approve(alice, operation, PowerAuthAuthentication.password("9999"))
    assert [len(part) for part in code.split("-")] == [8, 8]
    verdict = retyped(bank, alice, operation, code)
    assert (verdict["signatureValid"], verdict["remainingAttempts"]) == (False, 4)
    assert retyped(bank, alice, operation, approve(alice, operation))["signatureValid"]


def test_a_code_of_a_moved_counter_comes_every_time(bank, alice):
    operation = scanned(bank, alice)
    before = alice.state
    first = approve(alice, operation)
    assert alice.state == before.advanced().with_unconfirmed()
    assert approve(alice, operation) != first
    assert retyped(bank, alice, operation, first)["signatureValid"]
    assert not retyped(bank, alice, operation, first)["signatureValid"], "every code works once"


def test_a_bank_may_name_another_uri(bank, alice):
    operation = scanned(bank, alice)
    code = approve(alice, operation, uri_id="/confirm/offline")
    assert not retyped(bank, alice, operation, code)["signatureValid"]
    assert retyped(bank, alice, operation, code, "/confirm/offline")["signatureValid"]


@pytest.mark.parametrize(
    "authentication",
    [PowerAuthAuthentication.possession(), BIOMETRY],
    ids=["possession alone", "biometry without the flag"],
)
def test_factors_that_the_bank_will_not_take_sign_nothing(bank, alice, authentication):
    operation = scanned(bank, alice, data=LINES.removesuffix("B"))
    before = alice.state
    with pytest.raises(ValueError, match="takes the PIN"):
        approve(alice, operation, authentication)
    assert alice.state == before


def test_what_the_bank_did_not_issue_is_not_signed(bank, alice, enrolled):
    for_bob = scanned(bank, enrolled("Bob"))
    forged = QROperationParser.parse(payload())
    before = alice.state
    for operation in (for_bob, forged):
        with pytest.raises(QROperationNotGenuine):
            approve(alice, operation)
    assert alice.state == before


def test_biometry_that_is_not_set_up_is_said():
    power_auth = kept(activations.alice(biometry=False), known.CONFIGURATION)
    with pytest.raises(FactorMissing):
        approve(power_auth, QROperationParser.parse(payload()), BIOMETRY)


@pytest.mark.parametrize("case", EXAMPLES, ids=lambda case: case["id"])
def test_the_codes_of_the_examples(case):
    keys = Keys.of(OWN)
    operation = QROperationParser.parse(case["input"])
    for factor, code in case["code"].items():
        if factor == "knowledge" or operation.flags.biometrics_allowed:
            power_auth = kept(keys.state(), keys.configuration())
            assert approve(power_auth, operation, AUTHENTICATIONS[factor]) == code


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["id"])
def test_the_vectors_come_out_of_a_qr_code_too(case):
    more = [] if case["totp"] is None else [case["totp"]]
    text = payload(
        operation_id=case["operationId"], data=case["operationData"], nonce=case["nonce"], more=more
    )
    operation = QROperationParser.parse(text)
    # From here on the check of the vectors computes the digits.
    assert operation.signed_by_user == case["dataForSignature"]
