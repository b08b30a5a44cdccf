"""The activation's status blob."""

import pytest

from tests.vectors.checks.registry import Case, family
from webapp.powerauth.counter import HashCounter, next_counter, synchronise
from webapp.powerauth.errors import CounterOutOfSync
from webapp.powerauth.status import (
    ActivationStatus,
    StatusBlob,
    counter_hash,
    counter_key,
    encrypt_status,
    read_status,
    status_iv,
)


@family("status-blob-iv")
def check_status_blob_iv(case: Case) -> None:
    keys = (case.base64(name) for name in ("transportKey", "challenge", "nonce"))
    assert status_iv(*keys) == case.base64("iv")


@family("status-blob-counter-hash")
def check_status_blob_counter_hash(case: Case) -> None:
    assert counter_hash(case.base64("transportKey"), case.base64("ctrData")) == case.base64("ctrDataHash")


@family("status-blob-data")
def check_status_blob_data(case: Case) -> None:
    transport, encrypted = case.base64("transportKey"), case.base64("encryptedStatusBlob")
    iv = status_iv(transport, case.base64("challenge"), case.base64("nonce"))
    blob = read_status(transport, encrypted, iv)
    assert blob == StatusBlob(
        ActivationStatus(case["activationStatus"]),
        current_version=case["currentVersion"],
        upgrade_version=case["upgradeVersion"],
        counter_byte=case["ctrByte"],
        failed_attempts=case["failedAttempts"],
        max_failed_attempts=case["maxFailedAttempts"],
        look_ahead=case["ctrLookAhead"],
        counter_hash=case.base64("ctrDataHash"),
    )
    again = encrypt_status(transport, blob.pack(bytes(5)), iv)
    assert read_status(transport, again, iv) == blob
    _check_distance(transport, blob, case.base64("ctrData"), case["counterDistance"])


def _check_distance(transport: bytes, blob: StatusBlob, client: bytes, distance: int) -> None:
    """Steps from the client's counter to the server's; -1 where the look-ahead does not reach it."""

    def synchronised(client_byte: int) -> HashCounter:
        _, counter = synchronise(
            HashCounter(client, client_byte),
            counter_key=counter_key(transport),
            server_hash=blob.counter_hash,
            server_byte=blob.counter_byte,
            look_ahead=blob.look_ahead,
        )
        return counter

    if distance == -1:
        for steps in range(blob.look_ahead):
            with pytest.raises(CounterOutOfSync):
                synchronised((blob.counter_byte - steps) % 256)
        return
    server = client
    for _ in range(distance):
        server = next_counter(server)
    assert synchronised((blob.counter_byte - distance) % 256) == HashCounter(server, blob.counter_byte)
