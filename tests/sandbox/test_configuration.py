"""What the back office configures, and signatures by a device key."""

import os

import pytest

from webapp.powerauth import ecc
from webapp.powerauth.encoding import to_base64
from webapp.sandbox.errors import AdminError


def test_what_was_configured_is_shown_changed_and_taken_away(bank):
    bank.configures("anything", {"a": 1}, {"b": None})
    bank.configures("sandbox_customers", {"userId": "alice"})
    about = bank("/application/config/detail", applicationId="assent-demo")["applicationConfigs"]
    assert about == [
        {"key": "anything", "values": [{"a": 1}, {"b": None}]},
        {"key": "sandbox_customers", "values": [{"userId": "alice"}]},
    ]
    bank.configures("anything", {"a": 2})
    bank("/application/config/remove", applicationId="assent-demo", key="sandbox_customers")
    about = bank("/application/config/detail", applicationId="assent-demo")["applicationConfigs"]
    assert about == [{"key": "anything", "values": [{"a": 2}]}]


@pytest.mark.parametrize(
    "values", [None, {}, ["text"], [None], [{}] * 1001], ids=lambda value: str(value)[:20]
)
def test_values_are_a_list_of_objects(bank, values):
    with pytest.raises(AdminError) as refused:
        bank("/application/config/create", applicationId="assent-demo", key="x", values=values)
    assert refused.value.code == "ERR0024"


@pytest.mark.parametrize(
    "customer", [{}, {"userId": "a", "more": 1}, {"userId": "a", "attributes": {"b": 1}}], ids=str
)
def test_a_customer_that_nobody_could_be_is_refused(bank, customer):
    with pytest.raises(AdminError) as refused:
        bank.configures("sandbox_customers", customer)
    assert refused.value.code == "ERR0024"


def test_an_unknown_application_has_no_configuration(bank):
    for path in ("/application/config/create", "/application/config/detail", "/recovery/config/detail"):
        with pytest.raises(AdminError) as refused:
            bank(path, applicationId="unknown", key="x", values=[])
        assert refused.value.code == "ERR0015"


def test_a_signature_by_the_device_key(alice, bank):
    signature = to_base64(ecc.sign(alice.device_key, b"a contract"))
    other = to_base64(ecc.sign(ecc.generate(os.urandom), b"a contract"))

    def is_valid(text, given):
        asked = {"data": to_base64(text), "signature": given}
        return bank("/signature/ecdsa/verify", activationId=alice.activation_id, **asked)["signatureValid"]

    assert is_valid(b"a contract", signature)
    assert not is_valid(b"another contract", signature)
    assert not is_valid(b"a contract", other)
    with pytest.raises(AdminError):
        is_valid(b"a contract", "not Base64")


def test_no_device_has_signed_before_the_key_exchange(bank):
    asked = {"data": to_base64(b"x"), "signature": to_base64(b"y")}
    invited = bank.invites()["activationId"]
    assert not bank("/signature/ecdsa/verify", activationId=invited, **asked)["signatureValid"]
