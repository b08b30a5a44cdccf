"""The ways in: paths and methods, memory, HTTP, a process of its own; and whatever bytes may come."""

import json
import re
import subprocess
import sys
import urllib.request

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.device import JSON, Bank, Device
from tests.support.clock import ManualClock
from webapp.mtoken.errors import NotSent
from webapp.mtoken.transport import Headers, Request
from webapp.powerauth.headers import AUTHORIZATION, ENCRYPTION, TOKEN
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend
from webapp.sandbox.endpoints import BACK_OFFICE_PATHS, ENDPOINT_PATHS
from webapp.sandbox.routes import create_blueprint
from webapp.sandbox.transport import InMemoryTransport

HOME = "https://bank.example/enrollment-server"


def post(url, body=b"{}"):
    return Request("POST", url, Headers({"Content-Type": JSON}), body)


@pytest.mark.parametrize(
    "path", ["/", "/pa/v3/nothing", "/pa/v3", "/rest/v3/nothing", "/api/", "/pa/v3/status/"]
)
def test_an_unknown_path(backend, path):
    answer = backend.handle(post(path))
    assert (answer.status, json.loads(answer.body)["responseObject"]["code"]) == (404, "ERROR_NOT_FOUND")


@pytest.mark.parametrize("path", ["/pa/v3/status", "/rest/v3/application/list"])
def test_the_frame_of_a_request(backend, path):
    assert backend.handle(Request("GET", path)).status == 405
    assert backend.handle(Request("POST", path, Headers({"Content-Type": "text/plain"}), b"{}")).status == 415
    assert backend.handle(post(path, b" " * 1_000_001)).status == 413
    charset = Headers({"content-type": "Application/JSON; charset=utf-8"})
    body = b'{"requestObject":{}}'
    assert backend.handle(Request("post", path, charset, body)).status == 200


def test_the_time_of_the_server(backend, clock):
    answer = json.loads(backend.handle(post("/pa/v3/status")).body)
    assert answer["responseObject"]["serverTime"] == clock.now_ms()


def test_the_transport_in_memory(backend):
    transport = InMemoryTransport(backend, HOME + "/")
    assert transport.send(post(f"{HOME}/pa/v3/status")).status == 200
    for elsewhere in (
        "https://other.example/enrollment-server/pa/v3/status",
        "https://bank.example/pa/v3/status",
    ):
        with pytest.raises(NotSent):
            transport.send(post(elsewhere))


def test_the_memory_of_a_file_outlives_the_backend(tmp_path, clock):
    file = tmp_path / "bank.sqlite"
    with Backend(file, clock=clock, random=system_random) as backend:
        device = Device(backend, clock)
        device.activate(Bank(backend).invites()["activationCode"])
        configuration = backend.sdk_configuration()
    with Backend(file, clock=clock, random=system_random) as backend:
        assert backend.sdk_configuration() == configuration
        device.backend = backend
        Bank(backend).commits(device)
        assert device.validate().status == 200


def test_a_memory_without_a_file_goes_away(clock):
    first, second = (Backend(":memory:", clock=clock, random=system_random) for _ in range(2))
    assert first.sdk_configuration() != second.sdk_configuration()
    first.close()
    second.close()


def test_the_blueprint_under_a_prefix(backend, clock):
    app = Flask("test")
    app.register_blueprint(create_blueprint(backend, url_prefix="/bank"))
    client = app.test_client()
    assert client.post("/bank/pa/v3/status", json={}).json["status"] == "OK"
    assert client.post("/bank/rest/v3/application/list", json={"requestObject": {}}).status_code == 200
    assert client.get("/bank/pa/v3/signature/validate?a=1").status_code == 401
    assert client.post("/pa/v3/status", json={}).status_code == 404


