"""Nothing secret in logs, and nothing secret in the `repr` of what the sandbox keeps."""

import logging

import pytest

from tests.sandbox.device import Device
from webapp.powerauth.encoding import to_base64
from webapp.sandbox import activations, applications


def test_a_whole_story_leaves_no_secret_in_the_log(backend, clock, bank, caplog):
    caplog.set_level(logging.DEBUG)
    device = Device(backend, clock)
    invited = bank.invites(activationOtp="31415926")
    device.activate(invited["activationCode"])
    device.activate(invited["activationCode"])
    bank.commits(device, activationOtp="31415926")
    device.make_token()
    payment = bank.offers("payment", parameters={"note": "a canary"})
    device.approve({**payment, "data": "wrong"})
    device.unlock_vault({"reason": "!"})
    device.pending(headers=device.token(secret=bytes(16)))
    device.approve(payment)
    assert "OPERATION_FAILED" in caplog.text
    assert "ERR_SECURE_VAULT" in caplog.text
    secrets = [
        invited["activationCode"],
        "31415926",
        "canary",
        device.configuration.application_secret,
        *(to_base64(key) for key in (device.token_secret, device.keys.knowledge, device.counter)),
    ]
    assert not [secret for secret in secrets if secret in caplog.text]


@pytest.mark.parametrize("name", ["code", "otp_hash", "server_private", "device_public", "counter_value"])
def test_an_activation_shows_no_secret(backend, alice, name):
    store = backend._surroundings.store
    with store.read() as transaction:
        activation = activations.find(transaction, alice.activation_id)
        application = applications.application(transaction, "assent-demo")
    assert f" {name}=" not in repr(activation)
    assert str(application.master_private) not in repr(application)
