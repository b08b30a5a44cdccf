"""A cold process: import the library and compute one signature with a PIN."""

from webapp.powerauth.counter import HashCounter
from webapp.powerauth.factors import PowerAuthAuthentication, ProtectedKnowledgeKey
from webapp.powerauth.protocol import Version
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.powerauth.signing import sign_request
from webapp.powerauth.state import ActivationState
from webapp.randomness import system_random

KEY = bytes(range(16))
POINT = b"\x04" + bytes(64)

state = ActivationState(
    activation_id="c0506a98-9c27-4b6a-9a14-0cc99837071d",
    application_key="",
    name="bench",
    server_public_key=POINT,
    device_public_key=POINT,
    counter=HashCounter(KEY),
    possession_key=KEY,
    transport_key=KEY,
    knowledge=ProtectedKnowledgeKey(wrapped=KEY, salt=KEY, iterations=10_000),
    device_private_key=KEY,
)
header, _ = sign_request(
    state,
    SdkConfiguration(application_key="a" * 24, application_secret="b" * 24, master_public_key=POINT),
    PowerAuthAuthentication.password("1234"),
    version=Version.V3_3,
    method="POST",
    uri_id="/operation/authorize",
    body=b"x" * 300,
    random=system_random,
)