def test_the_query_reaches_the_signature_as_it_was_sent(backend, alice):
    app = Flask("test")
    app.register_blueprint(create_blueprint(backend))
    query = "b=%C4%8D&a=x+y&a="
    path = "/pa/v3/signature/validate"
    header = alice.sign("/pa/signature/validate", method="GET", query=query)
    assert app.test_client().get(f"{path}?{query}", headers=header).status_code == 200


def test_a_process_of_its_own(tmp_path):
    command = [
        sys.executable,
        "-m",
        "webapp.sandbox",
        "--port",
        "0",
        "--database",
        str(tmp_path / "own.sqlite"),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            printed = "".join(process.stdout.readline() for _ in range(3))
            address = re.search(r"http://\S+", printed)[0]
            configuration = printed.split()[-1]
            request = urllib.request.Request(f"{address}/pa/v3/status", b"{}", {"Content-Type": JSON})
            with urllib.request.urlopen(request, timeout=10) as answer:
                assert json.load(answer)["responseObject"]["serverTime"] > 0
        finally:
            process.terminate()
    assert len(SdkConfiguration.parse(configuration).master_public_key) == 65


# --- whatever may come


@pytest.fixture(scope="module")
def stranger():
    """A device of a backend that lives as long as the module, for many examples."""
    clock = ManualClock()
    with Backend(":memory:", clock=clock, random=system_random) as backend:
        device = Device(backend, clock)
        bank = Bank(backend)
        device.activate(bank.invites(maxFailureCount=64)["activationCode"])
        bank.commits(device)
        device.make_token()
        yield device


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
NAMES = sorted(
    [
        "requestObject",
        "id",
        "data",
        "reason",
        "proximityCheck",
        "otp",
        "type",
        "timestampReceived",
        "timestampSent",
        "page",
        "size",
        "platform",
        "token",
        "environment",
        "jwt",
        "activationId",
        "challenge",
        "tokenId",
        "ephemeralPublicKey",
        "encryptedData",
        "mac",
        "nonce",
        "timestamp",
        "temporaryKeyId",
        "userId",
        "applicationId",
        "applicationVersionId",
        "activationName",
        "timestampActivationExpire",
        "maxFailureCount",
        "commitPhase",
        "activationOtp",
        "templateName",
        "operationType",
        "dataTemplate",
        "signatureType",
        "expiration",
        "riskFlags",
        "proximityCheckEnabled",
        "applications",
        "parameters",
        "activationFlag",
        "externalId",
        "timestampExpires",
        "additionalData",
        "operationId",
        "pageNumber",
        "pageSize",
        "statusReason",
        "seed",
        "stepLength",
        "stepCount",
        "signature",
        "allowBiometry",
        "componentLength",
        "flags",
        "mobileTokenData",
        "key",
        "values",
        "pukCount",
        "recoveryCodeIds",
        "activationRecoveryEnabled",
        "recoveryPostcardEnabled",
    ]
)
moments = ["2030-01-01T00:00:00Z", "9999-12-31T23:59:59.999999-23:59", "0001-01-01T00:00:00+23:59"]
texts = ["assent-demo", "alice", "login", "QR_CODE", "AAAA", "", "\x00", "A&B&C&D"]
likely_values = st.sampled_from([*moments, *texts, 2**53, -(2**70), ["POSSESSION"], ["assent-demo"]])
objects = st.dictionaries(st.sampled_from(NAMES), likely_values | json_values, max_size=8)
bodies = st.one_of(
    st.binary(max_size=200),
    json_values.map(lambda value: json.dumps(value).encode()),
    objects.map(lambda value: json.dumps(value).encode()),
    objects.map(lambda value: json.dumps({"requestObject": value}).encode()),
    st.integers(1, 100_000).map(lambda depth: b"[" * depth),
)
headers = st.dictionaries(
    st.sampled_from([AUTHORIZATION, ENCRYPTION, TOKEN, "Accept-Language", "User-Agent"]),
    st.text(max_size=60) | st.text(max_size=60).map(lambda text: f"PowerAuth {text}"),
    max_size=3,
)


def assert_json(answer):
    assert answer.status in (200, 400, 401, 404, 405, 413, 415)
    assert json.loads(answer.body)["status"] == ("OK" if answer.status == 200 else "ERROR")


@settings(deadline=None)
@given(path=st.sampled_from(ENDPOINT_PATHS + BACK_OFFICE_PATHS), body=bodies, given_headers=headers)
def test_any_bytes_get_json(stranger, path, body, given_headers):
    request = Request("POST", path, Headers({"Content-Type": JSON, **given_headers}), body)
    assert_json(stranger.backend.handle(request))


@settings(deadline=None)
@given(path=st.sampled_from([path for path in ENDPOINT_PATHS if path.startswith("/api/")]), body=bodies)
def test_any_bytes_of_somebody_who_has_a_token_get_json(stranger, path, body):
    assert_json(
        stranger.backend.handle(
            Request("POST", path, Headers({"Content-Type": JSON, **stranger.token()}), body)
        )
    )


@settings(deadline=None)
@given(method=st.text(max_size=8), url=st.text(max_size=60), body=st.binary(max_size=20))
def test_any_method_and_path_get_json(stranger, method, url, body):
    assert_json(stranger.backend.handle(Request(method, f"/{url}", Headers(), body)))


@settings(deadline=None, max_examples=50)
@given(outer=bodies, inner=bodies)
def test_any_plaintext_in_the_layers_of_an_activation_gets_json(stranger, outer, inner):
    key = stranger.temporary_key()
    inner_envelope, _ = stranger.close("/pa/activation", inner, key)
    layer_1 = {"type": "CODE", "identityAttributes": {"code": "x"}, "activationData": inner_envelope}
    for plaintext in (outer, json.dumps(layer_1).encode()):
        envelope, _ = stranger.close("/pa/generic/application", plaintext, key)
        answer = stranger.send("/pa/v3/activation/create", envelope, stranger.encryption())
        assert answer.refusal == (400, "ERR_ACTIVATION")


attributes = st.dictionaries(
    st.sampled_from(["code", "recoveryCode", "puk", "method", "providerId", "nonce", "codeVerifier", "x"]),
    st.sampled_from(["oidc", "sandbox", "", "\x00", "AAAAA-AAAAA-AAAAA-AAAAA"]) | json_values,
    max_size=6,
)


@settings(deadline=None, max_examples=50)
@given(kind=st.sampled_from(["CODE", "CUSTOM", "DIRECT", "RECOVERY"]), given_attributes=attributes)
def test_whoever_asks_for_an_activation_gets_json(stranger, kind, given_attributes):
    answer = stranger.introduces_itself(kind, **given_attributes)
    assert answer.refusal in ((400, "ERR_ACTIVATION"), (400, "INVALID_RECOVERY_CODE"))


@settings(deadline=None, max_examples=50)
@given(plaintext=bodies)
def test_any_plaintext_of_somebody_who_may_encrypt_gets_json(stranger, plaintext):
    key = stranger.temporary_key(activation_scope=True)
    for path, sh1 in (
        ("/pa/v3/user/info", "/pa/generic/activation"),
        ("/pa/v3/activation/detail", "/pa/generic/activation"),
        ("/pa/v3/activation/rename", "/pa/generic/activation"),
        ("/pa/v3/recovery/confirm", "/pa/recovery/confirm"),
    ):
        envelope, _ = stranger.close(sh1, plaintext, key, activation_scope=True)
        raw = json.dumps(envelope).encode()
        uri_id = path.replace("/v3", "")
        signed = plaintext if path.endswith("rename") else raw
        headers = stranger.encryption(activation_scope=True) | stranger.token()
        response = stranger.send(path, raw, headers | stranger.sign(uri_id, signed))
        assert response.status in (200, 400, 401)
    envelope, _ = stranger.close("/pa/generic/application", plaintext, stranger.temporary_key())
    assert stranger.send("/api/config/oidc", envelope, stranger.encryption()).status == 400
