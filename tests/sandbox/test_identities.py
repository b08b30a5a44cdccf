"""Ways in without a code: credentials, a method of the bank's own, and whoever is not expected."""

import pytest

from tests.sandbox.device import Device
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.status import ActivationStatus

REFUSED = (400, "ERR_ACTIVATION")
ALICE = {"username": "alice", "password": "correct horse"}
CUSTOMER = {"userId": "alice", "attributes": ALICE}


@pytest.fixture
def phone(backend, clock):
    return Device(backend, clock)


def test_nobody_is_known_before_the_bank_says_so(phone):
    assert phone.introduces_itself(**ALICE).refusal == REFUSED


@pytest.mark.parametrize("kind", ["CUSTOM", "DIRECT"])
def test_a_customer_activates_by_credentials_and_the_bank_commits(phone, bank, kind):
    bank.configures("sandbox_customers", CUSTOMER)
    assert phone.introduces_itself(kind, **ALICE).status == 200
    assert phone.status().status is ActivationStatus.PENDING_COMMIT
    bank.commits(phone)
    assert phone.validate().status == 200
    assert bank.sees(phone)["userId"] == "alice"


def test_the_bank_may_have_it_active_at_once_and_tell_who_it_is(phone, bank):
    bank.configures("sandbox_customers", CUSTOMER | {"commit": True, "claims": {"name": "Alice"}})
    assert phone.introduces_itself(**ALICE, custom={"colour": "red"}).status == 200
    assert phone.status().status is ActivationStatus.ACTIVE
    assert phone.outer["userInfo"] == {"name": "Alice"}
    assert phone.outer["customAttributes"] == {"colour": "red"}
    assert phone.user_info()[1] == {"sub": "alice", "name": "Alice"}


@pytest.mark.parametrize(
    "attributes",
    [{"username": "alice"}, ALICE | {"password": "wrong"}, ALICE | {"more": "1"}, {"code": "x"}],
    ids="-".join,
)
def test_other_attributes_are_nobodys(phone, bank, attributes):
    bank.configures("sandbox_customers", CUSTOMER)
    assert phone.introduces_itself(**attributes).refusal == REFUSED
    assert bank("/activation/list", userId="alice")["activations"] == []


def test_a_customer_without_attributes_cannot_be_identified(phone, bank):
    bank.configures("sandbox_customers", {"userId": "alice", "attributes": {}, "claims": {}})
    assert phone.introduces_itself().refusal == REFUSED


def test_customers_of_another_application_stay_there(phone, bank):
    bank("/application/create", applicationId="other")
    bank.configures("sandbox_customers", CUSTOMER, application="other")
    assert phone.introduces_itself(**ALICE).refusal == REFUSED


@pytest.mark.parametrize("commit", [True, False])
@pytest.mark.parametrize(
    "inner", [{"activationOtp": "1234"}, {"devicePublicKey": to_base64(bytes(65))}], ids=["otp", "key"]
)
def test_a_wrong_device_leaves_nothing_behind(phone, bank, commit, inner):
    bank.configures("sandbox_customers", CUSTOMER | {"commit": commit})
    assert phone.introduces_itself(**ALICE, inner=inner).refusal == REFUSED
    assert bank("/activation/list", userId="alice")["activations"] == []


def test_an_unknown_type_is_refused(phone, bank):
    bank.configures("sandbox_customers", CUSTOMER)
    assert phone.introduces_itself("MAGIC", **ALICE).refusal == REFUSED


def test_a_flood_of_attributes_is_refused(phone):
    assert phone.introduces_itself(**{f"a{i}": "x" for i in range(51)}).refusal == REFUSED
